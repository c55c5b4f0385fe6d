/** Makes a call again on the real binary, in the state that a model gives: whether it does there what was said. */

import { exportedFunction } from '../../nf/exports.js'
import { DEFAULT_MEMORY, PAGE } from '../../nf/memory-map.js'
import { Evaluator, type Model, type Term } from '../../smt/index.js'
import type { Made } from './operation.js'

/** `traps`, or `returns` what was said and leaves memory as was said; `differs` is a fault of the proof. */
export type Replayed = 'traps' | 'returns' | 'differs'

export function replayed(wasm: Uint8Array, operation: string, made: Made, model: Model): Replayed {
  const pages = DEFAULT_MEMORY / PAGE
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const module = new WebAssembly.Module(new Uint8Array(wasm))
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  const bytes = new Uint8Array(memory.buffer)
  const values = new Evaluator(model)
  const numberOf = (term: Term): bigint => {
    const value = values.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return value
  }
  if (made.heap !== undefined) {
    const { start, room } = made.heap
    exportedFunction(instance, 'libvig_reset')(start, start + Number(numberOf(room)))
  }
  for (const [address, byte] of made.before.bytes()) bytes[address] = Number(numberOf(byte))
  const passed = made.arguments.map((argument) =>
    argument.width === 64 ? BigInt.asIntN(64, numberOf(argument)) : Number(BigInt.asIntN(32, numberOf(argument))),
  )
  const result = called(() => exportedFunction(instance, operation)(...passed))
  if (result === TRAPPED) return made.after === undefined ? 'traps' : 'differs'
  if (made.after === undefined) return 'differs'
  if (made.result !== undefined && BigInt.asUintN(made.result.width, bigintOf(result)) !== numberOf(made.result)) {
    return 'differs'
  }
  for (const [address, byte] of made.after.bytes()) if (bytes[address] !== Number(numberOf(byte))) return 'differs'
  return 'returns'
}

const TRAPPED = Symbol('trapped')

function called(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return TRAPPED
    throw error
  }
}

function bigintOf(result: unknown): bigint {
  if (typeof result === 'bigint') return result
  if (typeof result === 'number') return BigInt(result)
  throw new TypeError('a function gave no number')
}
