import { type Judgement, OK, type Oracle, UNDECIDED, VIOLATION } from '../oracle.js'
import { describeLeftAgain, type Fault, portList, type ViolationDetail } from '../violation.js'
import type { Clock } from './clock.js'
import { CONCEDED, DIFFERENT, type Inputs, OPEN, TWICE, UNOBSERVED } from './inputs.js'

/** Why an input is no right one: a violation, or in a line why nobody can say. */
export type Finding = ViolationDetail | string

const DOUBT = 'it rests on something that no output has shown'

/** Has the oracle judge inputs, one after the other, and take the newest back. */
export class Trials {
  readonly #inputs: Inputs
  readonly #oracle: Oracle
  readonly #clock: Clock
  readonly #isInOrder: boolean
  /** Of inputs that are conceded: what is found, and why it may not be called a violation. */
  readonly #findings = new Map<number, Finding>()
  readonly #doubts = new Map<number, string>()
  /** Of inputs that are undecided, what they would be violations of. */
  readonly #suspects = new Map<number, ViolationDetail>()
  tries = 0
  /** The input that is judged. */
  slot = -1
  /** The input for which a place is looked for, and those whose order matters to it, where there are any. */
  #sought = -1
  #tied: ReadonlySet<number> | undefined
  /** Those that were undecided since then, at any place. */
  readonly #undecided = new Set<number>()

  constructor(inputs: Inputs, oracle: Oracle, clock: Clock, isInOrder: boolean) {
    this.#isInOrder = isInOrder
    this.#inputs = inputs
    this.#oracle = oracle
    this.#clock = clock
  }

  /** The ports that the specification expected the input judged last to leave by, as a set. */
  get expectedPorts(): number {
    return this.#oracle.expectedPorts
  }

  /**
   * Judges an input as the next one. Where that is OK, the state of the oracle has moved on, until it is undone; what is
   * conceded is OK anywhere.
   */
  judge(slot: number, time: number): Judgement {
    const inputs = this.#inputs
    const oracle = this.#oracle
    const { bytes } = inputs.store
    const port = inputs.port(slot)
    const start = inputs.frameStart(slot)
    const length = inputs.frameLength(slot)
    this.tries += 1
    this.slot = slot
    oracle.reading.choices.kept.open = this.#isInOrder
      ? 1
      : inputs.finals - inputs.finalsBefore(slot) + oracle.attempts + 1
    if (inputs.is(slot, UNOBSERVED)) {
      oracle.follow(port, this.#now(slot, time), bytes, start, length)
      return OK
    }
    const egress = inputs.egress(slot)
    const from = egress === 0 ? start : inputs.outputStart(slot)
    const leaving = inputs.outputLength(slot)
    this.#tellOther(slot)
    let judgement = oracle.attempt(port, this.#now(slot, time), bytes, start, length, egress, bytes, from, leaving)
    if (judgement === OK && inputs.is(slot, TWICE | DIFFERENT) && !oracle.leavesOpen) {
      oracle.takeBack()
      judgement = VIOLATION
    }
    if (judgement !== OK && inputs.is(slot, CONCEDED)) {
      this.#concede(slot, time)
      return OK
    }
    if (judgement === UNDECIDED) this.#undecided.add(slot)
    if (oracle.leavesOpen) inputs.mark(slot, OPEN)
    else inputs.unmark(slot, OPEN)
    return judgement
  }

  /** A place is looked for an input. */
  seek(slot: number): void {
    this.#sought = slot
    this.#tied = undefined
    if (this.#undecided.size > 0) this.#undecided.clear()
  }

  /** The order of that input and these others matters. */
  tie(slots: ReadonlySet<number>): void {
    this.#tied = slots
  }

  /** Why it is not certain that there is no place for that input; undefined where it is. */
  get doubt(): string | undefined {
    const tied = this.#tied ?? new Set([this.#sought])
    return [...this.#undecided].some((slot) => tied.has(slot)) ? DOUBT : undefined
  }

  /** Takes the newest one back. */
  undo(): void {
    this.#oracle.takeBack()
  }

  /** From now on the input is allowed anywhere; where `doubt` says why, it is undecided and no violation. */
  concede(slot: number, doubt: string | undefined): void {
    this.#inputs.mark(slot, CONCEDED)
    if (doubt === undefined) this.#doubts.delete(slot)
    else this.#doubts.set(slot, doubt)
  }

  /** It is judged as others again. */
  restore(slot: number): void {
    this.#inputs.unmark(slot, CONCEDED)
    this.#findings.delete(slot)
    this.#doubts.delete(slot)
    this.#suspects.delete(slot)
  }

  /** What is found of an input whose place is final; undefined where it is right. */
  finding(slot: number): Finding | undefined {
    if (this.#inputs.is(slot, UNOBSERVED)) return 'what left of it was lost'
    return this.#findings.get(slot)
  }

  /** Of an input that is undecided, what it would be a violation of where nothing came before it that explains it. */
  suspect(slot: number): ViolationDetail | undefined {
    return this.#suspects.get(slot)
  }

  /** An input whose place is final left once more by a port. */
  leftAgain(slot: number, port: number): ViolationDetail {
    const inputs = this.#inputs
    const { bytes } = inputs.store
    const start = inputs.frameStart(slot)
    const left = inputs.outputStart(slot)
    return describeLeftAgain(
      this.#oracle.options,
      { time: inputs.sent(slot), ingress: inputs.port(slot) },
      bytes.slice(start, start + inputs.frameLength(slot)),
      { ports: portList(inputs.egress(slot)), frame: bytes.slice(left, left + inputs.outputLength(slot)) },
      twice(port),
    )
  }

  #concede(slot: number, time: number): void {
    const inputs = this.#inputs
    const oracle = this.#oracle
    const { bytes } = inputs.store
    const doubt = this.#doubts.get(slot)
    const egress = inputs.egress(slot)
    this.#tellOther(slot)
    const judgement = oracle.concede(
      doubt === undefined ? VIOLATION : UNDECIDED,
      this.#fault(slot),
      inputs.port(slot),
      this.#now(slot, time),
      bytes,
      inputs.frameStart(slot),
      inputs.frameLength(slot),
      egress,
      bytes,
      egress === 0 ? inputs.frameStart(slot) : inputs.outputStart(slot),
      inputs.outputLength(slot),
    )
    if (judgement === VIOLATION) this.#findings.set(slot, oracle.violation())
    else this.#findings.set(slot, doubt ?? DOUBT)
    // Searches go over it again and again; it is the same packet with the same fate.
    if (judgement === UNDECIDED && !this.#suspects.has(slot)) this.#suspects.set(slot, oracle.violation())
  }

  #tellOther(slot: number): void {
    const inputs = this.#inputs
    const other = inputs.otherEgress(slot)
    if (other !== 0) this.#oracle.leftOtherwise(other, inputs.otherStart(slot), inputs.otherLength(slot))
  }

  #fault(slot: number): Fault | undefined {
    const inputs = this.#inputs
    if (inputs.is(slot, TWICE)) return { kind: 'ports', text: twice(inputs.secondPort(slot)) }
    if (!inputs.is(slot, DIFFERENT)) return undefined
    return { kind: 'bytes', text: `left by port ${inputs.secondPort(slot)} with other bytes than by others` }
  }

  /** Most packets are judged at the time at which they were sent, which is there already. */
  #now(slot: number, time: number): bigint {
    return time === this.#inputs.sentAt(slot) ? this.#inputs.sent(slot) : this.#clock.time(time)
  }
}

function twice(port: number): string {
  return `left twice by port ${port}`
}
