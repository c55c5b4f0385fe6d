/**
 * Z3 in a worker that is asked one thing after the other while the calling thread goes on with something else. What it answers
 * is waited for when it is needed, if it has not come by then.
 */
import type { Reply, Request } from './engine.js'
import { heardFrom, type RecycleLimits, replyOf, type Served, Wear, Z3Worker } from './z3-thread.js'

/** A request that was sent. */
export interface Sent {
  readonly patience: number
  reply: Reply | undefined
}

export class Z3Beside {
  readonly #wear: Wear
  readonly #endings: Promise<void>[] = []
  #worker: Z3Worker | undefined
  /** Without an answer yet, in the order in which they are answered. */
  #waiting: Sent[] = []

  constructor(recycle: RecycleLimits = {}) {
    this.#wear = new Wear(recycle)
  }

  /** Whatever is sent is to begin in a context that has seen nothing. */
  send(request: Request): Sent {
    if (this.#wear.isOut && this.#waiting.length === 0) this.#drop()
    this.#worker ??= new Z3Worker()
    this.#worker.post(request)
    const sent: Sent = { patience: request.patience, reply: undefined }
    this.#waiting.push(sent)
    return sent
  }

  /** Undefined where nothing comes of it in time: the instance is given up, with all that was sent to it. */
  reply(sent: Sent): Reply | undefined {
    while (sent.reply === undefined && this.#worker !== undefined && this.#waiting.includes(sent)) {
      const served = heardFrom(this.#worker, this.#waiting[0]?.patience ?? sent.patience)
      if (served === undefined) this.#drop()
      else this.#note(served)
    }
    return sent.reply
  }

  async close(): Promise<void> {
    this.#drop()
    await Promise.all(this.#endings)
  }

  #note(served: Served): void {
    const reply = replyOf(served)
    // It has started: that answers nothing.
    if (reply === undefined) return
    this.#wear.note(true, served)
    const sent = this.#waiting.shift()
    if (sent !== undefined) sent.reply = reply
    if (reply.kind !== 'text') this.#drop()
  }

  #drop(): void {
    if (this.#worker !== undefined) this.#endings.push(this.#worker.end())
    this.#worker = undefined
    this.#waiting = []
    this.#wear.reset()
  }
}
