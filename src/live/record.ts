/** What is kept of the device under test, as of the network functions of the simulator. */
import type { Oracle, ViolationDetail } from '../oracle/index.js'
import type { BadKind, Violation } from '../result/types.js'
import type { JudgedRecord, Origin } from '../testbed/index.js'

export class LiveRecord implements JudgedRecord {
  readonly name: string
  sent = 0
  violationCount = 0
  readonly violations: Violation[] = []
  unobserved = 0
  readonly #doubts = new Map<string, number>()
  readonly #said = new Map<string, number>()
  readonly #ignored = new Map<string, number>()
  readonly #badEnds = new Set<BadKind>()
  readonly #suspects: Suspect[] = []
  readonly #oracle: Oracle
  readonly #limit: number
  readonly #isKnown: (violation: Violation) => boolean

  /** `isKnown` of what the device is known to do otherwise. */
  constructor(name: string, oracle: Oracle, violationLimit: number, isKnown: (violation: Violation) => boolean) {
    this.name = name
    this.#oracle = oracle
    this.#limit = violationLimit
    this.#isKnown = isKnown
  }

  get ignored(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#ignored)
  }

  ignore(cause: string, count = 1): void {
    if (count > 0) this.#ignored.set(cause, (this.#ignored.get(cause) ?? 0) + count)
  }

  /** What the device said by itself, by kind. */
  get said(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#said)
  }

  say(kind: string): void {
    this.#said.set(kind, (this.#said.get(kind) ?? 0) + 1)
  }

  /** Why packets could not be judged, in words. */
  get doubts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#doubts)
  }

  /** `suspect`: what it would be a violation of, where it is known to be what became of that packet. */
  doubt(why: string, suspect?: Pick<ViolationDetail, 'violation'>, origin?: Origin): void {
    this.#doubts.set(why, (this.#doubts.get(why) ?? 0) + 1)
    if (suspect === undefined || this.#suspects.length === MOST_SUSPECTS) return
    this.#suspects.push({ why, violation: suspect.violation, origin })
  }

  /** The first packets that could not be judged, for want of an order that explains them. */
  get suspects(): readonly Suspect[] {
    return this.#suspects
  }

  /** A packet that was in doubt is a violation after all: nothing that may have come before it allows it. */
  convict({ why, violation, origin }: Suspect): void {
    const left = (this.#doubts.get(why) ?? 0) - 1
    if (left > 0) this.#doubts.set(why, left)
    else this.#doubts.delete(why)
    this.#oracle.tally.convict(1)
    this.violated({ violation }, origin)
  }

  violated({ violation }: Pick<ViolationDetail, 'violation'>, origin: Origin | undefined): void {
    if (this.#isKnown(violation)) {
      this.ignore('another way, as the device is known to')
      this.#oracle.tally.excuse(1)
      return
    }
    this.violationCount += 1
    if (this.violations.length >= this.#limit) return
    this.violations.push(origin === undefined ? violation : { ...violation, ...origin })
  }

  /** Something that left the device and is no answer to a frame that waits for one. */
  strange({ summary, time, ingress, egress, bytes }: Strange, origin: Origin | undefined): void {
    const actual = { text: `leaves by port ${egress}`, ports: [egress], bytes: Buffer.from(bytes).toString('hex') }
    this.violated({ violation: this.#wrong('ports', summary, { time, ingress, actual }) }, origin)
  }

  /** What the device did that no specification allows, though no frame shows it; told once of each kind. */
  badEnd(cause: string, kind: BadKind): void {
    if (this.#badEnds.has(kind)) return
    this.#badEnds.add(kind)
    const actual = { text: cause, ports: [] }
    this.violated(
      { violation: this.#wrong(kind, cause, { time: process.hrtime.bigint(), ingress: 0, actual }) },
      undefined,
    )
  }

  #wrong(
    kind: Violation['kind'],
    summary: string,
    { time, ingress, actual }: { time: bigint; ingress: number; actual: Violation['actual'] },
  ): Violation {
    const { nf, instance } = this.#oracle.options
    const expected = { text: 'nothing', ports: [] }
    return { nf, instance, kind, summary, time: String(time), ingress, expected, actual, input: '', differences: [] }
  }
}

/** A packet that is undecided, and what it would be a violation of. */
export interface Suspect {
  readonly why: string
  readonly violation: Violation
  readonly origin: Origin | undefined
}

/** More of them say no more of a device. */
const MOST_SUSPECTS = 1000

export interface Strange {
  readonly summary: string
  /** Nanoseconds, of the clock that packets are judged by. */
  readonly time: bigint
  readonly ingress: number
  readonly egress: number
  readonly bytes: Uint8Array
}
