/** Stations on the ports of a bridge: who is where, who speaks to whom, and who has moved. */

import { etherTypes, writeU16 } from '../packet/index.js'
import type { Frame } from './frame.js'
import { insertTag } from './malformed.js'
import type { StationOptions, TraceOptions } from './options.js'
import { type Sampler, sampler } from './popularity.js'
import type { Random } from './random.js'
import { pickSize } from './sizes.js'

/** Locally administered (IEEE 802-2014 section 8.4): 02:00:00:01:00:00, 02:10:00:01:00:00, 02:00:00:01:00:01 ... */
const firstStation = 0x0200_0001_0000
/** Stations in pairs whose addresses differ only here: no part of an address is enough to tell all of them apart. */
const pairBit = 0x10_0000_0000
/** Addresses that no station has. */
const firstUnknown = 0x0200_00ee_0000
const broadcast = 0xffff_ffff_ffff
/** 01:00:5e:00:00:00, the multicast range of RFC 1112 section 6.4. */
const firstMulticast = 0x0100_5e00_0000
const groups = 16
/** The 16 reserved addresses of IEEE 802.1Q-2014 table 8-1, and the two after them. */
const firstReserved = 0x0180_c200_0000
/** A local experimental EtherType, IEEE 802-2014 section 9.2.4. */
const experimental = 0x88b5

export class Stations {
  readonly #options: TraceOptions
  readonly #stations: StationOptions
  readonly #port: Uint8Array
  readonly #sample: Sampler

  constructor(options: TraceOptions, stations: StationOptions) {
    this.#options = options
    this.#stations = stations
    this.#port = Uint8Array.from({ length: stations.count }, (_, i) => i % stations.ports)
    this.#sample = sampler(options.popularity, stations.count)
  }

  /** Writes a frame from one station to another, or to where nobody or everybody is. @returns Its port. */
  next(frame: Frame, random: Random): number {
    const { moves, ports } = this.#stations
    const from = this.#sample(random)
    if (random.chance(moves)) this.#port[from] = random.below(ports)
    const port = this.#port[from] ?? 0
    this.write(frame, random, this.#source(from, random), this.#destination(random))
    return port
  }

  /** The address of a station. */
  address(station: number): number {
    return firstStation + (station >>> 1) + (station & 1) * pairBit
  }

  write(frame: Frame, random: Random, src: number, dst: number): void {
    const { vlans } = this.#stations
    frame.ethernet(dst, src, experimental)
    const short = random.chance(0.04)
    frame.length = short ? 18 : pickSize(this.#options.sizes, random)
    random.fill(frame.bytes, 14, frame.length)
    // Some frames by their length (IEEE 802.3-2018 clause 3.2.6) instead of a type.
    if (random.chance(0.1)) writeU16(frame.bytes, 12, Math.max(0, Math.min(frame.length - 14, 1500)))
    else if (random.chance(0.05)) writeU16(frame.bytes, 12, etherTypes.ipv4)
    const [first, ...rest] = vlans
    if (first !== undefined && random.chance(0.5)) insertTag(frame, random.pick([first, ...rest]))
    // About as short as a header, with a tag or without.
    if (short) frame.length = random.between(13, 18)
  }

  #destination(random: Random): number {
    const { unknown, broadcast: toAll, multicast, reserved } = this.#stations
    let ticket = random.fraction()
    const below = (share: number) => {
      ticket -= share
      return ticket < 0
    }
    if (below(unknown)) return firstUnknown + random.below(0x10000)
    if (below(toAll)) return broadcast
    if (below(multicast)) return firstMulticast + random.below(groups)
    if (below(reserved)) return firstReserved + random.below(18)
    return this.address(this.#sample(random))
  }

  /** Three frames in a hundred claim to be from a group that frames are sent to. */
  #source(from: number, random: Random): number {
    return random.chance(0.03) ? firstMulticast + random.below(groups) : this.address(from)
  }
}
