import { type Judgement, OK, type Oracle, UNDECIDED, VIOLATION } from '../oracle.js'
import { NOT_DECIDED, VIOLATED } from '../tally.js'
import { Clock } from './clock.js'
import { CLOSED, CONCEDED, FINAL, Inputs, MOVED, OPEN, PASSED, PLACED, REFUTED, TWICE, UNOBSERVED } from './inputs.js'
import { Line } from './line.js'
import { OrderSearch } from './order-search.js'
import { AS_SENT } from './readings.js'
import { TagIndex } from './tag-index.js'
import { type Finding, Trials } from './trials.js'

const NONE = -1

export interface RaceJudgeOptions {
  readonly portCount: number
  /**
   * Called once for each input, in the order that was found: what it is, and for a violation its description, for what
   * is undecided why in a line. Called again where a frame leaves once more after that.
   */
  readonly onJudged: (tag: number, judgement: Judgement, finding: Finding | undefined) => void
  /** Why it is not sure that what is known of an input is its own, in a line: then it is undecided, and no violation. */
  readonly doubtOf?: (tag: number) => string | undefined
  /**
   * Most inputs whose place in the order is not final. Where more would wait, the oldest becomes final early: what is
   * then no longer explained, and was sent before that one was sure to be processed, is undecided and no violation.
   */
  readonly mostWaiting: number
  /** Most times that inputs are judged to find a place for one that does not fit: where that is not enough, undecided. */
  readonly mostTries: number
}

/**
 * Judges what a device with several ports did, where neither the order in which it took its inputs is known, nor the
 * time that it read from its clock. It looks for an order and times by which the specification allows all of it, as
 * a checker of linearizability does (Wing and Gong, "Testing and Verifying Concurrent Objects", 1993):
 *
 * - inputs of one port are taken in the order in which they were sent, and outputs of one port leave in the order in
 *   which their inputs were taken;
 * - an input that was sent after another had left was taken after it;
 * - the clock is read between sending and the first output, give or take what `readings.ts` says.
 *
 * Inputs are judged in the order of sending, each as soon as all that left of it may be there. Where one does not fit,
 * `order-search.ts` tries others; a violation is what fits in none of them, once nothing more can come. Bounds: of two
 * orders that both explain what was seen until all that might have been concurrent was judged, the first one found is
 * kept. What only then shows is undecided where it rests on a value that both wrote (see `SlotDoubts`), but not where a
 * full table left one of two new entries out.
 */
export class RaceJudge {
  /** Inputs that came to another place in the order than that in which they were sent. */
  reordered = 0
  /** Inputs that fitted only at another time than that at which they were sent. */
  timesMoved = 0
  readonly #options: RaceJudgeOptions
  readonly #oracle: Oracle
  readonly #inputs: Inputs
  readonly #clock = new Clock()
  readonly #trials: Trials
  readonly #line: Line
  readonly #search: OrderSearch
  readonly #tags = new TagIndex()
  /** By port, how many outputs came. */
  readonly #outputs: Int32Array
  #waiting = 0
  /** Inputs that have a place, and left again since. */
  #refuted = 0
  /** The highest number, in the order of sending, of inputs that are final. */
  #highest = NONE
  /** Until when an input may have been taken that became final early. */
  #blindUntil = Number.NEGATIVE_INFINITY
  /** The input that fitted nowhere so far, and when it is worth looking again: by the number of things heard. */
  #stuck = NONE
  #heard = 0
  #lookAgainAt = 0
  #pause = 1

  constructor(oracle: Oracle, options: RaceJudgeOptions) {
    this.#oracle = oracle
    oracle.reading.choices.slack = 0n
    this.#options = options
    this.#inputs = new Inputs(options.portCount)
    this.#trials = new Trials(this.#inputs, oracle, this.#clock)
    this.#line = new Line(this.#inputs, this.#trials, this.#clock)
    this.#search = new OrderSearch(this.#inputs, this.#line, this.#trials, oracle.reading, options)
    this.#outputs = new Int32Array(options.portCount)
  }

  /** How often inputs were judged, those included that were taken back. */
  get tries(): number {
    return this.#trials.tries
  }

  /** How often a place in the order was taken back. */
  get takenBack(): number {
    return this.#line.takenBack
  }

  /** Inputs that are not judged yet, or whose place in the order is not final. */
  get waiting(): number {
    return this.#waiting
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
    this.#waiting += 1
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
    if (this.#inputs.is(slot, FINAL)) {
      this.#forget(slot)
      return
    }
    this.#inputs.mark(slot, CLOSED)
    if (this.#inputs.egress(slot) === 0) this.#inputs.setTakenBy(slot, this.#clock.latest)
    this.#heard += 1
    if (slot === this.#stuck) this.#stuck = NONE
  }

  /** The device is past the input `upTo` of a port, and all before it: where nothing left of them, it may be by right. */
  passed(port: number, upTo: number): void {
    const inputs = this.#inputs
    let slot = this.#tags.find(upTo)
    if (slot !== NONE && inputs.port(slot) !== port) throw new RangeError(`input ${upTo} was not sent to port ${port}`)
    for (; slot !== NONE && !inputs.is(slot, PASSED); slot = inputs.previous(slot)) {
      inputs.mark(slot, PASSED)
      if (inputs.egress(slot) === 0) inputs.setTakenBy(slot, this.#clock.latest)
    }
  }

  /** An input never reached the device. False where that comes too late: it left, or its place in the order is final. */
  lost(tag: number): boolean {
    const slot = this.#tags.find(tag)
    if (slot === NONE || this.#inputs.is(slot, FINAL) || this.#inputs.egress(slot) !== 0) return false
    this.#takeBackTo(slot)
    this.#forget(slot)
    this.#waiting -= 1
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
    this.#takeBackRefuted()
    let slot = this.#first()
    while (slot !== NONE && this.#decide(slot)) slot = this.#first()
    this.#finaliseCertain()
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
    this.#finalise(this.#line.size)
  }

  /** The input to be judged next, or -1 where one must be waited for. */
  #first(): number {
    let oldest = NONE
    for (let slot = this.#headAfter(NONE); slot !== NONE; slot = this.#headAfter(this.#inputs.number(slot))) {
      if (!this.#isReady(slot)) return NONE
      if (this.#line.isNext(slot)) return slot
      if (oldest === NONE) oldest = slot
    }
    // Outputs that left in an order that no order of inputs explains: that is not for a specification to forbid.
    return oldest
  }

  /** The first by its port of the inputs that have no place, sent as the next one after number `after`; or -1. */
  #headAfter(after: number): number {
    let first = NONE
    for (let port = 0; port < this.#options.portCount; port++) {
      const slot = this.#line.head(port)
      if (slot === NONE || this.#inputs.number(slot) <= after) continue
      if (first === NONE || this.#inputs.number(slot) < this.#inputs.number(first)) first = slot
    }
    return first
  }

  #isReady(slot: number): boolean {
    return this.#inputs.egress(slot) !== 0 || this.#inputs.is(slot, PASSED | CLOSED)
  }

  /** Finds a place for an input, or says that there is none; false where it must wait. */
  #decide(slot: number): boolean {
    const isSure = this.#isSure(slot)
    if (slot === this.#stuck && !isSure && this.#heard < this.#lookAgainAt) return false
    this.#trials.seek(slot)
    if (this.#line.place(slot, AS_SENT) === OK) return true
    const isMissing = (this.#line.expectedPorts & ~this.#inputs.egress(slot)) !== 0
    if (!isSure && isMissing) return this.#wait(slot)
    const outcome = this.#search.find(slot, isSure)
    if (outcome === 'found') return true
    if (!isSure) return this.#wait(slot)
    this.#trials.concede(
      slot,
      this.#options.doubtOf?.(this.#inputs.tag(slot)) ?? this.#doubtOf(slot, outcome === 'none'),
    )
    this.#line.place(slot, AS_SENT)
    return true
  }

  /** Whether nothing more can come that would explain an input: it is closed, and all that may have been taken before. */
  #isSure(slot: number): boolean {
    const inputs = this.#inputs
    if (!inputs.is(slot, CLOSED)) return false
    for (let i = this.#line.size - 1; i >= 0; i--) if (!inputs.is(this.#line.at(i), CLOSED)) return false
    const until = inputs.takenBy(slot)
    for (let port = 0; port < this.#options.portCount; port++) {
      let other = this.#line.head(port)
      for (; other !== NONE && inputs.sentAt(other) <= until; other = inputs.next(other)) {
        if (port !== inputs.port(slot) && !inputs.is(other, CLOSED)) return false
      }
    }
    return true
  }

  #doubtOf(slot: number, isCertain: boolean): string | undefined {
    if (!isCertain) return `no order was found within ${this.#options.mostTries} tries`
    if (this.#inputs.sentAt(slot) > this.#blindUntil) return this.#trials.doubt
    return `the order of more than ${this.#options.mostWaiting} frames was open`
  }

  #wait(slot: number): false {
    this.#pause = slot === this.#stuck ? 2 * this.#pause : 8
    this.#stuck = slot
    this.#lookAgainAt = this.#heard + this.#pause
    return false
  }

  #delayed(delay: number): void {
    if (delay <= this.#inputs.delay) return
    this.#inputs.delay = delay
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
    this.#heard += 1
    if (slot === this.#stuck) this.#stuck = NONE
    if (!this.#inputs.is(slot, PLACED) || this.#inputs.is(slot, REFUTED)) return
    this.#inputs.mark(slot, REFUTED)
    this.#refuted += 1
  }

  #takeBackRefuted(): void {
    while (this.#refuted > 0) this.#takeBack()
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

  /** Makes places final that no input can come before any more. */
  #finaliseCertain(): void {
    const { portCount, mostWaiting } = this.#options
    const line = this.#line
    let horizon = this.#clock.latest
    for (let port = 0; port < portCount; port++) {
      const slot = line.head(port)
      if (slot !== NONE) horizon = Math.min(horizon, this.#inputs.sentAt(slot))
    }
    let count = 0
    while (count < line.size && this.#openUntil(line.at(count)) < horizon) count += 1
    for (; count < line.size - mostWaiting; count++) {
      this.#blindUntil = Math.max(this.#blindUntil, this.#openUntil(line.at(count)))
    }
    this.#finalise(count)
  }

  /**
   * Up to when an input must be sent so that it may change the place of one that has a place, or its time: it matters
   * for entries that expire by how much the device's time may have been later than that of sending.
   */
  #openUntil(slot: number): number {
    return Math.max(this.#inputs.takenBy(slot), this.#inputs.sentAt(slot) + this.#inputs.delay)
  }

  #finalise(count: number): void {
    if (count === 0) return
    const inputs = this.#inputs
    this.#oracle.commit(count)
    for (let i = 0; i < count; i++) {
      const slot = this.#line.at(i)
      const number = inputs.number(slot)
      if (number < this.#highest) this.reordered += 1
      else this.#highest = number
      if (inputs.is(slot, MOVED)) this.timesMoved += 1
      inputs.mark(slot, FINAL)
      const finding = inputs.is(slot, CONCEDED | UNOBSERVED) ? this.#trials.finding(slot) : undefined
      this.#tell(slot, finding)
      if (inputs.is(slot, CLOSED)) this.#forget(slot)
    }
    this.#waiting -= count
    this.#line.finalise(count)
  }

  #tell(slot: number, finding: Finding | undefined): void {
    const judgement = finding === undefined ? OK : typeof finding === 'string' ? UNDECIDED : VIOLATION
    this.#options.onJudged(this.#inputs.tag(slot), judgement, finding)
  }

  /** A frame of an input left whose place is final already: it is counted once more. */
  #leftLate(slot: number, port: number, isAgain: boolean): void {
    const inputs = this.#inputs
    if (inputs.is(slot, OPEN)) return
    this.#oracle.tally.count(undefined, 'any', isAgain ? VIOLATED : NOT_DECIDED)
    this.#tell(slot, isAgain ? this.#trials.leftAgain(slot, port) : `it left by port ${port} after it had been judged`)
  }

  #forget(slot: number): void {
    this.#trials.restore(slot)
    this.#tags.remove(this.#inputs.tag(slot))
    this.#line.remove(slot)
  }
}
