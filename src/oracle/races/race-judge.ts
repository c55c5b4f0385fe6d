import { OK, type Oracle } from '../oracle.js'
import { NOT_DECIDED, VIOLATED } from '../tally.js'
import { Clock } from './clock.js'
import { Finals, type OnJudged } from './finals.js'
import { CLOSED, FINAL, Inputs, OPEN, PASSED, PLACED, REFUTED, TWICE, UNOBSERVED } from './inputs.js'
import { Line } from './line.js'
import { OrderSearch, type SearchOutcome } from './order-search.js'
import { Patience } from './patience.js'
import { AS_SENT } from './readings.js'
import { TagIndex } from './tag-index.js'
import { Trials } from './trials.js'
import { Waiting } from './waiting.js'

const NONE = -1

/** Places that are given before those are looked for that are final. */
const AT_ONCE = 64

export interface RaceJudgeOptions {
  readonly portCount: number
  /**
   * Called once for each input, in the order that was found: what it is, and for a violation its description, for what
   * is undecided why in a line. Called again where a frame leaves once more after that.
   */
  readonly onJudged: OnJudged
  /** Why it is not sure that what is known of an input is its own, in a line: then it is undecided, and no violation. */
  readonly doubtOf?: (tag: number) => string | undefined
  /**
   * Most inputs whose place in the order is not final. Where more would wait, the oldest becomes final early: what is
   * then no longer explained, and was sent before that one was sure to be processed, is undecided and no violation.
   */
  readonly mostWaiting: number
  /** Most times that inputs are judged to find a place for one that does not fit: where that is not enough, undecided. */
  readonly mostTries: number
  /**
   * Whether an input is sent only when the device is past all others: their order is known then, and only times are not. None
   * is final before the end.
   */
  readonly isInOrder?: boolean
  /** Nanoseconds by which the device's clock may be off at least: it may go in steps. */
  readonly leastDelay?: number
}

/**
 * Judges what a device with several ports did, where neither the order in which it took its inputs is known, nor the
 * time that it read from its clock. It looks for an order and times by which the specification allows all of it, as
 * a checker of linearizability does (Wing and Gong, "Testing and Verifying Concurrent Objects", 1993). What it takes for
 * granted, and how far it looks: docs/decisions/024-how-far-orders-are-looked-for.md.
 *
 * Inputs are attempted in the order of sending, each as soon as all that left of it may be there. Where one does not fit,
 * `order-search.ts` tries others; a violation is what fits in none of them, once nothing more can come.
 */
export class RaceJudge {
  /** How often an input did not fit next, in the order of sending. */
  misfits = 0
  readonly #options: RaceJudgeOptions
  readonly #oracle: Oracle
  readonly #inputs: Inputs
  readonly #clock = new Clock()
  readonly #trials: Trials
  readonly #line: Line
  readonly #unplaced: Waiting
  readonly #search: OrderSearch
  readonly #finals: Finals
  readonly #patience = new Patience()
  readonly #tags = new TagIndex()
  /** By port, how many outputs came. */
  readonly #outputs: Int32Array
  /** Inputs that were told of and not lost. */
  #told = 0
  /** Inputs that have a place, and left again since. */
  #refuted = 0
  /** The longest time from sending to an output so far. */
  #longest = 0
  constructor(oracle: Oracle, options: RaceJudgeOptions) {
    this.#oracle = oracle
    const { leastDelay = 0 } = options
    oracle.reading.choices.slack = BigInt(2 * leastDelay)
    this.#options = options
    this.#inputs = new Inputs(options.portCount)
    this.#inputs.delay = leastDelay
    this.#longest = leastDelay
    this.#trials = new Trials(this.#inputs, oracle, this.#clock, options.isInOrder === true)
    this.#line = new Line(this.#inputs, this.#trials, this.#clock)
    this.#unplaced = new Waiting(this.#inputs, this.#line)
    oracle.reading.choices.rivals = () => this.#unplaced.rivalsOf(this.#trials.slot)
    this.#search = new OrderSearch(this.#inputs, this.#line, this.#trials, oracle.reading, options)
    this.#finals = new Finals(
      oracle,
      this.#inputs,
      this.#line,
      this.#trials,
      this.#unplaced,
      this.#clock,
      options.onJudged,
    )
    this.#outputs = new Int32Array(options.portCount)
  }

  /** Inputs that came to another place in the order than that in which they were sent. */
  get reordered(): number {
    return this.#finals.reordered
  }

  /** Inputs that fitted only at another time than that at which they were sent. */
  get timesMoved(): number {
    return this.#finals.timesMoved
  }

  /** Inputs that are not judged yet, or whose place in the order is not final. */
  get waiting(): number {
    return this.#told - this.#inputs.finals
  }

  /** Whether all inputs have a place in an order in which the specification allows what is known of them. */
  get isExplained(): boolean {
    return this.#refuted === 0 && this.#unplaced.since === Number.POSITIVE_INFINITY
  }

  /** Whether the specification expects an input to leave by ports that it has not left by, as far as that was looked at. */
  isMissing(tag: number): boolean {
    const slot = this.#tags.find(tag)
    return slot !== NONE && (this.#line.expectedPorts & ~this.#inputs.egress(slot)) !== 0
  }

  /**
   * A frame was sent to a port at a time in nanoseconds; its bytes are copied. To be called in the order of sending, and
   * before any output is told that came later. `tag` is a number of the caller's own, which no other input has at the
   * same time; it is free again once it is judged and closed.
   */
  sent(tag: number, port: number, time: bigint, bytes: Uint8Array, start: number, length: number): void {
    const sentAt = this.#clock.hear(time)
    const slot = this.#inputs.add(tag, port, time, sentAt, this.#line.tail(port))
    this.#inputs.setFrame(slot, bytes, start, length)
    this.#line.append(slot)
    this.#tags.add(tag, slot)
    this.#told += 1
  }

  /**
   * A frame left by a port, and belongs to the input `tag`. To be called in the order in which they left by that port.
   * False where there is no such input, or none any more.
   */
  output(tag: number, port: number, time: bigint, bytes: Uint8Array, start: number, length: number): boolean {
    const slot = this.#tags.find(tag)
    if (slot === NONE) return false
    const at = this.#clock.hear(time)
    const inputs = this.#inputs
    const isAgain = (inputs.egress(slot) & (1 << port)) !== 0
    if (inputs.is(slot, FINAL)) {
      this.#leftLate(slot, port, isAgain)
      return true
    }
    if (isAgain) inputs.markSecond(slot, TWICE, port)
    else inputs.addOutput(slot, port, this.#count(port), bytes, start, length)
    inputs.setTakenBy(slot, at)
    this.#delayed(at - inputs.sentAt(slot))
    this.#changed(slot)
    return true
  }

  /** It is that time, or later; to be told before what is only known since then, as `passed` and `close` are. */
  hear(time: bigint): void {
    this.#clock.hear(time)
  }

  /** No output of an input is expected any more. Every input is closed at some time: until then it is remembered. */
  close(tag: number): void {
    const slot = this.#tags.find(tag)
    if (slot === NONE) return
    this.#inputs.mark(slot, CLOSED)
    if (this.#inputs.egress(slot) === 0) this.#inputs.setTakenBy(slot, this.#clock.latest)
    this.#patience.heard(slot)
    if (this.#inputs.is(slot, FINAL)) this.#forget(slot)
  }

  /** The device is past the input `upTo` of a port, and all before it: where nothing left of them, it may be by right. */
  passed(port: number, upTo: number): void {
    const inputs = this.#inputs
    let slot = this.#tags.find(upTo)
    if (slot !== NONE && inputs.port(slot) !== port) throw new RangeError(`input ${upTo} was not sent to port ${port}`)
    for (; slot !== NONE && !inputs.is(slot, PASSED); slot = inputs.previous(slot)) {
      inputs.mark(slot, PASSED)
      this.#patience.heard(slot)
      if (inputs.egress(slot) === 0) inputs.setTakenBy(slot, this.#clock.latest)
    }
  }

  /** An input never reached the device. False where that comes too late: it left, or its place in the order is final. */
  lost(tag: number): boolean {
    const slot = this.#tags.find(tag)
    if (slot === NONE || this.#inputs.is(slot, FINAL) || this.#inputs.egress(slot) !== 0) return false
    this.#takeBackTo(slot)
    this.#forget(slot)
    this.#told -= 1
    return true
  }

  /**
   * An input was processed, but not all that left of it was seen: nothing is required of it. Undecided, and closed. False
   * where that comes too late.
   */
  lostAfter(tag: number): boolean {
    const slot = this.#tags.find(tag)
    if (slot === NONE || this.#inputs.is(slot, FINAL)) return false
    this.#takeBackTo(slot)
    this.#inputs.mark(slot, UNOBSERVED | CLOSED)
    this.#inputs.setTakenBy(slot, this.#clock.latest)
    return true
  }

  /** Judges what can be judged by now. */
  advance(): void {
    while (this.#refuted > 0) this.#takeBack()
    let slot = this.#unplaced.first()
    for (let placed = 1; slot !== NONE && this.#decide(slot); placed++) {
      if (placed % AT_ONCE === 0) this.#makeCertain()
      slot = this.#unplaced.first()
    }
    this.#makeCertain()
  }

  /** Nothing is sent or comes any more: closes all inputs, judges them, and makes their places final. */
  finish(): void {
    const inputs = this.#inputs
    for (let port = 0; port < this.#options.portCount; port++) {
      for (let slot = this.#line.tail(port); slot !== NONE; ) {
        const previous = inputs.previous(slot)
        this.close(inputs.tag(slot))
        slot = previous
      }
    }
    this.advance()
    this.#finals.make(this.#line.size, (slot) => this.#forget(slot))
  }

  /** Finds a place for an input, or says that there is none; false where it must wait. */
  #decide(slot: number): boolean {
    if (this.#patience.isTooSoon(slot) && !this.#unplaced.isSure(slot)) return false
    this.#trials.seek(slot)
    if (this.#line.place(slot, AS_SENT) === OK) return true
    this.misfits += 1
    const isSure = this.#unplaced.isSure(slot)
    const isMissing = (this.#line.expectedPorts & ~this.#inputs.egress(slot)) !== 0
    const outcome = !isSure && isMissing ? 'none' : this.#search.find(slot, isSure)
    if (outcome === 'found') return true
    if (isSure) {
      this.#trials.concede(slot, this.#options.doubtOf?.(this.#inputs.tag(slot)) ?? this.#doubtOf(slot, outcome))
      this.#line.place(slot, AS_SENT)
    } else this.#patience.wait(slot)
    return isSure
  }

  /** Why it is not sure to be a violation that no place was found for an input. */
  #doubtOf(slot: number, outcome: SearchOutcome): string | undefined {
    if (outcome === 'unknown') return `no order was found within ${this.#search.mostTries} tries`
    if (!this.#finals.mayBeBlindTo(slot)) return this.#trials.doubt
    return `the order of more than ${this.#options.mostWaiting} frames was open`
  }

  #delayed(delay: number): void {
    if (delay <= this.#longest) return
    this.#longest = delay
    // Where nothing else is under way, each input has its own bounds.
    if (this.#options.isInOrder !== true) this.#inputs.delay = delay
    this.#oracle.reading.choices.slack = BigInt(2 * delay)
  }

  /** The number of the next output of a port. */
  #count(port: number): number {
    const number = this.#outputs[port] ?? 0
    this.#outputs[port] = number + 1
    return number
  }

  /** Something new is known of an input. */
  #changed(slot: number): void {
    this.#patience.heard(slot)
    if (!this.#inputs.is(slot, PLACED) || this.#inputs.is(slot, REFUTED)) return
    this.#inputs.mark(slot, REFUTED)
    this.#refuted += 1
  }

  #takeBackTo(slot: number): void {
    while (this.#inputs.is(slot, PLACED)) this.#takeBack()
  }

  #takeBack(): void {
    const slot = this.#line.takeBack()
    if (!this.#inputs.is(slot, REFUTED)) return
    this.#inputs.unmark(slot, REFUTED)
    this.#trials.restore(slot)
    this.#refuted -= 1
  }

  #makeCertain(): void {
    if (this.#options.isInOrder === true) return
    this.#finals.makeCertain(this.#options.mostWaiting, (slot) => this.#forget(slot))
  }

  /** A frame of an input left whose place is final already: it is counted once more. */
  #leftLate(slot: number, port: number, isAgain: boolean): void {
    const inputs = this.#inputs
    if (inputs.is(slot, OPEN)) return
    this.#oracle.tally.add(isAgain ? VIOLATED : NOT_DECIDED)
    this.#finals.tell(
      slot,
      isAgain ? this.#trials.leftAgain(slot, port) : `it left by port ${port} after it had been judged`,
    )
  }

  #forget(slot: number): void {
    this.#trials.restore(slot)
    this.#tags.remove(this.#inputs.tag(slot))
    this.#line.remove(slot)
  }
}
