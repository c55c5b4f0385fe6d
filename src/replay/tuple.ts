/**
 * The 5-tuple of a packet as words, so that tables hold it in typed arrays: version and protocol, ports, source,
 * destination (low words first, then the three high words of each, which IPv4 does not have: they are never looked at).
 */
import { readU32 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'

/** 32-bit words of one tuple. */
export const tupleWords = 10

/** Words of an IPv4 tuple. */
export const tupleWords4 = 4

export function isIpv4(words: Uint32Array, at: number): boolean {
  return (words[at] ?? 0) >>> 8 === 4
}

function usedWords(words: Uint32Array, at: number): number {
  return isIpv4(words, at) ? tupleWords4 : tupleWords
}

/** Reads the addresses, the protocol, and the ports where there is a transport header, else 0. False without IP. */
export function readTuple(layers: Layers, into: Uint32Array, at: number): boolean {
  const { bytes, ipv4, ipv6, transport, protocol } = layers
  if (ipv4 < 0 && ipv6 < 0) return false
  into[at] = (ipv4 >= 0 ? 0x400 : 0x600) | protocol
  readEndpoints(bytes, ipv4 >= 0 ? ipv4 : ipv6, transport, into, at)
  return true
}

/** Reads addresses and ports at known offsets; the first word of the tuple says the version. */
export function readEndpoints(bytes: Uint8Array, ip: number, transport: number, into: Uint32Array, at: number): void {
  into[at + 1] = transport >= 0 ? readU32(bytes, transport) : 0
  if (isIpv4(into, at)) {
    into[at + 2] = readU32(bytes, ip + 12)
    into[at + 3] = readU32(bytes, ip + 16)
    return
  }
  into[at + 2] = readU32(bytes, ip + 20)
  into[at + 3] = readU32(bytes, ip + 36)
  for (let i = 0; i < 3; i++) {
    into[at + 4 + i] = readU32(bytes, ip + 8 + 4 * i)
    into[at + 7 + i] = readU32(bytes, ip + 24 + 4 * i)
  }
}

/** Swaps source and destination. */
export function reverseTuple(from: Uint32Array, at: number, into: Uint32Array, to: number): void {
  const ports = from[at + 1] ?? 0
  into[to] = from[at] ?? 0
  into[to + 1] = (ports << 16) | (ports >>> 16)
  into[to + 2] = from[at + 3] ?? 0
  into[to + 3] = from[at + 2] ?? 0
  if (isIpv4(from, at)) return
  for (let i = 4; i < 7; i++) {
    into[to + i] = from[at + i + 3] ?? 0
    into[to + i + 3] = from[at + i] ?? 0
  }
}

/** Whether source (address, then port) is below destination: one of the two directions of a flow. */
export function isForward(words: Uint32Array, at: number): boolean {
  for (let i = 4; i < 7 && !isIpv4(words, at); i++) {
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
  const count = usedWords(from, at)
  for (let i = 0; i < count; i++) into[to + i] = from[at + i] ?? 0
}

/** Well mixed, 32 bits (the finaliser of MurmurHash3, word by word). */
export function hashTuple(words: Uint32Array, at: number): number {
  const count = usedWords(words, at)
  let hash = 0
  for (let i = 0; i < count; i++) hash = mix(hash ^ (words[at + i] ?? 0)) + 0x9e37_79b9
  return hash >>> 0
}

export function mix(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35)
  return x ^ (x >>> 16)
}
