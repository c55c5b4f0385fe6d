/** What leaves without having been awaited: the device's own, an answer's reason, too late, twice, or out of nothing. */
import { type AnsweringHost, answerOf } from '../hosts/index.js'
import type { Observer, Origin } from '../testbed/index.js'
import { chatterOf } from './chatter.js'
import { CLOSED, HOST, type Outstanding, OWN } from './outstanding.js'
import type { LiveRecord } from './record.js'

export interface StrangersOptions {
  readonly record: LiveRecord
  readonly observer: Observer
  /** The host at each port that answers by itself, if any. */
  readonly answering: readonly (AnsweringHost | undefined)[]
  /** Sends what a host answers. */
  readonly answer: (port: number, frame: Uint8Array) => void
  /** Whether what the device says by itself is expected: a network function of ours says nothing. */
  readonly chatters: boolean
}

const NONE = -1

export class Strangers {
  /** Packets that came out when they were taken to be dropped already. */
  late = 0
  readonly #options: StrangersOptions
  readonly #outstanding: Outstanding

  constructor(options: StrangersOptions, outstanding: Outstanding) {
    this.#options = options
    this.#outstanding = outstanding
  }

  /** Something that nobody waits for left by port `egress`; `entry` is what it is taken for, or -1. */
  came(entry: number, egress: number, time: bigint, frame: Uint8Array): void {
    const { answering, answer, chatters, record } = this.#options
    if (entry !== NONE && this.#outstanding.is(entry, OWN)) return
    const host = answering[egress]
    const reply = host === undefined || entry !== NONE ? undefined : answerOf(host, frame, 0, frame.length)
    if (reply !== undefined) {
      answer(egress, reply)
      return
    }
    const chatter = chatters && entry === NONE ? chatterOf(frame, 0, frame.length) : undefined
    if (chatter !== undefined) {
      record.say(chatter)
      return
    }
    const known = entry === NONE ? this.#outstanding.findAny(frame, 0, frame.length) : entry
    const ingress = known === NONE ? egress : this.#outstanding.port(known)
    const summary = this.#summary(known, egress)
    record.strange({ summary, time, ingress, egress, bytes: frame }, this.origin(known))
    if (known !== NONE) this.#outstanding.setLeft(known, egress)
  }

  /** A frame left: it is late if it is closed and had not left before. @returns Whether it is. */
  countLate(entry: number): boolean {
    const isLate = this.#outstanding.is(entry, CLOSED) && !this.#outstanding.hasLeft(entry)
    if (isLate) this.late += 1
    return isLate
  }

  /** Where a frame under way comes from; of none, or of one of a host, undefined. */
  origin(entry: number): Origin | undefined {
    const tag = entry === NONE ? HOST : this.#outstanding.tag(entry)
    return tag === HOST ? undefined : this.#options.observer.origin(tag)
  }

  #summary(entry: number, egress: number): string {
    if (entry === NONE) return `a frame leaves by port ${egress} that is none of those sent`
    return this.countLate(entry)
      ? `a packet leaves by port ${egress} so late that it was taken to be dropped`
      : `a packet leaves by port ${egress} once more`
  }
}
