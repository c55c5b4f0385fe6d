import { readU32, readU48, writeU48 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'
import { Random } from '../testbed/index.js'
import { privateNetworks } from './networks.js'
import { setAddressWord, setPort } from './rewrite.js'
import { FIRST, type Side } from './sides.js'

/** Ports from 1024 are moved among themselves; those below tell services. */
const firstPort = 1024
const portCount = 0x1_0000 - firstPort
/** Low bits of an address that vary where no private network says how many are the host's. */
const otherHostBits = 16

/**
 * `--loop`: each pass after the first gives the clients of a trace other addresses and ports, so that its flows are
 * new ones. In pass k a client's host part becomes (host + k * stride) mod 2^bits and its port moves likewise, with odd
 * strides from the seed: within a pass different flows stay different, and one flow has a new address in each of
 * `period` passes. For stations it is their MAC addresses (the low 24 bits) that move.
 */
export class Multiplier {
  /** Passes until the same addresses come back, the smallest of all networks. */
  readonly period = 2 ** otherHostBits
  readonly #addressStride: number
  readonly #portStride: number
  readonly #macStride: number

  constructor(seed: number) {
    const random = new Random(seed, 'loop')
    this.#addressStride = (random.u32() | 1) >>> 0
    // 64512 = 2^10 * 63: a stride without its factors 2, 3 and 7 visits every port.
    let stride = random.below(portCount) | 1
    while (stride % 3 === 0 || stride % 7 === 0) stride += 2
    this.#portStride = stride
    this.#macStride = (random.u32() & 0xff_ffff) | 1
  }

  /** Moves the client of a packet of pass `pass`; `side` is where the packet comes from. */
  flow(layers: Layers, side: Side, pass: number): void {
    const { bytes, ipv4, ipv6, transport } = layers
    const isSource = side === FIRST
    if (ipv4 >= 0) {
      const at = ipv4 + (isSource ? 12 : 16)
      const address = readU32(bytes, at)
      if (address >>> 28 === 14 || address === 0xffff_ffff) return
      setAddressWord(layers, at, this.#moved(address, hostBits(address), pass))
    } else if (ipv6 >= 0) {
      const at = ipv6 + (isSource ? 8 : 24)
      if (bytes[at] === 0xff) return
      setAddressWord(layers, at + 12, this.#moved(readU32(bytes, at + 12), 32, pass))
    }
    if (transport < 0) return
    const at = transport + (isSource ? 0 : 2)
    const port = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    if (port < firstPort) return
    const step = (pass * this.#portStride) % portCount
    setPort(layers, at, firstPort + ((port - firstPort + step) % portCount))
  }

  /** Moves the individual MAC addresses of a packet of pass `pass`, those in ARP as well. */
  station(layers: Layers, pass: number): void {
    const { bytes, start, arp } = layers
    if (!layers.ethernet) return
    this.#mac(bytes, start, pass)
    this.#mac(bytes, start + 6, pass)
    if (arp < 0) return
    this.#mac(bytes, arp + 8, pass)
    this.#mac(bytes, arp + 18, pass)
  }

  #moved(address: number, bits: number, pass: number): number {
    const mask = bits === 32 ? 0xffff_ffff : 2 ** bits - 1
    const host = ((address & mask) + Math.imul(this.#addressStride, pass)) & mask
    return ((address & ~mask) | host) >>> 0
  }

  #mac(bytes: Uint8Array, at: number, pass: number): void {
    const address = readU48(bytes, at)
    // Group addresses are no stations; all zero is none either (ARP requests have it).
    if (((bytes[at] ?? 0) & 1) === 1 || address === 0) return
    const low = (address + this.#macStride * pass) % 0x100_0000
    writeU48(bytes, at, address - (address % 0x100_0000) + low)
  }
}

function hostBits(address: number): number {
  const cidr = privateNetworks.cidrs[privateNetworks.find4(address)]
  return cidr === undefined ? otherHostBits : 32 - cidr.prefixLength
}
