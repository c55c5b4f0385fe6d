/** A call on a real engine, in the state that a model gives: what the log says and all else in memory have to come out. */
import { exportedFunction } from '../../../nf/exports.js'
import { DEFAULT_MEMORY, PAGE } from '../../../nf/memory-map.js'
import { Evaluator, type Model, type Term } from '../../../smt/index.js'
import type { Made } from './call.js'
import type { Write } from './memory.js'

/** Where a heap has to end for a call to be made again. */
export const REAL_MEMORY = DEFAULT_MEMORY

/** `differs` is a fault of the proof. */
export type Replayed = 'traps' | 'returns' | 'differs'

export function replayed(wasm: Uint8Array, operation: string, made: Made, model: Model): Replayed {
  const numbers = new Numbers(model)
  const pages = REAL_MEMORY / PAGE
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const module = new WebAssembly.Module(new Uint8Array(wasm))
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  const bytes = new Uint8Array(memory.buffer)
  const { start, end } = made.heap
  exportedFunction(instance, 'libvig_reset')(numbers.signed(start), numbers.signed(end))
  for (const [at, byte] of made.machine.memory.touched) bytes[numbers.of(at)] = numbers.of(byte)
  for (const write of made.before) carryOut(bytes, write, numbers)
  const expected = new Uint8Array(bytes)
  for (const write of (made.after ?? []).slice(made.before.length)) carryOut(expected, write, numbers)
  const args = made.arguments.map((argument) => numbers.signed(argument))
  try {
    const result: unknown = exportedFunction(instance, operation)(...args)
    if (made.after === undefined) return 'differs'
    if (made.result !== undefined && result !== numbers.signed(made.result)) return 'differs'
    return Buffer.compare(bytes, expected) === 0 ? 'returns' : 'differs'
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    return made.after === undefined ? 'traps' : 'differs'
  }
}

class Numbers {
  readonly #values: Evaluator

  constructor(model: Model) {
    this.#values = new Evaluator(model)
  }

  of(term: Term): number {
    const value = this.#values.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return Number(value)
  }

  /** Of 32 bits, as JavaScript passes them. */
  signed(term: Term): number {
    return this.of(term) | 0
  }

  bytes(term: Term): readonly number[] {
    const value = this.#values.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return Array.from({ length: term.width / 8 }, (_, byte) => Number(BigInt.asUintN(8, value >> BigInt(8 * byte))))
  }
}

function carryOut(bytes: Uint8Array, write: Write, numbers: Numbers): void {
  const at = numbers.of(write.at)
  if (write.kind === 'number') bytes.set(numbers.bytes(write.value), at)
  else bytes.fill(numbers.of(write.byte), at, at + numbers.of(write.length))
}
