import type { ConcreteReading } from '../domains/concrete/reading.js'
import type { BadKind } from '../result/types.js'
import type { Verdict } from '../spec/verdict.js'
import { Pending } from './pending.js'
import { type RunnerOptions, SpecRunner } from './spec-runner.js'
import {
  DROPPED,
  FLOODED,
  FORWARDED,
  NOT_DECIDED,
  type Outcome,
  REWRITTEN,
  Tally,
  UNSPECIFIED,
  VIOLATED,
} from './tally.js'
import { describeViolation, type Evidence, type Fault, type ViolationDetail } from './violation.js'

/** What `judge` says of one packet. */
export const OK = 0
export const VIOLATION = 1
export const UNDECIDED = 2
export type Judgement = typeof OK | typeof VIOLATION | typeof UNDECIDED

export interface OracleOptions extends RunnerOptions {
  readonly nf: string
  readonly instance: string
}

/**
 * Holds one network function to its specification, packet by packet. The device is a black box: the oracle sees what
 * went in and what came out, keeps the specification's own state, and learns the device's choices from its outputs.
 * Packets must be given in the order in which the device took them, with the time the device saw. Where these are not
 * known, packets can be attempted, taken back and attempted in another order, until they are committed.
 */
export class Oracle {
  readonly options: OracleOptions
  readonly tally = new Tally()
  readonly reading: ConcreteReading
  readonly #runner: SpecRunner
  readonly #pending = new Pending()
  #evidence: Evidence = { time: 0n, ingress: 0, verdict: undefined, expectedPorts: 0, bad: undefined }
  /** What is said where the packet at hand is not allowed, and stays all the same; OK where it does not stay. */
  #conceded: Judgement = OK
  #leavesOpen = false

  constructor(options: OracleOptions) {
    this.options = options
    this.#runner = new SpecRunner(options)
    this.reading = this.#runner.reading
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
    const runner = this.#runner
    if (this.#pending.size > 0) this.commit(this.#pending.size)
    this.#see(ingress, now)
    runner.see(ingress, egress, output, outStart, outLength)
    runner.reading.start(input, inStart, inLength, ingress, now)
    if (egress !== 0) this.tally.left += bitCount(egress)
    const verdict = runner.decide()
    if (runner.hasSearched) this.tally.searches += 1
    if (!runner.isMatch) return this.#mismatch(verdict)
    this.tally.at(verdict.site, verdict.kind)
    this.tally.add(this.#outcome(verdict))
    return OK
  }

  /** What is attempted or conceded next left by `egress`, some of its ports, with these bytes of `output` instead. */
  leftOtherwise(egress: number, outStart: number, outLength: number): void {
    this.reading.seen.setOther(egress, outStart, outLength)
  }

  /**
   * Judges one packet as `judge` does, but where that is OK it can be taken back, and is counted only when it is
   * committed. Else nothing is counted, and state and what is known of choices are as before.
   */
  attempt(
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
    this.#conceded = OK
    this.#see(ingress, now)
    this.#runner.see(ingress, egress, output, outStart, outLength)
    this.reading.startKept(input, inStart, inLength, ingress, now)
    const judgement = this.#decideKept()
    if (judgement !== OK) this.reading.retract()
    return judgement
  }

  /**
   * Judges one packet as `judge` does, state and all, but it can be taken back as an attempt can. Where it is not
   * allowed, `said` is the answer; UNDECIDED says that the device's state may differ from here on. `fault` makes it not
   * allowed in any case.
   */
  concede(
    said: typeof VIOLATION | typeof UNDECIDED,
    fault: Fault | undefined,
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
    this.#conceded = said
    this.#see(ingress, now)
    this.#runner.see(ingress, egress, output, outStart, outLength)
    this.#evidence.bad = fault
    this.reading.startKept(input, inStart, inLength, ingress, now)
    this.reading.choices.isTaintedFromStart = said === UNDECIDED
    const judgement = this.#decideKept()
    this.reading.choices.isTaintedFromStart = false
    return judgement
  }

  /**
   * Runs the specification on a packet of which it is not known what left. It is counted undecided, and can be taken back
   * as an attempt can. No choice is learned from it.
   */
  follow(ingress: number, now: bigint, input: Uint8Array, inStart: number, inLength: number): void {
    const { reading } = this
    this.#see(ingress, now)
    this.#runner.see(ingress, 0, input, inStart, 0)
    reading.startKept(input, inStart, inLength, ingress, now)
    reading.choices.isUnobserved = true
    this.#runner.runOnce()
    reading.choices.isUnobserved = false
    this.#runner.forgetChoices()
    this.#pending.push(undefined, 'any', NOT_DECIDED, 0, 0)
  }

  /** How many packets can be taken back. */
  get attempts(): number {
    return this.#pending.size
  }

  /** Takes back the newest packet that was attempted, conceded or followed, and is not committed; there must be one. */
  takeBack(): void {
    this.#pending.pop()
    this.reading.retract()
  }

  /** The oldest `count` packets that can be taken back, where there must be as many, no longer can: they are counted. */
  commit(count: number): void {
    this.#pending.count(count, this.tally)
    this.reading.forget(count)
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
    if (this.#pending.size > 0) this.commit(this.#pending.size)
    this.#see(ingress, now)
    this.#runner.see(ingress, 0, input, inStart, 0)
    this.reading.start(input, inStart, inLength, ingress, now)
    const verdict = this.#runner.runOnce()
    this.tally.add(VIOLATED)
    this.#keepEvidence(verdict)
    this.#evidence.bad = { kind, text }
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

  /** The ports that the specification expected the packet at hand to leave by in its last run, as a set. */
  get expectedPorts(): number {
    return this.#runner.expectedPorts
  }

  /** Whether the specification says nothing of the packet that was attempted last, and was OK. */
  get leavesOpen(): boolean {
    return this.#leavesOpen
  }

  #see(ingress: number, now: bigint): void {
    const evidence = this.#evidence
    evidence.time = now
    evidence.ingress = ingress
    evidence.bad = undefined
  }

  /** Judges the packet at hand, which can be taken back. */
  #decideKept(): Judgement {
    const runner = this.#runner
    const verdict = runner.decide()
    const isAllowed = runner.isMatch && (this.#evidence.bad === undefined || verdict.kind === 'any')
    return isAllowed ? this.#postpone(verdict, this.#outcome(verdict), OK) : this.#refuse(verdict)
  }

  #outcome({ kind, packet }: Verdict): Outcome {
    if (kind === 'any') return UNSPECIFIED
    if (this.#runner.expectedPorts === 0) return DROPPED
    if (kind === 'flood') return FLOODED
    return packet === this.reading.packet ? FORWARDED : REWRITTEN
  }

  #mismatch(verdict: Verdict): Judgement {
    this.#runner.forgetChoices()
    this.#keepEvidence(verdict)
    const judgement = this.reading.choices.doubtful ? UNDECIDED : VIOLATION
    this.tally.add(judgement === UNDECIDED ? NOT_DECIDED : VIOLATED)
    return judgement
  }

  /** The same of a packet that can be taken back. */
  #refuse(verdict: Verdict): Judgement {
    const isDoubtful = this.#evidence.bad === undefined && this.reading.choices.doubtful
    if (this.#conceded === OK) return isDoubtful ? UNDECIDED : VIOLATION
    if (!this.#runner.isMatch) this.#runner.forgetChoices()
    this.#keepEvidence(verdict)
    const said = isDoubtful ? UNDECIDED : this.#conceded
    return this.#postpone(verdict, said === UNDECIDED ? NOT_DECIDED : VIOLATED, said)
  }

  /** Has the packet counted when it is committed. */
  #postpone({ site, kind }: Verdict, outcome: Outcome, judgement: Judgement): Judgement {
    this.#leavesOpen = kind === 'any'
    this.#pending.push(site, kind, outcome, bitCount(this.reading.seen.egress), this.#runner.hasSearched ? 1 : 0)
    return judgement
  }

  #keepEvidence(verdict: Verdict): void {
    this.#evidence.verdict = verdict
    this.#evidence.expectedPorts = this.#runner.expectedPorts
  }
}

function bitCount(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}
