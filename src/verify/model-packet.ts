/** The packet that a model is about, and models about another one. */
import type { WrittenFrame } from '../domains/symbolic/written-frame.js'
import { Evaluator, Model, type Term } from '../smt/index.js'
import { patched } from './exploration/patched.js'

/** Before it was processed. */
export function packetIn(frame: WrittenFrame, model: Model): Uint8Array {
  const packet = new Uint8Array(Number(bits(new Evaluator(model), frame.length)))
  const table = model.functions.get(frame.byteSymbol)
  if (table !== undefined) for (let at = 0; at < packet.length; at++) packet[at] = Number(table.at([BigInt(at)]))
  return packet
}

/** A packet after what was written into the frame. */
export function writtenOver(packet: Uint8Array, frame: WrittenFrame, values: Evaluator): Uint8Array {
  const after = packet.slice()
  for (const { offset, byte } of frame.writes) after[Number(bits(values, offset))] = Number(bits(values, byte))
  return after
}

/** The same model of a packet of the same length that differs from its own in some bytes. */
export function withPacket(model: Model, frame: WrittenFrame, packet: Uint8Array): Model {
  const before = packetIn(frame, model)
  const over = new Model()
  for (const [at, byte] of packet.entries()) {
    if (byte !== before[at]) over.table(frame.byteSymbol).define([BigInt(at)], BigInt(byte))
  }
  return patched(model, over)
}

export function bits(values: Evaluator, term: Term): bigint {
  const value = values.value(term)
  if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
  return value
}
