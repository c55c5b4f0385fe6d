/** A call on a real engine, in the state that a model gives: what the log says and all else in memory have to come out. */
import { DEFAULT_MEMORY } from '../../../nf/memory-map.js'
import type { Model, Term } from '../../../smt/index.js'
import { engineOf, numbersIn, type Replayed } from '../real-call.js'
import type { Made } from './call.js'
import type { Write } from './memory.js'

/** Where a heap has to end for a call to be made again. */
export const REAL_MEMORY = DEFAULT_MEMORY

export function replayed(wasm: Uint8Array, operation: string, made: Made, model: Model): Replayed {
  const numberOf = numbersIn(model)
  const word = (term: Term): number => Number(BigInt.asIntN(32, numberOf(term)))
  const { start, end } = made.heap
  const engine = engineOf(wasm, [word(start), word(end)])
  const { bytes } = engine
  for (const [at, byte] of made.machine.memory.touched) bytes[Number(numberOf(at))] = Number(numberOf(byte))
  for (const write of made.before) carryOut(bytes, write, numberOf)
  const expected = new Uint8Array(bytes)
  for (const write of (made.after ?? []).slice(made.before.length)) carryOut(expected, write, numberOf)
  const ended = engine.call(operation, made.arguments.map(word))
  if (ended.kind === 'trapped') return made.after === undefined ? 'traps' : 'differs'
  if (made.after === undefined) return 'differs'
  if (made.result !== undefined && ended.result !== word(made.result)) return 'differs'
  return Buffer.compare(bytes, expected) === 0 ? 'returns' : 'differs'
}

function carryOut(bytes: Uint8Array, write: Write, numberOf: (term: Term) => bigint): void {
  const at = Number(numberOf(write.at))
  if (write.kind === 'fill') {
    bytes.fill(Number(numberOf(write.byte)), at, at + Number(numberOf(write.length)))
    return
  }
  const value = numberOf(write.value)
  for (let byte = 0; byte < write.value.width / 8; byte++) {
    bytes[at + byte] = Number(BigInt.asUintN(8, value >> BigInt(8 * byte)))
  }
}
