/** Whether what was seen is what was expected: ports, and bytes but for the two ways to write a zero checksum. */

import type { Seen } from '../domains/concrete/features.js'
import type { ConcretePacket, PacketPool } from '../domains/concrete/packet.js'
import { firstDifference } from '../domains/concrete/words.js'
import { readU16 } from '../packet/bytes.js'
import { congruent } from '../packet/checksum.js'
import type { Layers } from '../packet/layers.js'
import { SpecError } from '../spec/error.js'
import type { Verdict } from '../spec/verdict.js'

/**
 * The ports that a verdict asks for, as a set; `everyPort` is the set of all. Flood is every port but the ingress; with
 * one port that is none, a drop. Undefined where a port does not exist.
 */
export function egressOf(verdict: Verdict, ingress: number, everyPort: number): number | undefined {
  if (verdict.kind === 'flood') return everyPort & ~(1 << ingress)
  return (verdict.ports & ~everyPort) === 0 ? verdict.ports : undefined
}

/** What is wrong where `egressOf` is undefined. */
export function noSuchPort(
  verdict: Verdict,
  { config, spec }: { readonly config: { readonly portCount: number }; readonly spec: { readonly file: string } },
): SpecError {
  return new SpecError(`forwards to a port that does not exist (there are ${config.portCount})`, {
    file: verdict.site?.file ?? spec.file,
    ...(verdict.site === undefined ? {} : { line: verdict.site.line }),
  })
}

/** Bytes of the two addresses at the start of a frame. */
export const MACS = 12

/** A frame that was expected by some ports, and one that was seen by some of them, in the bytes of `seen`. */
export interface Pair {
  readonly ports: number
  readonly expected: ConcretePacket
  readonly start: number
  readonly length: number
}

/** What to compare, where the packet left by the ports that the verdict has; none for a drop. */
export function pairsOf({ forms, packet }: Verdict, seen: Seen, pool: PacketPool): readonly Pair[] {
  const { egress, otherEgress, start, length, otherStart, otherLength } = seen
  if (packet === undefined || egress === 0) return []
  return (forms ?? [{ ports: egress, packet }]).flatMap((form) => {
    const expected = pool.own(form.packet)
    const [some, others] = [form.ports & ~otherEgress, form.ports & otherEgress]
    return [
      ...(some === 0 ? [] : [{ ports: some, expected, start, length }]),
      ...(others === 0 ? [] : [{ ports: others, expected, start: otherStart, length: otherLength }]),
    ]
  })
}

/** Whether by each port left what the verdict has for it, where those are the same ports. */
export function sameForms(verdict: Verdict, seen: Seen, pool: PacketPool, withoutMacs = false): boolean {
  const { packet, forms } = verdict
  if (packet === undefined) return false
  if (forms === undefined && seen.otherEgress === 0) {
    return sameFrame(pool.own(packet), seen.bytes, seen.start, seen.length, withoutMacs)
  }
  return pairsOf(verdict, seen, pool).every(({ expected, start, length }) =>
    sameFrame(expected, seen.bytes, start, length, withoutMacs),
  )
}

/** Holds the frame of `expected` against `length` bytes of `seen` at `start`, with or without its MAC addresses. */
export function sameFrame(
  expected: ConcretePacket,
  seen: Uint8Array,
  start: number,
  length: number,
  withoutMacs = false,
): boolean {
  if (expected.length !== length) return false
  const skipped = withoutMacs ? Math.min(MACS, length) : 0
  const first = firstDifference(expected.bytes, expected.start + skipped, seen, start + skipped, length - skipped)
  return first === -1 || sameButChecksums(expected.layers, seen, start, first + skipped)
}

/**
 * The same from the first byte that differs, with 0x0000 and 0xFFFF equal in the checksums of IP and TCP, and in those
 * of UDP and ICMPv6 where neither is zero (RFC 768: zero means none was computed).
 */
function sameButChecksums(expected: Layers, seen: Uint8Array, start: number, first: number): boolean {
  const { bytes, start: from, end } = expected
  const header = expected.ipv4 === -1 ? -1 : expected.ipv4 + 10
  const transport = transportChecksumAt(expected)
  for (let at = from + first; at < end; at++) {
    const shift = start - from
    if (bytes[at] === seen[at + shift]) continue
    const checksum = within(at, header) ? header : within(at, transport) ? transport : -1
    if (checksum === -1) return false
    const wanted = readU16(bytes, checksum)
    const got = readU16(seen, checksum + shift)
    if (!congruent(wanted, got)) return false
    if (checksum !== header && expected.udp !== -1) return false
  }
  return true
}

function within(at: number, word: number): boolean {
  return word !== -1 && (at === word || at === word + 1)
}

function transportChecksumAt(layers: Layers): number {
  if (layers.tcp !== -1) return layers.tcp + 16
  if (layers.udp !== -1) return layers.udp + 6
  return layers.icmpv6 === -1 ? -1 : layers.icmpv6 + 2
}
