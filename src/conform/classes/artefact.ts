/**
 * What wires and ports are known to do to frames, recognised in a frame that is otherwise as it must be: by the bytes, and by
 * what the port says that it does. Where a device may as well have done it, it is no artefact.
 */
import { fold, pseudoHeaderSum4, pseudoHeaderSum6, readU16 } from '../../packet/index.js'
import { Layers, parseLayers } from '../../packet/layers.js'
import type { PortCapabilities } from '../../packetio/index.js'
import type { Violation } from '../../result/index.js'
import type { LinkDoes } from '../../wires/index.js'
import { checkSequence } from './check-sequence.js'

/** A port of the tester's, by which frames come out of the device. */
export interface Egress extends LinkDoes, Pick<PortCapabilities, 'besides' | 'longest' | 'longestTagged'> {
  /** Frames with a VLAN tag that came by it. */
  readonly tagged: number
}

/** Bytes of Ethernet's shortest frame, without its check sequence (IEEE 802.3 clause 4.2.3.3), of that, and of a tag. */
const LEAST = 60
const CHECK = 4
const TAG = 4
const TAG_AT = 12
const TPIDS: ReadonlySet<number> = new Set([0x8100, 0x88a8])

/**
 * What was done to the frame that a violation is about, in a line; undefined where nothing that is known to be done explains
 * all of it. `open`: a bit for each port that said of its frame that a checksum had been left open.
 */
export function artefactOf(violation: Violation, egress: readonly Egress[], open: number): string | undefined {
  const { kind, expected, actual } = violation
  if (kind !== 'bytes' && kind !== 'length') return undefined
  if (expected.bytes === undefined || actual.bytes === undefined) return undefined
  if (actual.ports.length === 0 || expected.ports.join() !== actual.ports.join()) return undefined
  const [wanted, seen] = [Buffer.from(expected.bytes, 'hex'), Buffer.from(actual.bytes, 'hex')]
  const by = actual.ports.flatMap((port) => egress[port] ?? [])
  if (by.length !== actual.ports.length) return undefined
  const isOpen = actual.ports.every((port) => (open & (1 << port)) !== 0)
  return (
    checked(wanted, seen) ??
    padded(wanted, seen, by) ??
    cut(wanted, seen, by) ??
    untagged(wanted, seen, by) ??
    leftOpen(wanted, seen, by, isOpen)
  )
}

/** The bytes alone tell it: another four come about once in 2^32. */
function checked(wanted: Uint8Array, seen: Uint8Array): string | undefined {
  const body = seen.subarray(0, -CHECK)
  if (!isSame(body, wanted) && !isFilled(wanted, body)) return undefined
  const sequence = checkSequence(body)
  if (Buffer.compare(sequence, seen.subarray(-CHECK)) !== 0) return undefined
  return `bytes ${body.length} to ${seen.length - 1} are the frame check sequence (${Buffer.from(sequence).toString('hex')}) of those before them, which a link adds`
}

function padded(wanted: Uint8Array, seen: Uint8Array, by: readonly Egress[]): string | undefined {
  if (!isFilled(wanted, seen) || !by.every(({ pads }) => pads)) return undefined
  return `a frame of ${wanted.length} bytes came filled up with zeros to ${LEAST}, as on every Ethernet`
}

function cut(wanted: Uint8Array, seen: Uint8Array, by: readonly Egress[]): string | undefined {
  const { length } = seen
  if (length >= wanted.length || !isSame(seen, wanted.subarray(0, length))) return undefined
  if (!by.every(({ longest, longestTagged }) => length === longest || length === longestTagged)) return undefined
  return `a frame of ${wanted.length} bytes was cut after ${length}, the longest that its port carries`
}

function untagged(wanted: Uint8Array, seen: Uint8Array, by: readonly Egress[]): string | undefined {
  if (!hasTag(wanted)) return undefined
  const without = Buffer.concat([wanted.subarray(0, TAG_AT), wanted.subarray(TAG_AT + TAG)])
  if (!isSame(without, seen)) return undefined
  const takes = ({ besides, takesTags, tagged }: Egress): boolean => besides === 'lost' && takesTags && tagged === 0
  if (!by.every(takes)) return undefined
  return 'its VLAN tag is missing, which the interface takes out of frames (rx-vlan-offload) and its port does not put back'
}

export function hasTag(frame: Uint8Array): boolean {
  return frame.length >= TAG_AT + TAG && TPIDS.has(readU16(frame, TAG_AT))
}

/** In its place is the sum over the pseudo header, which whoever fills it in begins with. */
function leftOpen(wanted: Uint8Array, seen: Uint8Array, by: readonly Egress[], isOpen: boolean): string | undefined {
  const layers = new Layers()
  parseLayers(layers, seen, 0, seen.length, false)
  const { ipv4, ipv6, transport, tcp, udp, ipEnd, protocol } = layers
  if (tcp === -1 && udp === -1) return undefined
  const at = transport + (tcp === -1 ? 6 : 16)
  const sum = ipv4 === -1 ? pseudoHeaderSum6 : pseudoHeaderSum4
  const begun = fold(sum(seen, ipv4 === -1 ? ipv6 : ipv4, protocol, ipEnd - transport))
  if (readU16(seen, at) !== begun || readU16(wanted, at) === begun) return undefined
  const same = seen.slice()
  same.set(wanted.subarray(at, at + 2), at)
  if (!isSame(same, wanted)) return undefined
  const said = `its checksum is 0x${begun.toString(16).padStart(4, '0')}, the sum over the pseudo header: it was left to be filled in by an interface`
  if (isOpen) return `${said}, as its port says`
  // A frame that has crossed a cable was filled in before.
  const isUntold = by.every(({ besides, pads }) => besides === 'lost' && !pads)
  return isUntold ? `${said}, of which its port is not told` : undefined
}

/** Whether `seen` is `wanted` with zeros up to the least length. */
function isFilled(wanted: Uint8Array, seen: Uint8Array): boolean {
  if (wanted.length >= LEAST || seen.length !== LEAST || !isSame(seen.subarray(0, wanted.length), wanted)) return false
  return seen.subarray(wanted.length).every((byte) => byte === 0)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
