/**
 * Test frames of RFC 2544 (appendix C.2), for IPv6 RFC 5180: UDP between the two halves of the networks set aside for
 * benchmarks, with a tag, in pseudorandom flows (RFC 4814) that are the same for a seed. Sizes are those of Ethernet, frame
 * check sequence included.
 */
import { InputError } from '../errors.js'
import { Random } from '../generate/random.js'
import type { Cidr } from '../packet/address.js'
import {
  checksumAround,
  etherTypes,
  ipv4HeaderChecksum,
  onesComplementSum,
  protocols,
  pseudoHeaderSum4,
  pseudoHeaderSum6,
  writeU16,
  writeU32,
  writeU48,
  writeU128,
} from '../packet/index.js'
import { TAG_BYTES, writeTag } from './tag.js'

/**
 * RFC 2544 section 9.1 and RFC 5180 section 5.1.1. With IPv6 no tag fits into 64 bytes; 84 take their place, as RFC 8219
 * section 4 has it for frames that are longer by the difference of the two headers.
 */
export const FRAME_SIZES = {
  4: [64, 128, 256, 512, 1024, 1280, 1518],
  6: [84, 128, 256, 512, 1024, 1280, 1518],
} as const

const FCS = 4
const ETHERNET = 14
const UDP = 8
const LARGEST = 9018

/** 198.18.0.0/15 in two halves (RFC 2544 section C.2.2), and 2001:2::/48 (RFC 5180 section 8, RFC Errata 1752). */
const HALVES_4 = [0xc612_0000, 0xc613_0000] as const
const HALVES_6 = [0x2001_0002_0000_0000n << 64n, 0x2001_0002_0000_8000n << 64n] as const
/** Locally administered, alike. */
const MACS = [0x0212_0000_0000, 0x0213_0000_0000] as const
/** RFC 2544 section C.2.2.1: networks of 256 addresses from the second of a half on, in which a router is node 1. */
export const NODES = 253
export const HOSTS = 254 * NODES
const ROUTER = 1

/** RFC 4814 section 4.5. */
const SOURCE_PORTS = { from: 1024, count: 64_512 }
const DESTINATION_PORTS = { from: 1, count: 49_151 }

export interface TestFrameOptions {
  readonly version: 4 | 6
  /** Bytes of a frame with its check sequence. */
  readonly size: number
  /** How many flows, all different. */
  readonly flows: number
  readonly seed: number
  /** Addresses in use in each half. Default: 253, those of one network. */
  readonly hosts?: number
  /** MAC addresses of the two ends of a flow, by their hosts. Default: each host has its own, whatever the flow. */
  readonly macsOf?: (flow: number, hosts: readonly [number, number]) => readonly [number, number]
  /** Whether these are the answers: the same flows with source and destination exchanged. Default: they are not. */
  readonly reverse?: boolean
}

interface Flow {
  readonly hosts: readonly [number, number]
  readonly ports: readonly [number, number]
}

/** Frames of several flows, alike but for their headers and tags. */
export interface FlowFrames {
  readonly version: 4 | 6
  /** Bytes of a frame without its check sequence: what is handed to a port. */
  readonly length: number
  /** Where in a frame its tag is. */
  readonly tagAt: number
  readonly flows: number
  /** What is behind the tag: the same in every frame. */
  readonly payload: Uint8Array
  /** The one's complement sum of tag and payload, which no tag changes. */
  readonly sum: number
  /** A whole frame into the first bytes of a place. */
  write(into: Uint8Array, flow: number, test: number, sequence: number): void
  /** The same where a frame of these is already: only what differs is written. Nothing is allocated. */
  rewrite(into: Uint8Array, flow: number, test: number, sequence: number): void
}

export class TestFrames implements FlowFrames {
  readonly version: 4 | 6
  readonly length: number
  readonly tagAt: number
  readonly flows: number
  readonly payload: Uint8Array
  readonly sum: number
  readonly #template: Uint8Array
  /** The headers of each flow. */
  readonly #headers: Uint8Array

  /** @throws InputError for a size that no such frame has, or more flows than there are addresses for. */
  constructor(options: TestFrameOptions) {
    const { version, size, flows, seed, hosts = NODES } = options
    const network = version === 4 ? 20 : 40
    const least = Math.max(64, ETHERNET + network + UDP + TAG_BYTES + FCS)
    if (!(size >= least && size <= LARGEST)) {
      throw new InputError(`there are no IPv${version} test frames of ${size} bytes`, {
        hint: `${least} to ${LARGEST}`,
      })
    }
    if (hosts < 1 || hosts > HOSTS) throw new InputError(`${hosts} hosts are not 1 to ${HOSTS}`)
    // Half of all there are, so that drawing different ones ends soon.
    const most = (hosts * SOURCE_PORTS.count) / 2
    if (flows < 1 || flows > most) throw new InputError(`${flows} flows of ${hosts} hosts are not 1 to ${most}`)
    this.version = version
    this.length = size - FCS
    this.tagAt = ETHERNET + network + UDP
    this.flows = flows
    // Flows first: they are the same for every size.
    const random = new Random(seed)
    const drawn = [...differentFlows(flows, hosts, random)]
    this.#template = templateOf(version, this.length, this.tagAt, random)
    this.payload = this.#template.subarray(this.tagAt + TAG_BYTES)
    this.sum = onesComplementSum(this.#template, this.tagAt, this.length)
    this.#headers = new Uint8Array(flows * this.tagAt)
    for (const [index, flow] of drawn.entries()) {
      writeFlow(this.#template, flow, options, this.sum, options.macsOf?.(index, flow.hosts))
      this.#headers.set(this.#template.subarray(0, this.tagAt), index * this.tagAt)
    }
  }

  write(into: Uint8Array, flow: number, test: number, sequence: number): void {
    into.set(this.#template)
    this.rewrite(into, flow, test, sequence)
  }

  rewrite(into: Uint8Array, flow: number, test: number, sequence: number): void {
    const headers = this.#headers
    const length = this.tagAt
    const from = flow * length
    for (let i = 0; i < length; i++) into[i] = headers[from + i] ?? 0
    writeTag(into, length, test, sequence)
  }
}

/** Source host and port tell flows apart. */
function* differentFlows(count: number, hosts: number, random: Random): Generator<Flow> {
  const drawn = new Set<number>()
  while (drawn.size < count) {
    const host = random.below(hosts)
    const port = SOURCE_PORTS.from + random.below(SOURCE_PORTS.count)
    const key = host * 0x1_0000 + port
    if (drawn.has(key)) continue
    drawn.add(key)
    const other = DESTINATION_PORTS.from + random.below(DESTINATION_PORTS.count)
    yield { hosts: [host, random.below(hosts)], ports: [port, other] }
  }
}

/** All that is the same in each frame. */
function templateOf(version: 4 | 6, length: number, tagAt: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length)
  const datagram = length - tagAt + UDP
  if (version === 4) {
    writeU16(bytes, 12, etherTypes.ipv4)
    bytes[14] = 0x45
    writeU16(bytes, 16, 20 + datagram)
    bytes[22] = 64
    bytes[23] = protocols.udp
  } else {
    writeU16(bytes, 12, etherTypes.ipv6)
    bytes[14] = 0x60
    writeU16(bytes, 18, datagram)
    bytes[20] = protocols.udp
    bytes[21] = 64
  }
  writeU16(bytes, tagAt - 4, datagram)
  random.fill(bytes, tagAt, length)
  writeTag(bytes, tagAt, 0, 0)
  return bytes
}

/** Of a host of each half. */
export function macsOfHosts([one, other]: readonly [number, number]): readonly [number, number] {
  return [MACS[0] + one + 1, MACS[1] + other + 1]
}

/**
 * Who has the addresses of one half, 253 of them and not the router's: networks that are each twice as large as the one
 * before, and one MAC address for all.
 */
export function hostsOfHalf(half: 0 | 1): { readonly mac: number; readonly networks: readonly Cidr[] } {
  const networks = [1, 2, 3, 4, 5, 6, 7].flatMap((bits): Cidr[] => [
    { version: 4, base: HALVES_4[half] + 256 + 2 ** bits, prefixLength: 32 - bits },
    { version: 6, base: HALVES_6[half] + 2n ** BigInt(bits), prefixLength: 128 - bits },
  ])
  return { mac: MACS[half], networks }
}

/** Of a host of one half, 0 to 64,261 of them with IPv4. */
export function addressOf(version: 4 | 6, half: 0 | 1, host: number): number | bigint {
  return version === 4 ? HALVES_4[half] + lowOf(host) : HALVES_6[half] + BigInt(host + ROUTER + 1)
}

/** Behind the router of its network. */
function lowOf(host: number): number {
  return (1 + Math.floor(host / NODES)) * 256 + (host % NODES) + ROUTER + 1
}

/** @param sum That of the payload. */
function writeFlow(
  bytes: Uint8Array,
  flow: Flow,
  options: TestFrameOptions,
  sum: number,
  macs: readonly [number, number] = macsOfHosts(flow.hosts),
): void {
  const { version, reverse = false } = options
  const udp = version === 4 ? 34 : 54
  const length = options.size - FCS - udp
  for (const half of [0, 1] as const) {
    // Of the frame: 0 is its source.
    const side = reverse ? 1 - half : half
    const host = flow.hosts[half]
    writeU48(bytes, side === 0 ? 6 : 0, macs[half])
    const address = addressOf(version, half, host)
    if (typeof address === 'number') writeU32(bytes, 26 + side * 4, address)
    else writeU128(bytes, 22 + side * 16, address)
    writeU16(bytes, udp + side * 2, flow.ports[half])
  }
  if (version === 4) writeU16(bytes, 24, ipv4HeaderChecksum(bytes, 14, 20))
  const pseudo = (version === 4 ? pseudoHeaderSum4 : pseudoHeaderSum6)(bytes, 14, protocols.udp, length)
  const checksum = checksumAround(bytes, udp, udp + UDP, udp + 6, pseudo + sum)
  writeU16(bytes, udp + 6, checksum === 0 ? 0xffff : checksum)
}
