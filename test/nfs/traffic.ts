/**
 * Random traffic for network functions that stand between internal hosts and external peers: few hosts, peers and
 * ports, so that flows meet, replies match, tables fill and entries expire; and every way of being malformed.
 */
import fc from 'fast-check'

import { buildFrame, type FrameParts } from '../../src/packet/build.js'

/** Who there is. Index i of `hosts` and `peers` of both versions belong together. */
export interface World {
  readonly ports: number
  readonly wan: number
  readonly expiration: number
  /** Internet protocol versions that are sent. */
  readonly versions: readonly (4 | 6)[]
  /** Where inbound packets go to, in place of the host's address and port. */
  readonly inboundTo?: { readonly address: string; readonly firstPort: number; readonly portCount: number }
}

// Pairs that differ in one half of the address only, and IPv6 addresses with the bits of IPv4 ones.
const hosts = { 4: ['10.0.0.11', '10.0.0.12', '10.0.1.11'], 6: ['::10.0.0.11', '::10.0.0.12', '2001:db9::10.0.0.11'] }
const peers = {
  4: ['192.0.2.21', '192.0.2.22', '192.0.3.21'],
  6: ['::192.0.2.21', '::192.0.2.22', '2001:db8::192.0.2.21'],
}
/** Small, so that where a header starts early a port is taken for a length. */
const hostPorts = [9, 20]
const peerPorts = [10, 53]

/** What is wrong with a packet. */
type Flaw =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: HeaderFlaw; readonly value: number }
  | { readonly kind: 'cut'; readonly length: number }
  | { readonly kind: 'flips'; readonly flips: readonly { readonly at: number; readonly with: number }[] }

const headerFlaws = ['version', 'headerLength', 'totalLength', 'fragment', 'transportLength', 'protocol'] as const
type HeaderFlaw = (typeof headerFlaws)[number]

/** One packet and the wait before it. */
export interface Step {
  readonly ingress: number
  /** Nanoseconds since the packet before. */
  readonly wait: number
  readonly version: 4 | 6
  readonly protocol: number
  readonly host: number
  readonly peer: number
  readonly hostPort: number
  readonly peerPort: number
  readonly external: number
  readonly checksum: 'right' | 'wrong' | 'none'
  readonly tcpFlags: number
  readonly options: number
  readonly payload: number
  readonly trailer: number
  readonly flaw: Flaw
}

export function steps(world: World, length: { minLength: number; maxLength: number }): fc.Arbitrary<Step[]> {
  return fc.array(step(world), { ...length, size: 'max' })
}

function step(world: World): fc.Arbitrary<Step> {
  const { expiration } = world
  return fc.record({
    ingress: fc.nat(world.ports - 1),
    wait: fc.oneof(
      { weight: 24, arbitrary: fc.nat(Math.floor(expiration / 16)) },
      { weight: 1, arbitrary: fc.constantFrom(expiration - 1, expiration, expiration + 1) },
    ),
    version: fc.constantFrom(...world.versions),
    protocol: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(6, 17) }, { weight: 1, arbitrary: fc.nat(255) }),
    host: mostlyFirst(hosts[4].length - 1),
    peer: mostlyFirst(peers[4].length - 1),
    hostPort: mostlyFirst(hostPorts.length - 1),
    peerPort: mostlyFirst(peerPorts.length - 1),
    external: fc.nat(world.inboundTo === undefined ? 0 : world.inboundTo.portCount + 1),
    checksum: fc.constantFrom('right', 'wrong', 'none'),
    tcpFlags: fc.constantFrom(0x02, 0x10, 0x12, 0x04),
    options: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
    payload: fc.nat(9),
    trailer: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
    flaw: flaw(),
  })
}

/** Mostly 0, so that packets of one flow meet. */
function mostlyFirst(max: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(max) })
}

function flaw(): fc.Arbitrary<Flaw> {
  const name = fc.constantFrom(...headerFlaws)
  const flip = fc.record({ at: fc.nat(80), with: fc.integer({ min: 1, max: 255 }) })
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Flaw>({ kind: 'none' }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('header'), name, value: fc.nat(48) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), length: fc.nat(80) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flips'), flips: fc.array(flip, { maxLength: 3 }) }) },
  )
}

/** The frame of a step. */
export function frameOf(world: World, step: Step): Uint8Array {
  const frame = buildFrame(parts(world, step))
  const { flaw } = step
  if (flaw.kind === 'cut') return frame.slice(0, flaw.length)
  if (flaw.kind === 'flips') {
    for (const { at, with: mask } of flaw.flips) if (at < frame.length) frame[at] = (frame[at] ?? 0) ^ mask
  }
  return frame
}

function parts(world: World, step: Step): FrameParts {
  const { protocol, payload, trailer } = step
  const transport = protocol === 6 ? { tcp: tcp(world, step) } : { udp: udp(world, step) }
  return {
    ethernet: { src: '02:aa:bb:cc:dd:01', dst: '02:aa:bb:cc:dd:02' },
    ...(step.version === 4 ? { ipv4: ipv4(world, step) } : { ipv6: ipv6(world, step) }),
    ...transport,
    payload: Uint8Array.from({ length: payload }, (_, i) => 0x80 + i * 7),
    trailer: new Uint8Array(trailer).fill(0x5a),
  }
}

function ends(world: World, step: Step) {
  const host = { address: hosts[step.version][step.host] ?? '', port: hostPorts[step.hostPort] ?? 0 }
  const peer = { address: peers[step.version][step.peer] ?? '', port: peerPorts[step.peerPort] ?? 0 }
  if (step.ingress !== world.wan) return { src: host, dst: peer }
  const { inboundTo } = world
  if (inboundTo === undefined || step.version === 6) return { src: peer, dst: host }
  // Now and then an address that is not the external one; a port just outside the range at either end.
  const address = step.host === 2 && step.hostPort === 1 ? '198.51.100.77' : inboundTo.address
  return { src: peer, dst: { address, port: inboundTo.firstPort + step.external - 1 } }
}

function flawIn(step: Step, name: HeaderFlaw): number | undefined {
  return step.flaw.kind === 'header' && step.flaw.name === name ? step.flaw.value : undefined
}

function ipv4(world: World, step: Step): NonNullable<FrameParts['ipv4']> {
  const { src, dst } = ends(world, step)
  const fragment = flawIn(step, 'fragment')
  return {
    src: src.address,
    dst: dst.address,
    ttl: 1 + step.payload,
    protocol: flawIn(step, 'protocol') ?? step.protocol,
    options: new Uint8Array(4 * step.options).fill(1),
    ...given('version', flawIn(step, 'version'), 15),
    ...given('ihl', flawIn(step, 'headerLength'), 15),
    ...given('totalLength', flawIn(step, 'totalLength'), 0xffff),
    ...(fragment === undefined ? {} : { flags: fragment & 7, fragmentOffset: fragment >> 3 }),
    ...(step.checksum === 'wrong' ? { headerChecksum: 0x1234 } : {}),
  }
}

function ipv6(world: World, step: Step): NonNullable<FrameParts['ipv6']> {
  const { src, dst } = ends(world, step)
  return {
    src: src.address,
    dst: dst.address,
    nextHeader: flawIn(step, 'protocol') ?? step.protocol,
    ...given('version', flawIn(step, 'version'), 15),
    ...given('payloadLength', flawIn(step, 'totalLength'), 0xffff),
  }
}

function tcp(world: World, step: Step): NonNullable<FrameParts['tcp']> {
  const { src, dst } = ends(world, step)
  return {
    srcPort: src.port,
    dstPort: dst.port,
    flags: step.tcpFlags,
    ...given('dataOffset', flawIn(step, 'transportLength'), 15),
    ...checksum(step),
  }
}

function udp(world: World, step: Step): NonNullable<FrameParts['udp']> {
  const { src, dst } = ends(world, step)
  return {
    srcPort: src.port,
    dstPort: dst.port,
    ...given('length', flawIn(step, 'transportLength'), 0xffff),
    ...checksum(step),
  }
}

function given<N extends string>(
  name: N,
  value: number | undefined,
  mask: number,
): { readonly [K in N]?: number } | object {
  return value === undefined ? {} : { [name]: value & mask }
}

/** Wrong sums are those at the edges of the arithmetic, too. */
function checksum(step: Step): { readonly checksum?: number } {
  if (step.checksum === 'right') return {}
  return { checksum: step.checksum === 'none' ? 0 : ([0xffff, 0xfffe, 1, 0x1234][step.payload & 3] ?? 0) }
}
