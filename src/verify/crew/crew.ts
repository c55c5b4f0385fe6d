/**
 * The helpers of a proof, each in a thread of its own, as the proof sees them. It blocks while it waits for them, as it does
 * for its solver; they load what they need while it goes on without them. A helper that is lost costs time only: what it had
 * is given back.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

import { type BackendStatistics, compiledZ3, type Terms } from '../../smt/index.js'
import { Member } from './member.js'
import { CURRENT, type Employment, type ForemanInput, type Lost, SAID, type Work } from './messages.js'
import { Shift } from './shift.js'

/** Milliseconds after which helpers are hired: what is done sooner would wait for the processors that they load with. */
const SOON = 5000

/** Milliseconds after which who waits looks again, though nobody has woken it. */
const PATIENCE = 1000

export interface CrewOptions {
  /** Told why, of each helper that is lost. */
  readonly onLost?: (why: string) => void
  /** Milliseconds after which they are hired. */
  readonly after?: number
}

export class Crew {
  readonly #members: readonly Member[]
  readonly #shared = new Int32Array(new SharedArrayBuffer(12))
  readonly #port: MessagePort
  readonly #onLost: (why: string) => void
  readonly #hire: () => Worker
  readonly #hiring: number
  #foreman: Worker | undefined

  constructor(count: number, employment: Employment, { onLost = () => {}, after = SOON }: CrewOptions = {}) {
    const shared = this.#shared
    const channels = Array.from({ length: count }, () => new MessageChannel())
    const { port1, port2 } = new MessageChannel()
    const helpers = channels.map((channel) => ({ employment, port: channel.port2, shared }))
    this.#members = channels.map((channel) => new Member(channel.port1))
    this.#port = port1
    this.#onLost = onLost
    this.#hiring = performance.now() + after
    this.#hire = () => {
      const input: ForemanInput = { helpers, port: port2, shared, code: compiledZ3() }
      const transferList = [port2, ...channels.map((channel) => channel.port2)]
      return new Worker(new URL('./foreman.js', import.meta.url), { workerData: input, transferList })
    }
    this.#hireWhenDue()
  }

  /** Begins an exploration, of which models are of these terms. What comes of an earlier one counts no more. */
  begin(what: Work, terms: Terms): Shift {
    const work = Atomics.add(this.#shared, CURRENT, 1) + 1
    for (const member of this.#members) member.post({ kind: 'work', work, what })
    return new Shift(work, { terms, members: this.#members, shared: this.#shared, hear: (until) => this.#hear(until) })
  }

  /** What the solvers of all of them have done, as far as is known. */
  statistics(): readonly BackendStatistics[] {
    return this.#members.flatMap(({ statistics }) => statistics)
  }

  async close(): Promise<void> {
    for (const { port } of this.#members) port.close()
    this.#port.close()
    await this.#foreman?.terminate()
  }

  /** What is said to them before is theirs once they are there. */
  #hireWhenDue(): void {
    if (this.#foreman !== undefined || performance.now() < this.#hiring) return
    this.#foreman = this.#hire()
    this.#foreman.unref()
  }

  /** Takes what has been said; then waits for more until that is enough. */
  #hear(isEnough: () => boolean): void {
    this.#hireWhenDue()
    for (;;) {
      const seen = Atomics.load(this.#shared, SAID)
      for (const member of this.#members) member.hear()
      this.#bury()
      if (isEnough()) return
      Atomics.wait(this.#shared, SAID, seen, PATIENCE)
    }
  }

  #bury(): void {
    for (;;) {
      const received: { message: Lost } | undefined = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      const { helper, why } = received.message
      const member = this.#members[helper]
      if (member === undefined || member.isLost) continue
      member.lose()
      this.#onLost(why)
    }
  }
}
