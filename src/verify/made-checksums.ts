/**
 * Packets whose checksums are right, or wrong. Paths take sums of a packet's words for any function of where they begin and
 * end; a packet that a path is about has to have a sum that is as the path takes it, and nothing says which bytes give it.
 */
import { ipv4HeaderChecksum, transportChecksum, writeU16 } from '../packet/index.js'
import { layersOf } from './counterexample/shrinking/edit.js'

export interface WantedChecksums {
  /** Of the IPv4 header; undefined: as it is. */
  readonly header?: boolean | undefined
  /** Of the TCP or UDP header. */
  readonly transport?: boolean | undefined
}

/** Bytes of an IPv4 header without options (RFC 791 section 3.1). */
export const IPV4_LEAST = 20

const CHOICES = [undefined, true, false] as const

export function madeChecksums(bytes: Uint8Array, { header, transport }: WantedChecksums): Uint8Array {
  const { ipv4, ipHeaderLength, transport: at, tcp } = layersOf(bytes)
  const copy = bytes.slice()
  if (header !== undefined && ipv4 !== -1) {
    writeU16(copy, ipv4 + 10, as(ipv4HeaderChecksum(copy, ipv4, ipHeaderLength), header))
  }
  if (transport !== undefined && at !== -1) {
    writeU16(copy, at + (tcp === -1 ? 6 : 16), as(transportChecksum(copy, layersOf(copy)), transport))
  }
  return copy
}

/** Every way in which the checksums of packets may be; as they are first. */
export function* waysOfChecksums(packets: readonly Uint8Array[]): Generator<WantedChecksums> {
  const layers = packets.map(layersOf)
  const [hasHeader, hasTransport] = [
    layers.some(({ ipv4 }) => ipv4 !== -1),
    layers.some(({ transport }) => transport !== -1),
  ]
  for (const transport of hasTransport ? CHOICES : [undefined]) {
    for (const header of hasHeader ? CHOICES : [undefined]) yield { header, transport }
  }
}

/** No operation, which takes the place of the end of the options (RFC 791 section 3.1). */
const NO_OPERATION = 1

/** With options of the IPv4 header in the place of zeros. */
export function filledOptions(bytes: Uint8Array): Uint8Array {
  const { ipv4, ipHeaderLength } = layersOf(bytes)
  const copy = bytes.slice()
  if (ipv4 === -1) return copy
  for (let at = ipv4 + IPV4_LEAST; at < ipv4 + ipHeaderLength; at++) if (copy[at] === 0) copy[at] = NO_OPERATION
  return copy
}

/** A right checksum, or one that is wrong, and not zero, which might say that there is none. */
function as(right: number, isRight: boolean): number {
  if (isRight) return right
  return right === 0x5555 ? 0xaaaa : 0x5555
}
