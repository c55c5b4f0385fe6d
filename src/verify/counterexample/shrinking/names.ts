/**
 * Plain addresses and ports in the place of odd ones: the same name for the same value in all packets. Where one value is
 * that of both ends (all zero, say), they are told apart if that may be.
 */
import type { Layers } from '../../../packet/index.js'
import type { TestPacket } from '../judged-runs.js'
import { edited, layersOf } from './edit.js'
import type { Pass } from './pass.js'

interface Names {
  /** Bytes. */
  readonly size: number
  /** Where there are values in a frame: of its source, then of its destination. */
  readonly places: (layers: Layers) => readonly [number, number] | undefined
  readonly isPlain: (value: bigint) => boolean
  /** One that is plain, for an end of a conversation: 0 for the one that opens it. */
  readonly name: (end: number, number: number) => bigint
}

interface Use {
  readonly packet: number
  readonly at: number
  readonly value: bigint
  readonly isSource: boolean
  /** 0 for what the first packet's source would be, 1 for its destination: by the port that a packet comes in by. */
  readonly end: number
}

/** What must be equal for two uses of one value to get one name. */
const KINDS: readonly ((use: Use) => string)[] = [
  ({ end }) => String(end),
  ({ isSource }) => String(isSource),
  () => '',
]

function passOf(names: Names): Pass {
  return function* (packets) {
    const uses = usesIn(packets, names)
    const odd = [...new Set(uses.map(({ value }) => value))].filter((value) => !names.isPlain(value))
    if (odd.length === 0) return
    for (const kind of KINDS) yield renamed(packets, uses, odd, kind, names)
    for (const value of odd) for (const kind of KINDS) yield renamed(packets, uses, [value], kind, names)
  }
}

function usesIn(packets: readonly TestPacket[], { places, size }: Names): Use[] {
  return packets.flatMap(({ bytes, port }, packet) => {
    const isFirstWay = port === packets[0]?.port
    return (places(layersOf(bytes)) ?? []).map((at, role) => ({
      packet,
      at,
      value: BigInt(`0x${Buffer.from(bytes.subarray(at, at + size)).toString('hex')}`),
      isSource: role === 0,
      end: isFirstWay ? role : 1 - role,
    }))
  })
}

function renamed(
  packets: readonly TestPacket[],
  uses: readonly Use[],
  odd: readonly bigint[],
  kind: (use: Use) => string,
  { size, name }: Names,
): readonly TestPacket[] {
  const taken = new Set(uses.map(({ value }) => value))
  const found = new Map<string, bigint>()
  const fresh = (end: number): bigint => {
    let number = 1
    while (taken.has(name(end, number))) number += 1
    const chosen = name(end, number)
    taken.add(chosen)
    return chosen
  }
  const nameOf = (use: Use): bigint => {
    const key = `${use.value} ${kind(use)}`
    const known = found.get(key) ?? fresh(use.end)
    found.set(key, known)
    return known
  }
  const changed = uses.filter(({ value }) => odd.includes(value)).map((use) => ({ use, value: nameOf(use) }))
  return packets.map((packet, at) => ({
    ...packet,
    bytes: edited(packet.bytes, (copy) => {
      for (const { use, value } of changed) {
        if (use.packet === at) copy.set(Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex'), use.at)
      }
      return copy
    }),
  }))
}

const MACS: Names = {
  size: 6,
  places: ({ ethernet }) => (ethernet ? [6, 0] : undefined),
  isPlain: (value) => value === 0xffff_ffff_ffffn || value >> 16n === 0x0200_0000n,
  name: (end, number) => 0x0200_0000_0a00n + BigInt(end * 0x100 + number),
}

/** Of RFC 5737, and one network that is nobody's. */
const PLAIN_IPV4 = [0x0a_00_00n, 0xc0_00_02n, 0xc6_33_64n, 0xcb_00_71n]

const IPV4: Names = {
  size: 4,
  places: ({ ipv4, arp }) => (arp !== -1 ? [arp + 14, arp + 24] : ipv4 === -1 ? undefined : [ipv4 + 12, ipv4 + 16]),
  isPlain: (value) => PLAIN_IPV4.includes(value >> 8n),
  name: (end, number) => (end === 0 ? 0x0a_00_00_00n : 0xc0_00_02_00n) + BigInt(number),
}

/** RFC 3849. */
const DOCUMENTATION = 0x2001_0db8n << 96n
const NETWORKS = [DOCUMENTATION | (0xan << 80n), DOCUMENTATION | (0xbn << 80n)]

const IPV6: Names = {
  size: 16,
  places: ({ ipv6 }) => (ipv6 === -1 ? undefined : [ipv6 + 8, ipv6 + 24]),
  isPlain: (value) => value >> 96n === DOCUMENTATION >> 96n,
  name: (end, number) => (NETWORKS[end] ?? DOCUMENTATION) | BigInt(number),
}

const CLIENT_PORT = 40_000n
/** Of servers, then others. */
const SERVER_PORTS = [80n, 443n, 53n]
const OTHER_PORT = 8080n

const PORTS: Names = {
  size: 2,
  places: ({ transport }) => (transport === -1 ? undefined : [transport, transport + 2]),
  isPlain: (value) =>
    SERVER_PORTS.includes(value) || [CLIENT_PORT, OTHER_PORT].some((first) => value >= first && value < first + 100n),
  name: (end, number) => {
    if (end === 0) return CLIENT_PORT + BigInt(number - 1)
    return SERVER_PORTS[number - 1] ?? OTHER_PORT + BigInt(number - 1 - SERVER_PORTS.length)
  },
}

export const plainNames: readonly Pass[] = [MACS, IPV4, IPV6, PORTS].map(passOf)
