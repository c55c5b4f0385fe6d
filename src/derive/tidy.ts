/** A packet of a solver's model, made to look like one of a network where that changes nothing of what it meets. */
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

const CHANGES: readonly Change[] = [
  (bytes) => (bytes.length >= 60 ? bytes : Uint8Array.from({ length: 60 }, (_, at) => bytes[at] ?? 0)),
  onLayers(({ ethernet }, bytes) => {
    if (ethernet) bytes.set([2, 0, 0, 0, 0x0a, 1], 6)
  }),
  onLayers(({ ethernet }, bytes) => {
    if (ethernet) bytes.set([2, 0, 0, 0, 0x0b, 1], 0)
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
    if (ipv4 !== -1) bytes.set([10, 0, 0, 1], ipv4 + 12)
    if (ipv6 !== -1) bytes.set([0x20, 1, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], ipv6 + 8)
  }),
  onLayers(({ ipv4, ipv6 }, bytes) => {
    if (ipv4 !== -1) bytes.set([192, 0, 2, 1], ipv4 + 16)
    if (ipv6 !== -1) bytes.set([0x20, 1, 0x0d, 0xb8, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], ipv6 + 24)
  }),
  onLayers(({ transport }, bytes) => {
    if (transport !== -1) writeU16(bytes, transport, 40_000)
  }),
  onLayers(({ transport }, bytes) => {
    if (transport !== -1) writeU16(bytes, transport + 2, 80)
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
