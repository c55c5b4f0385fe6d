/**
 * Packets whose checksums, as they come or as they leave, have the two values that stand for the same sum: 0x0000 and 0xffff
 * (RFC 1624 section 3; RFC 768: a UDP checksum that comes to zero is sent as all ones, and zero says that there is none).
 */
import { fold, ipv4HeaderChecksum, type Layers, readU16, transportChecksum, writeU16 } from '../packet/index.js'
import { edited, layersOf } from '../verify/counterexample/shrinking/edit.js'
import type { Variant } from './malformed.js'
import { withSegment } from './near.js'

/** A checksum of a packet, and a word that it covers and nothing looks at. */
interface Summed {
  readonly name: string
  readonly field: number
  readonly free: number
  readonly right: (bytes: Uint8Array) => number
}

/** `outputOf`: the packet as it leaves, its own checksums not followed. None where nothing that they cover changes. */
export function specialChecksums(
  bytes: Uint8Array,
  outputOf: (bytes: Uint8Array) => Uint8Array | undefined,
): readonly Variant[] {
  const layers = layersOf(bytes)
  if (layers.vlanTags > 0) return []
  const roomy = layers.udp === -1 ? bytes : withSegment(bytes, 10)
  const output = outputOf(roomy)
  if (output === undefined || Buffer.compare(output.subarray(14), roomy.subarray(14)) === 0) return []
  return summedIn(layers).flatMap((summed) => {
    const coming = zeroed(roomy, roomy, summed)
    const leaving = zeroed(roomy, output, summed)
    const { name, field } = summed
    return [
      { name: `${name} checksum 0x0000, wrong`, bytes: written(roomy, field, 0) },
      { name: `${name} checksum 0xffff, wrong`, bytes: written(roomy, field, 0xffff) },
      { name: `${name} checksum 0x0000, the right sum`, bytes: written(coming, field, 0) },
      { name: `${name} checksum 0xffff, the right sum`, bytes: written(coming, field, 0xffff) },
      { name: `${name} checksum that comes to zero`, bytes: leaving },
    ]
  })
}

function summedIn({ ipv4, ipHeaderLength, transport, tcp }: Layers): readonly Summed[] {
  const header: Summed = {
    name: 'IPv4',
    field: ipv4 + 10,
    free: ipv4 + 4,
    right: (bytes) => ipv4HeaderChecksum(bytes, ipv4, ipHeaderLength),
  }
  const isTcp = tcp !== -1
  const segment: Summed = {
    name: isTcp ? 'TCP' : 'UDP',
    field: transport + (isTcp ? 16 : 6),
    // The window, or data.
    free: transport + (isTcp ? 14 : 8),
    right: (bytes) => transportChecksum(bytes, layersOf(bytes)),
  }
  return [...(ipv4 === -1 ? [] : [header]), ...(transport === -1 ? [] : [segment])]
}

/** `bytes` with another free word, so that the right checksum of `like`, which has the same words there, comes to zero. */
function zeroed(bytes: Uint8Array, like: Uint8Array, { free, right }: Summed): Uint8Array {
  return edited(bytes, (copy) => {
    writeU16(copy, free, fold(readU16(bytes, free) + right(like)))
    return copy
  })
}

function written(bytes: Uint8Array, field: number, value: number): Uint8Array {
  const copy = bytes.slice()
  writeU16(copy, field, value)
  return copy
}
