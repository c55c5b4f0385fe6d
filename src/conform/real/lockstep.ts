/**
 * One case on real ports, packet by packet: the next is sent when the fate of the one before is known. What came out is
 * judged with the times between which the device must have taken it; what has not come out was dropped once the device says
 * that it is past it, or after silence. A packet of the case that came out closes it, once more: had what was dropped only
 * been slow, it would be there before.
 */
import { filled } from '../../derive/fields.js'
import type { Histogram } from '../../histogram.js'
import { type AnsweringHost, answerOf } from '../../hosts/index.js'
import { chatterOf, Signature, trailerOf, withTrailer } from '../../live/index.js'
import { type Oracle, VIOLATION } from '../../oracle/index.js'
import { RaceJudge } from '../../oracle/races/index.js'
import type { BadKind, Violation } from '../../result/index.js'
import type { TimedPacket } from '../run-case.js'

/** What all cases have in common on one device. */
export interface Bench {
  readonly portCount: number
  /** The frame as it is sent to a device that is a router there, to its MAC address. */
  addressed(port: number, bytes: Uint8Array): Uint8Array
  /** Hands a frame to a port. @returns Why the port does not carry it, if so. */
  send(port: number, bytes: Uint8Array): string | undefined
  /** Whether the device says that it is past all that was sent to a port; undefined of one that says nothing. */
  isPast(port: number): boolean | undefined
  readonly answering: readonly (AnsweringHost | undefined)[]
  /** Whether what the device says by itself is expected. */
  readonly chatters: boolean
  /** Milliseconds after which what has not come out was dropped, and in which it must come out. */
  readonly silence: number
  readonly patience: number
  /** Whether it is a deviation that the device is known for. */
  isKnown(violation: Violation): boolean
  /** Nanoseconds by which the device's clock goes in steps. */
  readonly granularity: number
  /** Whether datagrams leave it without what followed them in their frames. */
  readonly removesTrailers: boolean
  /** Nanoseconds from sending to coming out. */
  readonly roundTrips: Histogram
}

/** What a case has come to. */
export interface Seen {
  /** Packets of the case that were sent. */
  readonly sent: number
  readonly violation: Violation | undefined
  /** A bit for each port that said of the frame which the violation is about that a checksum had been left open. */
  readonly open: number
  /** Violations that are known of the device. */
  readonly known: readonly Violation[]
  /** Why packets could not be judged. */
  readonly doubts: readonly string[]
  /** Packets of the case that the port does not carry, by cause. */
  readonly refused: ReadonlyMap<string, number>
  /** What the device said by itself, and how often it left out what it is known to, by kind. */
  readonly said: ReadonlyMap<string, number>
  /** How the last drop is known for one: by the device's word, a packet that came out after it, or silence. */
  readonly closedBy: 'nothing dropped' | 'device' | 'sentinel' | 'silence'
  /** Packets beyond those of the case. */
  readonly more: number
  readonly timesMoved: number
  /** Nanoseconds by which a packet was sent later than it should, seen from the one before it; the most. */
  readonly lateness: bigint
}

const MOST_WAITING = 256
const MOST_TRIES = 2000

export class Lockstep {
  readonly #bench: Bench
  readonly #oracle: Oracle
  readonly #judge: RaceJudge
  readonly #name: string
  readonly #packets: readonly TimedPacket[]
  /** By packet: its first output. */
  readonly #outputs: (Uint8Array | undefined)[] = []
  readonly #sent: (Uint8Array | undefined)[] = []
  readonly #signatures: number[] = []
  readonly #refused = new Map<string, number>()
  readonly #said = new Map<string, number>()
  readonly #doubts: string[] = []
  readonly #signature = new Signature()
  readonly #known: Violation[] = []
  /** By packet: a bit for each port by which a frame of it came whose checksum was left open. */
  readonly #open: number[] = []
  #violation: Violation | undefined
  /** The packet under way, or the next one. */
  #at = 0
  #isUnderWay = false
  #isPassed = false
  #hasSentinel = false
  /** By which it was sent. */
  #port = 0
  #sentAt = 0n
  /** When it was sent, or when a frame came since. */
  #changedAt = 0n
  #lateness = 0n
  isOver = false

  constructor(bench: Bench, oracle: Oracle, name: string, packets: readonly TimedPacket[]) {
    this.#bench = bench
    this.#oracle = oracle
    this.#name = name
    this.#packets = packets
    this.#judge = new RaceJudge(oracle, {
      portCount: bench.portCount,
      onJudged: (tag, judgement, finding) => {
        if (judgement === VIOLATION && typeof finding === 'object') this.#violated(tag, finding.violation)
        else if (typeof finding === 'string') this.#doubts.push(finding)
      },
      mostWaiting: MOST_WAITING,
      mostTries: MOST_TRIES,
      isInOrder: true,
      leastDelay: bench.granularity,
    })
  }

  /** Does what is due. @returns Milliseconds until there is something to do, unless a frame comes; 0 where it is over too. */
  step(now: bigint): number {
    if (this.isOver) return 0
    return this.#isUnderWay ? this.#watch(now) : this.#next(now)
  }

  /** A frame came out of the device by port `egress`; `isOpen`: which says that a checksum of it was left open. */
  came(egress: number, now: bigint, frame: Uint8Array, isOpen: boolean): void {
    if (this.#isAnswered(egress, frame)) return
    const tag = this.#senderOf(frame)
    const whole = tag === undefined ? frame : this.#withTrailer(frame, this.#sent[tag])
    if (tag === undefined || !this.#judge.output(tag, egress, now, whole, 0, whole.length)) {
      this.#strange(egress, now, frame)
      return
    }
    this.#changedAt = now
    if (isOpen) this.#open[tag] = (this.#open[tag] ?? 0) | (1 << egress)
    if (this.#outputs[tag] === undefined) {
      this.#outputs[tag] = whole.slice()
      if (tag === this.#at) this.#bench.roundTrips.record(Number(now - this.#sentAt))
    }
    this.#judge.advance()
  }

  /** The device has ended, or does not come to an end, with the packet under way. */
  broke(kind: BadKind, cause: string): void {
    const tag = Math.min(this.#at, this.#sent.length - 1)
    const bytes = this.#sent[tag]
    this.#judge.lost(tag)
    this.#judge.finish()
    this.isOver = true
    if (bytes === undefined || this.#violation !== undefined) return
    this.#oracle.judgeBad(this.#port, this.#sentAt, bytes, 0, bytes.length, kind, cause)
    this.#violated(tag, this.#oracle.violation().violation)
  }

  /** Milliseconds since the packet under way was sent. */
  get underWay(): number {
    return this.#isUnderWay ? Number(process.hrtime.bigint() - this.#sentAt) / 1e6 : 0
  }

  get seen(): Seen {
    return {
      sent: Math.min(this.#sent.length, this.#packets.length),
      violation: this.#violation,
      open: this.#open[(this.#violation?.packet ?? 0) - 1] ?? 0,
      known: this.#known,
      doubts: this.#doubts,
      refused: this.#refused,
      said: this.#said,
      closedBy: this.#closedBy,
      more: this.#hasSentinel ? 1 : 0,
      timesMoved: this.#judge.timesMoved,
      lateness: this.#lateness,
    }
  }

  get #closedBy(): Seen['closedBy'] {
    const { length } = this.#packets
    const hasDropped = this.#packets.some((_, at) => at < this.#sent.length && this.#outputs[at] === undefined)
    if (!hasDropped) return 'nothing dropped'
    if (this.#bench.isPast(0) !== undefined) return 'device'
    return this.#outputs[length] === undefined ? 'silence' : 'sentinel'
  }

  #next(now: bigint): number {
    const packet = this.#packets[this.#at]
    if (packet === undefined) return this.#close(now)
    // After the one before, when that was sent: a late one makes no wait shorter.
    const before = this.#packets[this.#at - 1]
    const due = before === undefined ? now : this.#sentAt + packet.now - before.now
    if (now < due) return Math.max(0, Number(due - now) / 1e6)
    const { port, bytes, fills } = packet
    this.#send(port, this.#bench.addressed(port, filled(bytes, fills, this.#outputs)))
    const late = this.#sentAt - due
    if (before !== undefined && late > this.#lateness) this.#lateness = late
    return 0
  }

  /** The packet after the last is one that came out before. */
  #close(now: bigint): number {
    const last = this.#outputs.findLastIndex((output) => output !== undefined)
    const bytes = this.#sent[last]
    const port = this.#packets[last]?.port
    if (this.#hasSentinel || bytes === undefined || port === undefined || this.#bench.isPast(port) !== undefined) {
      // What must not come out may still come.
      const left = this.#bench.silence - Number(now - this.#sentAt) / 1e6
      if (left > 0) return left
      this.#finish(now)
      return 0
    }
    this.#hasSentinel = true
    this.#send(port, bytes)
    return 0
  }

  #send(port: number, bytes: Uint8Array): void {
    const tag = this.#at
    const time = process.hrtime.bigint()
    this.#judge.sent(tag, port, time, bytes, 0, bytes.length)
    this.#sentAt = time
    this.#changedAt = time
    this.#port = port
    this.#sent[tag] = bytes
    this.#signature.read(bytes, 0, bytes.length)
    this.#signatures[tag] = this.#signature.value
    this.#isUnderWay = true
    this.#isPassed = false
    const refusal = this.#bench.send(port, bytes)
    if (refusal === undefined) return
    this.#judge.lost(tag)
    count(this.#refused, refusal)
    this.#goOn()
  }

  #watch(now: bigint): number {
    const { silence, patience } = this.#bench
    const tag = this.#at
    const port = this.#port
    if (this.#outputs[tag] !== undefined && this.#judge.isExplained) return this.#goOn()
    const isPast = this.#bench.isPast(port)
    if (isPast === false) return 1
    // Where a frame came that cannot be all, others of the same packet are on their way.
    const quiet = Number(now - this.#changedAt) / 1e6
    if (isPast === undefined && quiet < silence) return silence - quiet
    if (!this.#isPassed) {
      this.#isPassed = true
      this.#judge.hear(now)
      this.#judge.passed(port, tag)
      this.#judge.advance()
    }
    if (this.#judge.isExplained) return this.#goOn()
    // What is missing may come late; what came wrong is wrong. What has left the device is not always here at once.
    const limit = this.#judge.isMissing(tag) ? patience : silence
    const waited = Number(now - this.#sentAt) / 1e6
    if (waited < limit) return limit - waited
    this.#settle(now)
    return this.#goOn()
  }

  /** To the next packet, which may be sent at once. */
  #goOn(): number {
    this.#at += 1
    this.#isUnderWay = false
    this.isOver = this.#violation !== undefined
    return 0
  }

  #finish(now: bigint): void {
    this.#settle(now)
    this.isOver = true
  }

  /** Nothing comes any more of what was sent. */
  #settle(now: bigint): void {
    this.#judge.hear(now)
    this.#judge.finish()
  }

  /** The packet that a frame came of: that under way, or the last before it, that is like it; else that under way. */
  #senderOf(frame: Uint8Array): number | undefined {
    this.#signature.read(frame, 0, frame.length)
    const { value } = this.#signature
    const alike = this.#signatures.lastIndexOf(value)
    if (alike !== -1) return alike
    return this.#isUnderWay && this.#outputs[this.#at] === undefined ? this.#at : undefined
  }

  /** What came out with the trailer that it had, where the device is known to remove it. */
  #withTrailer(frame: Uint8Array, sent: Uint8Array | undefined): Uint8Array {
    if (!this.#bench.removesTrailers || sent === undefined) return frame
    const trailer = trailerOf(sent)
    const whole = trailer.length === 0 ? undefined : withTrailer(frame, { trailer, length: sent.length })
    if (whole !== undefined) count(this.#said, 'trailer removed')
    return whole ?? frame
  }

  #isAnswered(egress: number, frame: Uint8Array): boolean {
    this.#signature.read(frame, 0, frame.length)
    if (this.#signatures.includes(this.#signature.value)) return false
    const host = this.#bench.answering[egress]
    const reply = host === undefined ? undefined : answerOf(host, frame, 0, frame.length)
    if (reply !== undefined) this.#bench.send(egress, reply)
    const kind = this.#bench.chatters ? chatterOf(frame, 0, frame.length) : undefined
    if (kind !== undefined) count(this.#said, kind)
    return reply !== undefined || kind !== undefined
  }

  #strange(egress: number, now: bigint, frame: Uint8Array): void {
    const { nf, instance } = this.#oracle.options
    this.#violated(Math.min(this.#at, this.#packets.length) - 1, {
      nf,
      instance,
      kind: 'ports',
      summary: `a frame leaves by port ${egress} that is none of those sent`,
      time: String(now),
      ingress: egress,
      expected: { text: 'nothing', ports: [] },
      actual: { text: `leaves by port ${egress}`, ports: [egress], bytes: Buffer.from(frame).toString('hex') },
      input: '',
      differences: [],
    })
  }

  /** The first is that of the case, unless it is known: the device goes its own way there. */
  #violated(tag: number, violation: Violation): void {
    const placed = { ...violation, trace: this.#name, packet: Math.max(0, tag) + 1 }
    if (this.#bench.isKnown(placed)) this.#known.push(placed)
    else this.#violation ??= placed
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
