/**
 * The 5-tuple of a packet as words, so that tables hold it in typed arrays: version and protocol, ports, source,
 * destination (low words first, then the three high words of each, zero for IPv4).
 */
import { readU16, readU32 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'

/** 32-bit words of one tuple. */
export const tupleWords = 10

/** Words that say something: IPv4 leaves the high words zero. */
export function usedWords(words: Uint32Array, at: number): number {
  return (words[at] ?? 0) >>> 8 === 4 ? 4 : tupleWords
}

/** Reads the addresses, the protocol, and the ports where there is a transport header, else 0. False without IP. */
export function readTuple(layers: Layers, into: Uint32Array, at: number): boolean {
  const { bytes, ipv4, ipv6, transport } = layers
  if (ipv4 >= 0) {
    into[at] = 0x400 | layers.protocol
    into[at + 2] = readU32(bytes, ipv4 + 12)
    into[at + 3] = readU32(bytes, ipv4 + 16)
    for (let i = 4; i < tupleWords; i++) into[at + i] = 0
  } else if (ipv6 >= 0) {
    into[at] = 0x600 | layers.protocol
    into[at + 2] = readU32(bytes, ipv6 + 20)
    into[at + 3] = readU32(bytes, ipv6 + 36)
    for (let i = 0; i < 3; i++) {
      into[at + 4 + i] = readU32(bytes, ipv6 + 8 + 4 * i)
      into[at + 7 + i] = readU32(bytes, ipv6 + 24 + 4 * i)
    }
  } else return false
  into[at + 1] = transport >= 0 ? readU32(bytes, transport) : 0
  return true
}

/** Swaps source and destination. */
export function reverseTuple(from: Uint32Array, at: number, into: Uint32Array, to: number): void {
  const ports = from[at + 1] ?? 0
  into[to] = from[at] ?? 0
  into[to + 1] = (ports << 16) | (ports >>> 16)
  into[to + 2] = from[at + 3] ?? 0
  into[to + 3] = from[at + 2] ?? 0
  for (let i = 4; i < 7; i++) {
    into[to + i] = from[at + i + 3] ?? 0
    into[to + i + 3] = from[at + i] ?? 0
  }
}

/** Whether source (address, then port) is below destination: one of the two directions of a flow. */
export function isForward(words: Uint32Array, at: number): boolean {
  for (let i = 4; i < 7; i++) {
    const difference = (words[at + i] ?? 0) - (words[at + i + 3] ?? 0)
    if (difference !== 0) return difference < 0
  }
  const difference = (words[at + 2] ?? 0) - (words[at + 3] ?? 0)
  if (difference !== 0) return difference < 0
  const ports = words[at + 1] ?? 0
  return ports >>> 16 <= (ports & 0xffff)
}

export function sameTuple(a: Uint32Array, at: number, b: Uint32Array, bt: number): boolean {
  const count = usedWords(a, at)
  for (let i = 0; i < count; i++) if (a[at + i] !== b[bt + i]) return false
  return true
}

export function copyTuple(from: Uint32Array, at: number, into: Uint32Array, to: number): void {
  for (let i = 0; i < tupleWords; i++) into[to + i] = from[at + i] ?? 0
}

/** Well mixed, 32 bits (the finaliser of MurmurHash3, word by word). */
export function hashTuple(words: Uint32Array, at: number): number {
  const count = usedWords(words, at)
  let hash = 0
  for (let i = 0; i < count; i++) hash = mix(hash ^ (words[at + i] ?? 0)) + 0x9e37_79b9
  return hash >>> 0
}

/** As `hashTuple`, but the same for both directions of a flow. */
export function hashFlow(words: Uint32Array, at: number): number {
  const ports = words[at + 1] ?? 0
  let hash = mix((words[at] ?? 0) ^ Math.imul((ports >>> 16) + (ports & 0xffff), 0x85eb_ca6b))
  hash = mix(hash ^ ((words[at + 2] ?? 0) + (words[at + 3] ?? 0)))
  if (usedWords(words, at) > 4) hash = mix(hash ^ ((words[at + 4] ?? 0) + (words[at + 7] ?? 0)))
  return hash >>> 0
}

export function mix(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35)
  return x ^ (x >>> 16)
}

/** Whether the tuple of `bytes` at the same offsets as in `layers` is the same, without a parse. */
export function unchangedEndpoints(layers: Layers, bytes: Uint8Array, start: number): boolean {
  const shift = start - layers.start
  const own = layers.bytes
  const from = layers.ipv4 >= 0 ? layers.ipv4 + 12 : layers.ipv6 + 8
  const to = from + (layers.ipv4 >= 0 ? 8 : 32)
  for (let at = from; at < to; at += 4) if (readU32(own, at) !== readU32(bytes, at + shift)) return false
  const { transport } = layers
  return transport < 0 || (same16(own, bytes, transport, shift) && same16(own, bytes, transport + 2, shift))
}

function same16(a: Uint8Array, b: Uint8Array, at: number, shift: number): boolean {
  return readU16(a, at) === readU16(b, at + shift)
}
