/** One helper, as far as the proof knows. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import type { BackendStatistics } from '../../smt/index.js'
import type { Reply, Request } from './messages.js'

export class Member {
  readonly port: MessagePort
  /** What it has said and nobody has looked at yet. */
  readonly said: Reply[] = []
  statistics: readonly BackendStatistics[] = []
  isLost = false
  /** Requests that it has not answered; until it has said that it is there, one. */
  #unanswered = 1

  constructor(port: MessagePort) {
    this.port = port
  }

  get isIdle(): boolean {
    return !this.isLost && this.#unanswered === 0
  }

  post(request: Request): void {
    if (this.isLost) return
    // All but what only says what comes next is answered once it is done.
    if (request.kind !== 'work') this.#unanswered += 1
    this.port.postMessage(request)
  }

  hear(): void {
    for (;;) {
      const received: { message: Reply } | undefined = this.isLost ? undefined : receiveMessageOnPort(this.port)
      if (received === undefined) return
      const { message } = received
      if (message.kind === 'idle') {
        this.#unanswered -= 1
        this.statistics = message.statistics
      } else this.said.push(message)
    }
  }

  lose(): void {
    this.isLost = true
  }
}
