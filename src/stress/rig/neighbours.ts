/** What hosts at the tester's ports say by themselves: answers to who asks for them, and questions for a router's address. */
import { type AnsweringHost, type Ask, answerOf, isQuestion } from '../../hosts/index.js'
import { type Burst, type PacketPort, waitForFrames } from '../../packetio/index.js'
import type { Sender } from './sender.js'

/** Milliseconds. */
const NAP = 1

export class Neighbours {
  /** By port. */
  answering: readonly (AnsweringHost | undefined)[] = []
  readonly #sender: Sender
  readonly #ports: readonly PacketPort[]
  readonly #burst: Burst

  /** `burst` is what ports receive into. */
  constructor(sender: Sender, ports: readonly PacketPort[], burst: Burst) {
    this.#sender = sender
    this.#ports = ports
    this.#burst = burst
  }

  /** The first `count` frames of the burst came by a port. */
  take(count: number, port: number): void {
    const host = this.answering[port]
    if (host === undefined) return
    const { bytes } = this.#burst
    for (let i = 0; i < count; i++) {
      const start = this.#burst.start(i)
      if (!isQuestion(bytes, start)) continue
      const answer = answerOf(host, bytes, start, this.#burst.length(i))
      if (answer !== undefined) this.#sender.answer(answer, port)
    }
  }

  /** Between trials; what else comes meanwhile is not counted. */
  readonly ask: Ask = (port, question, read, patience) => {
    this.#sender.answer(question, port)
    for (const until = performance.now() + patience; performance.now() < until; ) {
      this.#sender.fill()
      const count = this.#ports[port]?.receive(this.#burst) ?? 0
      this.#sender.look()
      for (let i = 0; i < count; i++) {
        const answer = read(this.#burst.bytes, this.#burst.start(i), this.#burst.length(i))
        if (answer !== undefined) return answer
      }
      waitForFrames(this.#ports, NAP)
    }
    return undefined
  }
}
