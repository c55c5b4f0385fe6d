/**
 * A packet of a solver's model, made to look like one of a network where that changes nothing of what it meets. The bytes of an
 * address all differ: whoever takes a wrong one, or leaves one out, shows.
 */
import { writeU16, writeU32 } from '../packet/index.js'
import {
  edited,
  type layersOf,
  writeIcmpChecksum,
  writeIpv4Checksum,
  writeTransportChecksum,
} from '../verify/counterexample/shrinking/edit.js'

type Change = (bytes: Uint8Array) => Uint8Array

const changing =
  (change: (bytes: Uint8Array) => void): Change =>
  (bytes) => {
    const copy = bytes.slice()
    change(copy)
    return copy
  }

const INSIDE_IPV6 = [0x20, 1, 0x0d, 0xb8, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e, 0x6f, 0x70, 0x81, 0x92, 0xa3, 0xb4, 0xc5]
const OUTSIDE_IPV6 = [0x20, 1, 0x0d, 0xb8, 0xe5, 0xd6, 0xc7, 0xb8, 0xa9, 0x9a, 0x8b, 0x7c, 0x6d, 0x5e, 0x4f, 0x40]

const CHANGES: readonly Change[] = [
  (bytes) => (bytes.length >= 60 ? bytes : Uint8Array.from({ length: 60 }, (_, at) => bytes[at] ?? 0)),
  onLayers(({ ethernet }, bytes) => {
    if (ethernet) bytes.set([2, 0x11, 0x22, 0x33, 0x44, 0x0a], 6)
  }),
  onLayers(({ ethernet }, bytes) => {
    if (ethernet) bytes.set([2, 0x55, 0x66, 0x77, 0x88, 0x0b], 0)
  }),
  onLayers(({ ipv4 }, bytes) => {
    if (ipv4 === -1) return
    bytes[ipv4 + 1] = 0
    writeU32(bytes, ipv4 + 4, 0)
  }),
  onLayers(({ ipv4, ipv6 }, bytes) => {
    if (ipv4 !== -1) bytes[ipv4 + 8] = 64
    if (ipv6 !== -1) bytes[ipv6 + 7] = 64
  }),
  onLayers(({ ipv4, ipv6 }, bytes) => {
    if (ipv4 !== -1) bytes.set([10, 1, 2, 3], ipv4 + 12)
    if (ipv6 !== -1) bytes.set(INSIDE_IPV6, ipv6 + 8)
  }),
  onLayers(({ ipv4, ipv6 }, bytes) => {
    if (ipv4 !== -1) bytes.set([203, 0, 113, 84], ipv4 + 16)
    if (ipv6 !== -1) bytes.set(OUTSIDE_IPV6, ipv6 + 24)
  }),
  onLayers(({ transport }, bytes) => {
    if (transport !== -1) writeU16(bytes, transport, 40_000)
  }),
  onLayers(({ transport }, bytes) => {
    if (transport !== -1) writeU16(bytes, transport + 2, 8080)
  }),
  onLayers(({ tcp }, bytes) => {
    if (tcp !== -1) bytes[tcp + 13] = 0x02
  }),
  changing(writeIpv4Checksum),
  changing(writeTransportChecksum),
  changing(writeIcmpChecksum),
]

function onLayers(change: (layers: ReturnType<typeof layersOf>, bytes: Uint8Array) => void): Change {
  return (bytes) =>
    edited(bytes, (copy, layers) => {
      change(layers, copy)
      return copy
    })
}

/** `isSame` says whether what counts is as it was. */
export function tidied(bytes: Uint8Array, isSame: (bytes: Uint8Array) => boolean): Uint8Array {
  return CHANGES.reduce((best, change) => {
    const changed = change(best)
    return Buffer.compare(changed, best) !== 0 && isSame(changed) ? changed : best
  }, bytes)
}
