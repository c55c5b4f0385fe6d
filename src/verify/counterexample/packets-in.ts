/** The packets that a model of some packets in order is about. */
import { bitVecSort, type Model, type Terms } from '../../smt/index.js'
import { atDistance } from './earlier.js'
import type { TestPacket } from './judged-runs.js'

export function packetsIn(model: Model, terms: Terms, count: number): TestPacket[] {
  return Array.from({ length: count }, (_, distance) => {
    const number = (name: string, width: number): bigint => {
      const { symbol } = terms.variable(atDistance(name, distance), bitVecSort(width))
      const value = symbol === undefined ? 0n : model.variable(symbol)
      return typeof value === 'bigint' ? value : 0n
    }
    const bytes = new Uint8Array(Number(number('packet.length', 16)))
    const byte = terms.declareFunction(atDistance('packet.byte', distance), [bitVecSort(16)], bitVecSort(8))
    for (let at = 0; at < bytes.length; at++) bytes[at] = Number(model.apply(byte, [BigInt(at)]))
    return { bytes, port: Number(number('port', 5)), now: number('now', 62) }
  })
}
