/**
 * By what a frame that left a device is known as one that went in: hashes of what devices leave as it is. Identification,
 * sequence numbers and payload are its signature. Its ends, addresses with ports, stay or not, each by itself. Time to live,
 * traffic class, tags and checksums are no part of it.
 */
import { readU16, readU32, readU48 } from '../packet/bytes.js'
import { Layers, parseLayers } from '../packet/layers.js'

/** Bytes looked at from the start of what survives, and from its end: hashing whole payloads would be most of the work. */
const FROM_START = 64
const FROM_END = 16

/** RFC 792 and RFC 4443: requests and replies. */
const ECHOES = new Set([8, 0, 128, 129])

export class Signature {
  /** 32 bits each, signed. */
  value = 0
  source = 0
  destination = 0
  readonly #layers = new Layers()

  /** That of a frame. */
  read(bytes: Uint8Array, start: number, length: number): void {
    const layers = this.#layers
    parseLayers(layers, bytes, start, length, true)
    const { ipv4, ipv6, transport, l3 } = layers
    if (ipv4 === -1 && ipv6 === -1) {
      const hasAddresses = length >= 12
      this.destination = hasAddresses ? spread(foldAddress(readU48(bytes, start))) : 0
      this.source = hasAddresses ? spread(foldAddress(readU48(bytes, start + 6))) : 0
      this.value = spread(hashBytes(layers.etherType, bytes, l3 === -1 ? start : l3, start + length))
      return
    }
    const addresses = ipv4 === -1 ? ipv6 + 8 : ipv4 + 12
    const width = ipv4 === -1 ? 16 : 4
    this.source = hashEnd(bytes, addresses, width, transport)
    this.destination = hashEnd(bytes, addresses + width, width, transport === -1 ? -1 : transport + 2)
    this.value = spread(signatureOf(layers))
  }
}

function signatureOf(layers: Layers): number {
  const { bytes, ipv4, ipv6, transport, ipEnd } = layers
  let hash = layers.protocol
  if (ipv4 !== -1) {
    hash = mix(hash, readU16(bytes, ipv4 + 2))
    hash = mix(hash, readU32(bytes, ipv4 + 4))
  } else {
    // The flow label goes with the datagram; its class may be marked on the way.
    hash = mix(hash, readU32(bytes, ipv6) & 0xfffff)
    hash = mix(hash, readU16(bytes, ipv6 + 4))
  }
  if (layers.tcp !== -1) {
    hash = mix(hash, readU32(bytes, transport + 4))
    hash = mix(hash, readU32(bytes, transport + 8))
    hash = mix(hash, readU32(bytes, transport + 12))
    return hashBytes(hash, bytes, transport + 18, ipEnd)
  }
  if (layers.udp !== -1) {
    hash = mix(hash, readU16(bytes, transport + 4))
    return hashBytes(hash, bytes, transport + 8, ipEnd)
  }
  const icmp = layers.icmp === -1 ? layers.icmpv6 : layers.icmp
  if (icmp !== -1) {
    hash = mix(hash, readU16(bytes, icmp))
    // An error carries the packet that it is about, which is translated with it; the identifier of an echo is translated too.
    const isEcho = ECHOES.has(bytes[icmp] ?? 0) && ipEnd - icmp >= 8
    return isEcho ? hashBytes(hash, bytes, icmp + 6, ipEnd) : hash
  }
  const body = ipv4 === -1 ? ipv6 + 40 : ipv4 + layers.ipHeaderLength
  return hashBytes(hash, bytes, body, ipEnd)
}

/** An address of 4 or 16 bytes with the port at `port`, if there is one. */
function hashEnd(bytes: Uint8Array, address: number, width: number, port: number): number {
  let hash = port === -1 ? 0 : readU16(bytes, port)
  for (let at = address; at < address + width; at += 4) hash = mix(hash, readU32(bytes, at))
  return spread(hash)
}

function foldAddress(mac: number): number {
  return mix(Math.floor(mac / 2 ** 32), mac | 0)
}

/** The first and the last bytes of a range. */
function hashBytes(seed: number, bytes: Uint8Array, from: number, end: number): number {
  let hash = mix(seed, end - from)
  const middle = Math.min(end, from + FROM_START)
  let at = from
  for (; at + 4 <= middle; at += 4) hash = mix(hash, readU32(bytes, at))
  for (; at < middle; at++) hash = mix(hash, bytes[at] ?? 0)
  for (at = Math.max(middle, end - FROM_END); at + 4 <= end; at += 4) hash = mix(hash, readU32(bytes, at))
  for (; at < end; at++) hash = mix(hash, bytes[at] ?? 0)
  return hash
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

/** The last step: every bit of the result depends on all. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}
