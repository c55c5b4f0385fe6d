/** What traffic each network function is measured with: a conversation's first frame, and where its answer enters. */
import { readU16, writeU16, writeU32, writeU48 } from '../../src/packet/bytes.js'
import { ipv4HeaderChecksum, transportChecksum } from '../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'

/** Without the check sequence: 64 bytes on the wire. */
export const FRAME = 60
/** Both its stations are learned where a conversation has two entries. */
export interface Kind {
  readonly nf: string
  /** Entries of the table that one conversation takes; 0 without a table. */
  readonly entries: 0 | 1 | 2
  /** Names in the configuration: the table's capacity, and how long an unused entry is kept. */
  readonly capacity: string
  readonly lifetime: string
  /** Writes the first frame of conversation `n` to `into[at]`; the port by which it enters. */
  open(n: number, into: Uint8Array, at: number): number
  /** Where the answer enters to what left the device at `bytes[at]`. */
  answerPort(n: number, bytes: Uint8Array, at: number): number
}

const deviceMac = 0x020000000000
const hostMac = 0x020000000100
const stationMac = 0x024000000000
const externalHost = 0xcb007100

const nop: Kind = {
  nf: 'nop',
  entries: 0,
  capacity: '',
  lifetime: '',
  open: (n, into, at) => ip(n, into, at, 0),
  answerPort: () => 1,
}

const nat: Kind = {
  ...nop,
  nf: 'nat',
  entries: 1,
  capacity: 'maxFlows',
  lifetime: 'expiration',
}

const firewall: Kind = { ...nat, nf: 'firewall' }

const bridge: Kind = {
  nf: 'bridge',
  entries: 2,
  capacity: 'capacity',
  lifetime: 'ageingTime',
  open(n, into, at) {
    ip(n, into, at, 0)
    writeU48(into, at, stationMac + 2 * n + 1)
    writeU48(into, at + 6, stationMac + 2 * n)
    return n & 3
  },
  answerPort: (n) => (n + 1 + ((n >>> 2) % 3)) & 3,
}

/** Clients are outside; the answer comes from the backend that the frame went to, whose last byte is its port. */
const balancer: Kind = {
  nf: 'balancer',
  entries: 1,
  capacity: 'capacity',
  lifetime: 'expiration',
  open: (n, into, at) => ip(n, into, at, 0),
  answerPort: (_, bytes, at) => bytes[at + 5] ?? 0,
}

/** The policed direction is wan to inside: a conversation begins outside, and each has its own destination. */
const policer: Kind = {
  nf: 'policer',
  entries: 1,
  capacity: 'capacity',
  lifetime: 'expiration',
  open(n, into, at) {
    ip(n, into, at, 1)
    swap(into, at + 26, 4)
    return 1
  },
  answerPort: () => 0,
}

export const kinds: readonly Kind[] = [nop, nat, firewall, bridge, balancer, policer]

const layers = new Layers()

/** TCP or UDP over IPv4, an inside host of its own for each `n` below 2^24. */
function ip(n: number, into: Uint8Array, at: number, port: number): number {
  const isTcp = (n & 1) === 1
  into.fill(0, at, at + FRAME)
  writeU48(into, at, deviceMac + port)
  writeU48(into, at + 6, hostMac + port)
  writeU16(into, at + 12, 0x0800)
  into[at + 14] = 0x45
  writeU16(into, at + 16, FRAME - 14)
  writeU16(into, at + 18, n)
  into[at + 22] = 64
  into[at + 23] = isTcp ? 6 : 17
  // Odd factors permute the 24 bits: neighbours are no neighbours in the tables.
  writeU32(into, at + 26, 0x0a000000 + (Math.imul(n, 0x9e3779b1) & 0xffffff))
  writeU32(into, at + 30, externalHost + (n & 0xff))
  writeU16(into, at + 34, 1024 + (Math.imul(n, 0x85ebca6b) >>> 17))
  writeU16(into, at + 36, isTcp ? 443 : 53)
  if (isTcp) {
    writeU32(into, at + 38, n)
    into[at + 46] = 0x50
    into[at + 47] = 0x18
  } else writeU16(into, at + 38, FRAME - 34)
  writeU16(into, at + 24, ipv4HeaderChecksum(into, at + 14, 20))
  parseLayers(layers, into, at, FRAME, false)
  writeU16(into, at + (isTcp ? 50 : 40), transportChecksum(into, layers))
  return port
}

/** Writes the answer to the frame at `bytes[from]`: addresses and ports change places, which moves no checksum. */
export function answer(bytes: Uint8Array, from: number, into: Uint8Array, at: number): void {
  for (let i = 0; i < FRAME; i++) into[at + i] = bytes[from + i] ?? 0
  swap(into, at, 6)
  swap(into, at + 26, 4)
  const srcPort = readU16(into, at + 34)
  writeU16(into, at + 34, readU16(into, at + 36))
  writeU16(into, at + 36, srcPort)
}

/** Exchanges `length` bytes at `at` with those that follow. */
function swap(into: Uint8Array, at: number, length: number): void {
  for (let i = at; i < at + length; i++) {
    const byte = into[i] ?? 0
    into[i] = into[i + length] ?? 0
    into[i + length] = byte
  }
}
