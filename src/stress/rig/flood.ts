/**
 * SYN segments from outside that nobody inside has asked for: RFC 4987 section 2. A device that keeps connections drops
 * them, and loses nothing else meanwhile.
 */
import { InputError } from '../../errors.js'
import { type LoadedNf, macsOf } from '../../nf/index.js'
import {
  checksumAround,
  etherTypes,
  ipv4HeaderChecksum,
  isVlanTag,
  protocols,
  pseudoHeaderSum4,
  pseudoHeaderSum6,
  readU16,
  readU32,
  writeU16,
  writeU32,
  writeU48,
  writeU128,
} from '../../packet/index.js'
import type { Topology } from '../../testbed/index.js'
import { addressOf, HOSTS, NODES } from '../frames.js'
import { rolesOf } from './roles.js'

export interface FloodOptions {
  readonly version: 4 | 6
  /** By port, the MAC address that frames are sent to. Default: what the network function's configuration says. */
  readonly gateways?: readonly (number | undefined)[]
  readonly seed: number
}

const ETHERNET = 14
const TCP = 20
/** Without the check sequence. */
const SHORTEST = 60
const SYN = 0x02
/** Of whoever is outside: nobody is spoken to. */
const MAC = 0x0214_0000_0001
/** The initial sequence number of all, by which one that comes through is known: no device of these kinds changes it. */
const SEQUENCE = 0x5359_4e21

/** Different ones, which come again in the same order. */
const DIFFERENT = 65_536

/** Frames of one length, from hosts anywhere outside to those that test frames come from, or to the one address that there is. */
export class SynFlood {
  /** Of a frame without its check sequence. */
  readonly length: number
  readonly #version: 4 | 6
  readonly #ports: readonly { readonly port: number; readonly mac: number }[]
  /** The one address that can be reached from outside; undefined where all inside can. */
  readonly #target: number | undefined
  readonly #made: Uint8Array

  /** @throws InputError where the network function has no outside. */
  constructor(nf: LoadedNf, topology: Topology, { version, gateways = [], seed }: FloodOptions) {
    const roles = rolesOf(nf, topology)
    if (roles.kind !== 'sides') throw new InputError(`${nf.manifest.name} has no outside`, { file: topology.file })
    const device = macsOf(nf.config, 'deviceMac')
    this.#version = version
    this.#ports = roles.to.map((port) => ({ port, mac: gateways[port] ?? device?.[port] ?? MAC + 1 }))
    const external = nf.config.entries.get('externalIp')?.raw
    this.#target = typeof external === 'bigint' ? Number(external) : undefined
    this.length = Math.max(SHORTEST, this.#ip + TCP)
    this.#made = new Uint8Array(DIFFERENT * this.length)
    for (let i = 0; i < DIFFERENT; i++) this.#make(this.#made.subarray(i * this.length), i, seed)
  }

  /** The ports that it enters by: it leaves by none. */
  get ports(): readonly number[] {
    return this.#ports.map(({ port }) => port)
  }

  portOf(index: number): number {
    return this.#ports[index % this.#ports.length]?.port ?? 0
  }

  /** The frame with this number, the same each time. Nothing is allocated. */
  write(into: Uint8Array, index: number): void {
    const from = (index % DIFFERENT) * this.length
    for (let i = 0; i < this.length; i++) into[i] = this.#made[from + i] ?? 0
  }

  #make(into: Uint8Array, index: number, seed: number): void {
    const tcp = this.#ip
    writeU48(into, 0, this.#ports[index % this.#ports.length]?.mac ?? 0)
    writeU48(into, 6, MAC)
    const [one, other] = [scattered(index ^ seed), scattered(~index ^ seed)]
    const from = addressOf(this.#version, 1, one % HOSTS)
    const to = this.#target ?? addressOf(this.#version, 0, other % NODES)
    const sum = typeof from === 'number' ? writeIpv4(into, from, Number(to)) : writeIpv6(into, from, BigInt(to))
    writeU16(into, tcp, 1024 + ((one >>> 16) % 64_512))
    writeU16(into, tcp + 2, 1 + ((other >>> 16) % 65_535))
    writeU32(into, tcp + 4, SEQUENCE)
    into[tcp + 12] = (TCP / 4) << 4
    into[tcp + 13] = SYN
    writeU16(into, tcp + 14, 0xffff)
    writeU16(into, tcp + 16, checksumAround(into, tcp, tcp + TCP, tcp + 16, sum))
  }

  /** Whether the frame in `bytes[start, start + length)` is one of them, whatever its addresses and ports are now. */
  isOf(bytes: Uint8Array, start: number, length: number): boolean {
    let at = start
    for (let tags = 0; tags < 2 && isVlanTag(readU16(bytes, at + 12)); tags++) at += 4
    if (at + this.#ip + TCP > start + length) return false
    const isIpv4 = this.#version === 4
    if (readU16(bytes, at + 12) !== (isIpv4 ? etherTypes.ipv4 : etherTypes.ipv6)) return false
    const tcp = at + this.#ip
    return (
      bytes[at + (isIpv4 ? 23 : 20)] === protocols.tcp &&
      readU32(bytes, tcp + 4) === SEQUENCE &&
      bytes[tcp + 13] === SYN
    )
  }

  get #ip(): number {
    return ETHERNET + (this.#version === 4 ? 20 : 40)
  }
}

/** A header of IPv4; the sum of its pseudo header. */
function writeIpv4(into: Uint8Array, from: number, to: number): number {
  writeU16(into, 12, etherTypes.ipv4)
  into[14] = 0x45
  writeU16(into, 16, 20 + TCP)
  into[22] = 64
  into[23] = protocols.tcp
  writeU32(into, 26, from)
  writeU32(into, 30, to)
  writeU16(into, 24, ipv4HeaderChecksum(into, ETHERNET, 20))
  return pseudoHeaderSum4(into, ETHERNET, protocols.tcp, TCP)
}

function writeIpv6(into: Uint8Array, from: bigint, to: bigint): number {
  writeU16(into, 12, etherTypes.ipv6)
  into[14] = 0x60
  writeU16(into, 18, TCP)
  into[20] = protocols.tcp
  into[21] = 64
  writeU128(into, 22, from)
  writeU128(into, 38, to)
  return pseudoHeaderSum6(into, ETHERNET, protocols.tcp, TCP)
}

/** A permutation of the unsigned 32-bit numbers without a pattern. */
function scattered(index: number): number {
  let hash = Math.imul(index ^ (index >>> 16), 0x21f0_aaad)
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a_2d97)
  return (hash ^ (hash >>> 15)) >>> 0
}
