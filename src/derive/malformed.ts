/** Packets of a sequence made wrong, or legal but rare, in every way in which a parser tells headers apart. */

import { Frame } from '../generate/frame.js'
import { faults } from '../generate/malformed.js'
import { Random } from '../generate/random.js'
import { edited, layersOf } from '../verify/counterexample/shrinking/edit.js'

export interface Variant {
  readonly name: string
  readonly bytes: Uint8Array
}

const TCP_FLAGS = [0x00, 0x01, 0x02, 0x04, 0x10, 0x11, 0x12, 0x14, 0x18, 0x29, 0x3f, 0xff]
const HOPS = [0, 1, 2, 255]
/** Around the ends of the Ethernet header, and of what follows with and without options. */
const CUTS = [0, 1, 6, 12, 13, 14, 15, 33, 34, 35, 37, 38, 41, 42, 43, 53, 54, 55, 57, 58, 61, 62]

/** The faults that fit a packet; those that draw numbers draw them by `seed`. */
export function variantsOf(bytes: Uint8Array, seed: number): readonly Variant[] {
  const { ipv4, ipv6, tcp, protocol, vlanTags } = layersOf(bytes)
  const random = new Random(seed)
  const cut = CUTS.filter((length) => length < bytes.length).map((length) => ({
    name: `cut to ${length} bytes`,
    bytes: bytes.slice(0, length),
  }))
  if (vlanTags > 0 || (ipv4 === -1 && ipv6 === -1)) return cut
  const version = ipv4 === -1 ? 6 : 4
  const fitting = faults.filter(
    (fault) => (fault.version ?? version) === version && (fault.protocol ?? protocol) === protocol,
  )
  const faulty = fitting.map(({ name, apply }) => {
    const frame = new Frame()
    frame.bytes.set(bytes)
    frame.length = bytes.length
    apply(frame, random)
    return { name, bytes: frame.view().slice() }
  })
  const hops = HOPS.map((value) => ({
    name: `${version === 4 ? 'TTL' : 'hop limit'} ${value}`,
    bytes: edited(bytes, (copy) => {
      copy[version === 4 ? ipv4 + 8 : ipv6 + 7] = value
      return copy
    }),
  }))
  const flags =
    tcp === -1
      ? []
      : TCP_FLAGS.map((value) => ({
          name: `TCP flags 0x${value.toString(16).padStart(2, '0')}`,
          bytes: edited(bytes, (copy) => {
            copy[tcp + 13] = value
            return copy
          }),
        }))
  return [...cut, ...faulty, ...hops, ...flags]
}
