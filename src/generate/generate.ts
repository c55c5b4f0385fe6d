/** The packets of a trace, one after the other. */

import { Flows } from './flows.js'
import { Frame } from './frame.js'
import { Heartbeats } from './heartbeats.js'
import { malformedPacket } from './malformed.js'
import type { TraceOptions } from './options.js'
import { otherPacket } from './other.js'
import { probes, tableProbes } from './probes.js'
import { Random } from './random.js'
import { Stations } from './stations.js'
import { floodPacket, nearMissPacket, scanPacket } from './strangers.js'

export interface GeneratedPacket {
  /** The frame; shared storage that holds until the next packet is asked for. */
  readonly bytes: Uint8Array
  /** Nanoseconds since the epoch; never falls. */
  readonly time: bigint
  /** The port of the device under test by which it is meant to enter. */
  readonly port: number
}

/**
 * The same packets for the same options, on every machine. Memory grows with the flows and stations that exist at a
 * time, not with the packets. Heartbeats and probes come on top of `options.packets`.
 */
export function* generate(options: TraceOptions): Generator<GeneratedPacket, void> {
  const random = new Random(options.seed)
  const frame = new Frame()
  const mean = 1e9 / options.pps
  const source = new Source(options, random, frame)
  const { heartbeats } = source
  let clock = 0
  const packet = (port: number) => ({ bytes: frame.view(), time: options.start + BigInt(clock), port })
  let due = 0
  for (let i = 0; i < options.packets; i++) {
    if (i > 0) due += Math.floor(mean * (0.5 + random.fraction()))
    while (heartbeats !== undefined && heartbeats.due <= due) {
      clock = Math.max(clock, heartbeats.due)
      const port = heartbeats.next(frame, random)
      if (port !== undefined) yield packet(port)
    }
    clock = due
    yield packet(source.next(clock))
  }
  for (const { wait, port } of atTheEnd(options, source)) {
    clock += wait
    yield packet(port)
  }
}

function* atTheEnd({ probes: usual, tableProbe }: TraceOptions, source: Source) {
  if (usual !== undefined) yield* probes(usual, source)
  if (tableProbe !== undefined && tableProbe.capacity > 0) yield* tableProbes(tableProbe, source)
}

/** Chooses for each packet what it is, by the shares of the options. */
class Source {
  readonly random: Random
  readonly frame: Frame
  readonly flows: Flows
  readonly stations: Stations | undefined
  readonly heartbeats: Heartbeats | undefined
  readonly #kinds: readonly { readonly share: number; write(): number }[]
  readonly #newFlowInterval: number
  #newFlowDue = 0

  constructor(options: TraceOptions, random: Random, frame: Frame) {
    const { synFlood, nearMisses, scan, malformed, other, bridged, scanTarget } = options
    const duration = (options.packets / options.pps) * 1e9
    const flows = new Flows(options)
    const stations = options.stations === undefined ? undefined : new Stations(options, options.stations)
    this.random = random
    this.frame = frame
    this.flows = flows
    this.stations = stations
    this.heartbeats = options.heartbeats === undefined ? undefined : new Heartbeats(options.heartbeats, duration)
    this.#newFlowInterval = options.newFlows > 0 ? 1e9 / options.newFlows : Number.POSITIVE_INFINITY
    this.#newFlowDue = this.#newFlowInterval
    this.#kinds = [
      { share: synFlood, write: () => floodPacket(frame, random, flows) },
      { share: nearMisses, write: () => nearMissPacket(frame, random, flows) },
      { share: malformed, write: () => malformedPacket(frame, random, flows) },
      { share: other, write: () => otherPacket(frame, random, flows) },
      ...(stations === undefined ? [] : [{ share: bridged, write: () => stations.next(frame, random) }]),
      ...(scanTarget === undefined ? [] : [{ share: scan, write: () => scanPacket(frame, random, flows, scanTarget) }]),
    ].filter(({ share }) => share > 0)
  }

  /** Writes the packet that is sent at `clock` nanoseconds. @returns Its port. */
  next(clock: number): number {
    let ticket = this.#kinds.length === 0 ? 1 : this.random.fraction()
    for (const { share, write } of this.#kinds) {
      ticket -= share
      if (ticket < 0) return write()
    }
    if (clock < this.#newFlowDue) return this.flows.next(this.frame, this.random)
    this.#newFlowDue += this.#newFlowInterval
    return this.flows.begin(this.frame, this.random)
  }
}
