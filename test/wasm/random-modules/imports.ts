/** The same imports for both engines: functions that log their calls, and constants. */
import type { ConcreteValue, External, FunctionType, Imports, Module, ValueType } from '../../../src/wasm/index.js'
import { bitsOf, isReference, numberOf, printBits, printOurs } from './values.js'

/** What a host function answers: the same in both engines, since they log the same calls. References are null. */
function answers({ results }: FunctionType, log: readonly string[]): ConcreteValue[] {
  return results.map((type, index) => (isReference(type) ? 0 : constant(type, log.length * 7 + index)))
}

function constant(type: ValueType, number: number): ConcreteValue {
  return type === 'i64' || type === 'f64' ? BigInt(number) : number
}

export function ourImports(module: Module, log: string[]): Imports<ConcreteValue> {
  const modules = new Map<string, Map<string, External<ConcreteValue>>>()
  for (const { module: from, name, what } of module.imports) {
    const names = modules.get(from) ?? new Map<string, External<ConcreteValue>>()
    modules.set(from, names)
    if (what.kind === 'global') names.set(name, { kind: 'global', type: what.type, value: constant(what.type.type, 0) })
    if (what.kind !== 'function') continue
    const { type } = what
    const call = (args: readonly ConcreteValue[]): ConcreteValue[] => {
      log.push(`${name}(${args.map((arg, index) => printOurs(arg, type.params[index] ?? 'i32')).join(', ')})`)
      return answers(type, log)
    }
    names.set(name, { kind: 'host', type, call })
  }
  return modules
}

export function theirImports(module: Module, log: string[]): Record<string, Record<string, unknown>> {
  const modules: Record<string, Record<string, unknown>> = {}
  for (const { module: from, name, what } of module.imports) {
    if (what.kind === 'global') {
      modules[from] = { ...modules[from], [name]: numberOf(constant(what.type.type, 0), what.type.type) }
    }
    if (what.kind !== 'function') continue
    const { params, results } = what.type
    const call = (...args: unknown[]): unknown => {
      log.push(`${name}(${args.map((arg, index) => printBits(bitsOf(arg, params[index] ?? 'i32'))).join(', ')})`)
      const values = answers(what.type, log).map((value, index) => numberOf(value, results[index] ?? 'i32'))
      return results.length > 1 ? values : values[0]
    }
    modules[from] = { ...modules[from], [name]: call }
  }
  return modules
}
