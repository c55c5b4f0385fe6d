import type { Violation } from '../result/types.js'
import type { Device, Judge, Observer } from './device.js'

const VIOLATION = 1

/** What a run keeps of a network function whose packets were judged. */
export interface JudgedRecord {
  readonly name: string
  /** Frames that entered, or would have after a trap. */
  readonly sent: number
  readonly violationCount: number
  readonly violations: readonly Violation[]
  /** Frames that entered, or would have, and were not judged, by cause. */
  readonly ignored: Readonly<Record<string, number>>
  /** Frames judged as far as they can be: what left of them was lost on the way back. */
  readonly unobserved: number
}

/**
 * A network function together with its judge: what it did to every frame is judged in the order in which it took them.
 * After a trap its state is lost, so it is not run again, and what would have entered it is counted as ignored.
 */
export class JudgedNode implements JudgedRecord {
  readonly name: string
  readonly device: Device
  readonly judge: Judge
  /** Frames that entered, or would have entered after a trap. */
  sent = 0
  violationCount = 0
  readonly violations: Violation[] = []
  /** The simulator sees everything. */
  readonly unobserved = 0
  /** Frames not judged because of an earlier trap. */
  ignoredAfterTrap = 0
  trapped = false
  readonly #violationLimit: number
  readonly #observer: Observer

  constructor(name: string, device: Device, judge: Judge, observer: Observer, violationLimit: number) {
    this.name = name
    this.device = device
    this.judge = judge
    this.#observer = observer
    this.#violationLimit = violationLimit
  }

  get ignored(): Readonly<Record<string, number>> {
    const after = this.device.trapKind === 'hang' ? 'it was stopped' : 'a trap'
    return this.ignoredAfterTrap > 0 ? { [`after ${after}, which loses its state`]: this.ignoredAfterTrap } : {}
  }

  /** Judges frame `i` of a run; returns its egress ports, 0 where the verdict means nothing. */
  settle(i: number, port: number, now: bigint, bytes: Uint8Array, start: number, length: number, tag: number): number {
    const { device, judge } = this
    const egress = device.egress(i)
    const judgement =
      egress < 0
        ? judge.judgeBad(port, now, bytes, start, length, 'bad verdict', device.badText(i))
        : judge.judge(port, now, bytes, start, length, egress, device.memory, device.frameAt(i), device.frameLength(i))
    if (judgement === VIOLATION) this.#violated(tag)
    return Math.max(egress, 0)
  }

  /** The frame trapped, or did not come to an end. */
  trap(port: number, now: bigint, bytes: Uint8Array, start: number, length: number, tag: number): void {
    this.trapped = true
    const { trapKind, trapText } = this.device
    this.judge.judgeBad(port, now, bytes, start, length, trapKind, trapText)
    this.#violated(tag)
  }

  #violated(tag: number): void {
    this.violationCount += 1
    if (this.violations.length >= this.#violationLimit) return
    const { violation } = this.judge.violation()
    const origin = tag < 0 ? undefined : this.#observer.origin(tag)
    this.violations.push(origin === undefined ? violation : { ...violation, ...origin })
  }
}
