import { Layers, parseLayers } from '../packet/layers.js'
import type { Simulator } from '../testbed/index.js'
import type { AddressMap } from './address-map.js'
import type { Bindings } from './bindings.js'
import type { EntryPlan } from './entry-plan.js'
import type { Filter } from './filter.js'
import { addressTo } from './gateways.js'
import type { Journeys } from './journeys.js'
import type { Multiplier } from './multiply.js'
import { Segments } from './segment.js'
import { SECOND } from './sides.js'
import type { Batch } from './source.js'
import type { TraceStats } from './trace-stats.js'
import { tupleWords } from './tuple.js'

/** Causes under which packets are skipped; those of the capture reader come beside them. */
export const causes = {
  frames: 'not in --frames',
  filter: 'not selected by --filter',
  oversize: 'oversize',
  limit: 'beyond --limit',
  interrupted: 'interrupted',
  stopped: 'on its way in when a network function was stopped',
  fault: 'after the fault that ended the run',
} as const

export interface SenderParts {
  readonly simulator: Simulator
  readonly plan: EntryPlan
  readonly journeys: Journeys
  readonly bindings: Bindings | undefined
  readonly map: AddressMap | undefined
  /** By input, where its frames for one station are sent. */
  readonly gateways: readonly (number | undefined)[]
  readonly multiplier: Multiplier
  readonly filter: Filter | undefined
  readonly frames: ((number: number) => boolean) | undefined
  readonly segment: boolean
  readonly maxFrame: number
  readonly limit: number
  /** Whether the network copies what it is given, and takes its time: it is waited for only where an answer is needed. */
  readonly isLive: boolean
}

/** Takes frames from traces to the network: selects, sizes, chooses the way in, rewrites, and sends. */
const always = (): boolean => true

export class Sender {
  /** Packets of traces sent, all together. */
  sent = 0
  /** Frames that oversize packets were cut into. */
  segments = 0
  /** Bytes of frames read. */
  bytes = 0
  readonly #parts: SenderParts
  readonly #layers = new Layers()
  readonly #segments = new Segments()
  #stats: TraceStats | undefined
  /** The frame under way, of a batch, and how many were in the network before it. */
  #at = 0
  #before = 0
  #trace = 0
  #pass = 0
  #shift = 0n

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  get isFull(): boolean {
    return this.sent >= this.#parts.limit
  }

  /** What follows is pass `pass` of a trace, its times moved by `shift` nanoseconds. */
  beginPass(trace: number, stats: TraceStats, pass: number, shift: bigint): void {
    this.#trace = trace
    this.#stats = stats
    this.#pass = pass
    this.#shift = shift
  }

  /**
   * Sends what is to be sent of a batch, from its frame `first` on, as long as `wants` says so; its storage is free again
   * afterwards.
   *
   * @returns The frame to go on with.
   */
  batch(batch: Batch, first = 0, wants: () => boolean = always): number {
    this.#at = first
    while (this.#at < batch.count && wants()) {
      this.#frame(batch, this.#at)
      this.#at += 1
    }
    if (!this.#parts.isLive) this.#runBurst()
    return this.#at
  }

  /** The same where it was stopped, and the network has been told. */
  afterStop(batch: Batch): number {
    this.#parts.bindings?.burstEnded()
    if (this.#at < batch.count) {
      if (this.#parts.simulator.entered > this.#before) this.#sent()
      else this.#stats?.skip(causes.stopped)
    }
    return Math.min(this.#at + 1, batch.count)
  }

  #frame(batch: Batch, i: number): void {
    const stats = this.#stats
    if (stats === undefined) throw new Error('no pass was begun')
    this.#before = this.#parts.simulator.entered
    this.bytes += batch.captured[i] ?? 0
    const cause = this.#unselected(batch, i) ?? this.#sized(batch, i)
    if (cause !== undefined) {
      stats.skip(cause)
      return
    }
    this.#sent()
  }

  #sent(): void {
    if (this.#stats !== undefined) this.#stats.sent += 1
    this.sent += 1
  }

  #unselected(batch: Batch, i: number): string | undefined {
    const { frames, filter, limit } = this.#parts
    if (this.sent >= limit) return causes.limit
    if (frames !== undefined && !frames(batch.number[i] ?? 0)) return causes.frames
    const isOut = filter !== undefined && !filter(batch.bytes, batch.offset[i] ?? 0, batch.captured[i] ?? 0)
    return isOut ? causes.filter : undefined
  }

  /** Sends the frame, whole or in pieces; the cause where it is too large. */
  #sized(batch: Batch, i: number): string | undefined {
    const { maxFrame, segment } = this.#parts
    const layers = this.#layers
    const length = batch.captured[i] ?? 0
    parseLayers(layers, batch.bytes, batch.offset[i] ?? 0, length, true)
    const limit = maxFrame + 4 * layers.vlanTags
    const recorded = batch.time[i] ?? 0n
    const time = this.#shift === 0n ? recorded : recorded + this.#shift
    const interfaceId = batch.interfaceId[i] ?? 0
    const number = batch.number[i] ?? 0
    if (length <= limit) this.#send(layers, interfaceId, time, number)
    else if (segment && this.#segments.cut(layers, limit)) this.#pieces(interfaceId, time, number)
    else return causes.oversize
    return undefined
  }

  #pieces(interfaceId: number, time: bigint, number: number): void {
    const { bytes, starts, lengths, count } = this.#segments
    for (let i = 0; i < count; i++) {
      parseLayers(this.#layers, bytes, starts[i] ?? 0, lengths[i] ?? 0, true)
      this.#send(this.#layers, interfaceId, time, number)
    }
    this.segments += count
    // The next oversize packet is cut into the same storage.
    this.#runBurst()
  }

  #send(layers: Layers, interfaceId: number, time: bigint, number: number): void {
    const { plan, multiplier, map, gateways, journeys, bindings, simulator } = this.#parts
    const input = plan.input(layers, interfaceId)
    if (this.#pass > 0) {
      if (plan.hasStations) multiplier.station(layers, this.#pass)
      else multiplier.flow(layers, plan.lastSide, this.#pass)
    }
    map?.apply(layers)
    const gateway = gateways[input]
    if (gateway !== undefined) addressTo(gateway, layers)
    const tag = journeys.begin(this.#trace, number, layers)
    const isChanged = bindings !== undefined && layers.transport >= 0 && this.#answer(bindings, layers, tag)
    journeys.sent(tag, layers, isChanged)
    simulator.send(input, layers.bytes, layers.start, layers.end - layers.start, time, tag)
    if (bindings !== undefined && simulator.waiting === 0) bindings.burstEnded()
  }

  /** Gives a packet the addresses by which this device knows its flow or its destination; false where it is as it was. */
  #answer(bindings: Bindings, layers: Layers, tag: number): boolean {
    const { journeys } = this.#parts
    const at = tag * 2 * tupleWords
    const entry = bindings.entry(journeys.tuples, at)
    if (bindings.isAwaited(entry, journeys.tuples, at) && !this.#isSettled(bindings, entry, at)) this.#runBurst()
    bindings.note(entry, journeys.tuples, at)
    journeys.follow(tag, entry)
    if (bindings.apply(entry, layers, journeys.tuples, at)) return true
    const isStranger = this.#parts.plan.lastSide === SECOND && !bindings.isKnown(entry, journeys.tuples, at)
    if (!isStranger) return false
    // What its destination is known by may be decided in the burst that waits. On real ports that is a round trip for each.
    if (!this.#parts.isLive) this.#runBurst()
    bindings.note(entry, journeys.tuples, at)
    return bindings.aim(layers, journeys.tuples, at)
  }

  /** On real ports what is known of a flow is kept to: waiting for each packet of it would be a round trip for each. */
  #isSettled(bindings: Bindings, entry: number, at: number): boolean {
    return this.#parts.isLive && bindings.isKnown(entry, this.#parts.journeys.tuples, at)
  }

  #runBurst(): void {
    this.#parts.simulator.flush()
    this.#parts.bindings?.burstEnded()
  }
}
