/** The same module in Node's engine and in the stepper: calls of both, results in one form. */
import {
  type ConcreteMemory,
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type FunctionType,
  type Imports,
  type Instance,
  instantiate,
  type Outcome,
  Stepper,
  type StepperOptions,
  Store,
  type TrapKind,
} from '../../src/wasm/index.js'

export type Result = { readonly values: readonly string[] } | { readonly trap: string }

export function runModule(
  bytes: Uint8Array,
  imports: Imports<ConcreteValue> = new Map(),
  options: StepperOptions = {},
): {
  instance: Instance<ConcreteValue>
  outcome: Outcome<ConcreteValue>
  call: OurCall
  stepper: Stepper<ConcreteValue>
} {
  const store = new Store(concreteDomain)
  const { instance, outcome } = instantiate(store, decodeModule(bytes), imports, options)
  const stepper = new Stepper(store, options)
  const call: OurCall = (name, args) => {
    const external = instance.exports.get(name)
    if (external?.kind !== 'wasm' && external?.kind !== 'host') throw new Error(`no function ${name}`)
    return stepper.call(external, args)
  }
  return { instance, outcome, call, stepper }
}

export type OurCall = (name: string, args: readonly ConcreteValue[]) => Outcome<ConcreteValue>

/** All of an instance's memory. */
export function memoryOf(instance: Instance<ConcreteValue>): Uint8Array {
  const memory: unknown = instance.memory
  return isConcrete(memory) ? memory.bytes : new Uint8Array()
}

function isConcrete(memory: unknown): memory is ConcreteMemory {
  return typeof memory === 'object' && memory !== null && 'bytes' in memory
}

export function ours(outcome: Outcome<ConcreteValue>, { results }: FunctionType): Result {
  if (outcome.kind === 'returned') {
    return { values: outcome.values.map((value, index) => print(value, results[index] ?? 'i32')) }
  }
  if (outcome.kind === 'trapped') return { trap: outcome.trap }
  return { trap: outcome.kind === 'unsupported' ? outcome.what : outcome.limit }
}

/** Calls an export of Node's engine; integers only, since JavaScript does not keep the bits of a NaN. */
export function theirs(exported: unknown, args: readonly ConcreteValue[], { results }: FunctionType): Result {
  if (typeof exported !== 'function') throw new Error('not a function')
  try {
    const answer: unknown = exported(...args)
    const values: unknown[] =
      results.length > 1 && Array.isArray(answer) ? answer : results.length === 0 ? [] : [answer]
    return { values: values.map((value, index) => print(integer(value), results[index] ?? 'i32')) }
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return { trap: trapOf(error.message) }
    throw error
  }
}

function integer(value: unknown): ConcreteValue {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw new TypeError('not an integer')
}

function print(value: ConcreteValue, type: string): string {
  return `${type} ${typeof value === 'number' ? value | 0 : BigInt.asIntN(64, value)}`
}

const messages: readonly (readonly [RegExp, TrapKind])[] = [
  [/unreachable/, 'unreachable'],
  [/divide by zero|remainder by zero/, 'integer divide by zero'],
  [/divide result unrepresentable/, 'integer overflow'],
  [/float unrepresentable in integer range/, 'integer overflow'],
  [/memory access out of bounds|data segment \d+ is out of bounds/, 'out of bounds memory access'],
  [/table index is out of bounds/, 'undefined element'],
  [/table (access|initializer|or)|out of bounds table|segment out of bounds/i, 'out of bounds table access'],
  [/null function or function signature mismatch/, 'indirect call type mismatch'],
  [/Maximum call stack size exceeded/, 'call stack exhausted'],
]

/** The words of Node's engine as those of the core test suite. */
export function trapOf(message: string): string {
  return messages.find(([pattern]) => pattern.test(message))?.[1] ?? message
}
