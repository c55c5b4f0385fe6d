import type { ChoiceSite } from '../domains/concrete/choices.js'
import type { FeatureVector } from '../domains/concrete/features.js'
import { ConcreteReading } from '../domains/concrete/reading.js'
import { VigilError } from '../errors.js'
import type { BadKind } from '../result/types.js'
import { SpecError } from '../spec/error.js'
import { type LoadedSpec, placeOf } from '../spec/load/index.js'
import type { SpecConfig } from '../spec/values.js'
import type { Verdict } from '../spec/verdict.js'
import { egressOf, noSuchPort, sameFrame } from './match.js'
import { probe, searchChoices, type Trial } from './search.js'
import { Tally } from './tally.js'
import { describeViolation, type Evidence, type ViolationDetail } from './violation.js'

/** What `judge` says of one packet. */
export const OK = 0
export const VIOLATION = 1
export const UNDECIDED = 2
export type Judgement = typeof OK | typeof VIOLATION | typeof UNDECIDED

export interface OracleOptions {
  readonly nf: string
  readonly instance: string
  readonly spec: Pick<LoadedSpec, 'spec' | 'file'>
  readonly config: SpecConfig
  /** Whether the state before each packet is kept for properties to look at; a little slower. */
  readonly watched?: boolean
}

/**
 * Holds one network function to its specification, packet by packet. The device is a black box: the oracle sees what
 * went in and what came out, keeps the specification's own state, and learns the device's choices from its outputs.
 * Packets must be given in the order in which the device took them, with the time the device saw.
 */
export class Oracle implements Trial {
  readonly options: OracleOptions
  readonly tally = new Tally()
  readonly reading: ConcreteReading
  readonly #everyPort: number
  #evidence: Evidence
  #ingress = 0
  #expectedPorts = 0
  #unforced: readonly number[] = []
  /** Whether runs of the packet at hand pass over points that have not shown for long; all that are compared must agree. */
  #quiet = false

  constructor(options: OracleOptions) {
    this.options = options
    this.reading = this.#start()
    this.#everyPort = 2 ** options.config.portCount - 1
    this.#evidence = { time: 0n, ingress: 0, verdict: undefined, expectedPorts: 0, bad: undefined }
  }

  /**
   * Judges one packet. `egress` has bit i set where the packet left on port i, with the bytes of `output`; it is 0
   * where nothing left. `now` is in nanoseconds.
   */
  judge(
    ingress: number,
    now: bigint,
    input: Uint8Array,
    inStart: number,
    inLength: number,
    egress: number,
    output: Uint8Array,
    outStart: number,
    outLength: number,
  ): Judgement {
    const { reading } = this
    this.#ingress = ingress
    this.#evidence.time = now
    this.#evidence.ingress = ingress
    this.#evidence.bad = undefined
    reading.seen.set(egress, output, outStart, outLength)
    reading.start(input, inStart, inLength, ingress, now)
    if (egress !== 0) this.tally.left += bitCount(egress)
    this.#quiet = true
    let verdict = this.#run(this.#unforced)
    let matched = this.matches(verdict)
    if (!matched) {
      this.#quiet = false
      if (reading.choices.passedOver) {
        verdict = this.run(this.#unforced)
        matched = this.matches(verdict)
      }
    }
    if (reading.choices.count === 0) return matched ? this.#count(verdict) : this.#mismatch(verdict)
    return matched ? this.#settle(verdict) : this.#search(verdict)
  }

  /** Judges a packet at which the device did what no specification allows: a trap, a verdict that means nothing. */
  judgeBad(
    ingress: number,
    now: bigint,
    input: Uint8Array,
    inStart: number,
    inLength: number,
    kind: BadKind,
    text: string,
  ): Judgement {
    const { reading } = this
    this.#ingress = ingress
    reading.seen.set(0, input, inStart, 0)
    reading.start(input, inStart, inLength, ingress, now)
    this.#quiet = false
    const verdict = this.#run(this.#unforced)
    this.tally.violated += 1
    this.#evidence = { time: now, ingress, verdict, expectedPorts: this.#expectedPorts, bad: { kind, text } }
    return VIOLATION
  }

  /** Where and when the packet judged last came in: a port, and nanoseconds. */
  get arrival(): { readonly ingress: number; readonly time: bigint } {
    return this.#evidence
  }

  /** Describes the packet judged last, when that was a violation. */
  violation(): ViolationDetail {
    return describeViolation(this.options, this.reading, this.#evidence)
  }

  run(forced: readonly number[]): Verdict {
    this.reading.rollback()
    return this.#run(forced)
  }

  matches(verdict: Verdict): boolean {
    const { seen, choices } = this.reading
    if (choices.invalid) return false
    const expected = this.#portsOf(verdict)
    if (verdict.kind === 'any') return true
    if (seen.egress !== expected) return false
    if (expected === 0) return true
    const { packet } = verdict
    if (packet === undefined) return false
    return sameFrame(this.reading.pool.own(packet), seen.bytes, seen.start, seen.length)
  }

  features(verdict: Verdict, into: FeatureVector): void {
    const ports = this.#portsOf(verdict)
    const { packet } = verdict
    if (packet === undefined || ports === 0) into.read(this.reading.packet.layers, 0, this.reading.seen.bytes, 0, 0)
    else {
      const { bytes, start, end } = this.reading.pool.layersOf(packet)
      into.read(this.reading.packet.layers, ports, bytes, start, end - start)
    }
  }

  #start(): ConcreteReading {
    const { spec, config, watched } = this.options
    try {
      return new ConcreteReading(spec.spec, config, spec.file, watched)
    } catch (error) {
      throw this.#specFailed(error)
    }
  }

  #run(forced: readonly number[]): Verdict {
    try {
      const verdict = this.reading.run(forced, this.#quiet)
      this.#expectedPorts = this.#portsOf(verdict)
      return verdict
    } catch (error) {
      throw this.#specFailed(error)
    }
  }

  #portsOf(verdict: Verdict): number {
    const ports = egressOf(verdict, this.#ingress, this.#everyPort)
    if (ports === undefined) throw noSuchPort(verdict, this.options)
    return ports
  }

  #count(verdict: Verdict): Judgement {
    const { tally } = this
    tally.at(verdict.site, verdict.kind)
    if (verdict.kind === 'any') tally.unspecified += 1
    else if (this.#expectedPorts === 0) tally.dropped += 1
    else if (verdict.kind === 'flood') tally.flooded += 1
    else if (verdict.packet === this.reading.packet) tally.forwarded += 1
    else tally.rewritten += 1
    return OK
  }

  #mismatch(verdict: Verdict): Judgement {
    if (this.reading.choices.doubtful) {
      this.tally.undecided += 1
      return UNDECIDED
    }
    this.tally.violated += 1
    this.#evidence.verdict = verdict
    this.#evidence.expectedPorts = this.#expectedPorts
    return VIOLATION
  }

  /**
   * The outcome is what was seen: tells each structure, and each site, whether its choice showed in it. None is told
   * before all are probed: what it is told changes which points the next run meets.
   */
  #settle(verdict: Verdict): Judgement {
    const { choices } = this.reading
    const values = choices.values.slice(0, choices.count)
    const choosers = choices.choosers.slice(0, choices.count)
    const sure = choices.fromOutput.slice(0, choices.count)
    const probed: { readonly site: ChoiceSite; readonly shows: boolean }[] = []
    let last = verdict
    for (const index of values.keys()) {
      const site = choices.sites[index]
      if (sure[index] || verdict.kind === 'any' || !site?.isProbed) continue
      const { shows, isSure } = probe(this, site, index)
      probed.push({ site, shows })
      sure[index] = isSure
      last = this.run(values)
    }
    for (const { site, shows } of probed) site.unseenStreak = shows ? 0 : site.unseenStreak + 1
    for (const [index, chooser] of choosers.entries()) chooser.settle(values[index] ?? 0, sure[index] ?? false)
    return this.#count(last)
  }

  #search(first: Verdict): Judgement {
    this.tally.searches += 1
    const { choices } = this.reading
    const { verdict, matched } = searchChoices(this, first)
    if (matched) return this.#settle(verdict)
    for (let index = 0; index < choices.count; index++) {
      choices.choosers[index]?.settle(choices.values[index] ?? 0, false)
    }
    return this.#mismatch(verdict)
  }

  #specFailed(error: unknown): unknown {
    if (error instanceof VigilError && (error.where.file !== undefined || !(error instanceof SpecError))) return error
    const what = error instanceof Error ? error.message : String(error)
    return new SpecError(`the specification failed: ${what}`, placeOf(error, this.options.spec.file), { cause: error })
  }
}

function bitCount(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}
