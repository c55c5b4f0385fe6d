/** A call on a real binary, in the state that a model gives: plain data, so that it can be made again and on another one. */

import { exportedFunction } from '../../nf/exports.js'
import { DEFAULT_MEMORY, PAGE } from '../../nf/memory-map.js'
import { Evaluator, type Model, type Term } from '../../smt/index.js'
import type { Made } from './operation.js'

export interface RealCall {
  readonly operation: string
  readonly arguments: readonly (number | bigint)[]
  /** Bytes before it; the others are 0. */
  readonly memory: ReadonlyMap<number, number>
  /** The heap, where the call allocates. */
  readonly heap?: readonly [start: number, end: number]
}

export type Ended =
  | { readonly kind: 'trapped'; readonly what: string }
  /** `bytes`: of its memory. */
  | { readonly kind: 'returned'; readonly result: unknown; readonly bytes: Uint8Array }

export function realCallOf(operation: string, made: Made, model: Model): RealCall {
  const numberOf = numbersIn(model)
  const { heap } = made
  return {
    operation,
    arguments: made.arguments.map((argument) =>
      argument.width === 64 ? BigInt.asIntN(64, numberOf(argument)) : Number(BigInt.asIntN(32, numberOf(argument))),
    ),
    memory: new Map([...made.before.bytes()].map(([address, byte]) => [address, Number(numberOf(byte))])),
    ...(heap === undefined ? {} : { heap: [heap.start, heap.start + Number(numberOf(heap.room))] as const }),
  }
}

export function ended(wasm: Uint8Array, { operation, arguments: passed, memory, heap }: RealCall): Ended {
  const engine = engineOf(wasm, heap)
  for (const [address, byte] of memory) engine.bytes[address] = byte
  return engine.call(operation, passed)
}

export interface Engine {
  /** Of its memory. */
  readonly bytes: Uint8Array
  call(operation: string, passed: RealCall['arguments']): Ended
}

/** A real engine with libVig in it, and with a heap where one is given. */
export function engineOf(wasm: Uint8Array, heap: RealCall['heap']): Engine {
  const pages = DEFAULT_MEMORY / PAGE
  const store = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const module = new WebAssembly.Module(new Uint8Array(wasm))
  const instance = new WebAssembly.Instance(module, { env: { memory: store } })
  const bytes = new Uint8Array(store.buffer)
  if (heap !== undefined) exportedFunction(instance, 'libvig_reset')(...heap)
  const call = (operation: string, passed: RealCall['arguments']): Ended => {
    try {
      return { kind: 'returned', result: exportedFunction(instance, operation)(...passed), bytes }
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return { kind: 'trapped', what: error.message }
      throw error
    }
  }
  return { bytes, call }
}

/** `traps`, or `returns` what was said and leaves memory as was said; `differs` is a fault of the proof. */
export type Replayed = 'traps' | 'returns' | 'differs'

/** Makes a call again: whether it does there what was said. */
export function replayed(wasm: Uint8Array, operation: string, made: Made, model: Model): Replayed {
  const numberOf = numbersIn(model)
  const end = ended(wasm, realCallOf(operation, made, model))
  if (end.kind === 'trapped') return made.after === undefined ? 'traps' : 'differs'
  if (made.after === undefined) return 'differs'
  if (made.result !== undefined && BigInt.asUintN(made.result.width, bigintOf(end.result)) !== numberOf(made.result)) {
    return 'differs'
  }
  for (const [address, byte] of made.after.bytes()) if (end.bytes[address] !== Number(numberOf(byte))) return 'differs'
  return 'returns'
}

/** Values of bit vectors in a model. */
export function numbersIn(model: Model): (term: Term) => bigint {
  const values = new Evaluator(model)
  return (term) => {
    const value = values.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return value
  }
}

function bigintOf(result: unknown): bigint {
  if (typeof result === 'bigint') return result
  if (typeof result === 'number') return BigInt(result)
  throw new TypeError('a function gave no number')
}
