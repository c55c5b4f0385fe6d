/** A network function on captures: all their frames in the order of their times, which are its clock. */
import { countVerdict, type Fault, type ForwardCounts, trapOf } from '../device/index.js'
import { MAX_PACKET, type NfInstance, NfTrap } from '../nf/index.js'
import { endOf, slice } from '../within.js'
import type { CapturePort } from './capture-ports.js'

/** Milliseconds that no burst takes, and the frames for which that is looked at together. */
const HANG = 10_000
const STRETCH = 4096
const SUSPENDED: Fault = {
  cause: 'hardly at a processor for long in the middle of a frame, as if suspended: nothing is written; run it again',
  exitCode: 4,
}
/** Why it ended before the captures did, where it was told to. */
const INTERRUPTED: Fault = { cause: 'interrupted before the captures ended: nothing is written', exitCode: 4 }

export class OnCaptures {
  readonly #nf: NfInstance
  readonly #ports: readonly CapturePort[]
  readonly #burst: number
  readonly #hang: number
  readonly #counts: ForwardCounts
  readonly #times: BigInt64Array
  #reading: Promise<void> | undefined
  /** Frames of the burst at hand. */
  #waiting = 0
  /** Never falls: a time that goes back is taken for the one before. */
  #now = 0n

  /** Port i of the network function is `ports[i]`; frames are handed to it `burst` at a time. `hang`: milliseconds. */
  constructor(nf: NfInstance, ports: readonly CapturePort[], burst: number, counts: ForwardCounts, hang = HANG) {
    this.#hang = hang
    this.#nf = nf
    this.#ports = ports
    this.#burst = burst
    this.#counts = counts
    this.#times = new BigInt64Array(burst)
  }

  /**
   * To the end of all captures; what leaves is complete then. `breathe` is called between bursts, and says whether to go on.
   *
   * @returns Why it ended before, if so. @throws InputError for a fault in a capture, MachineError where one cannot be written.
   */
  async run(breathe: () => Promise<boolean>): Promise<Fault | undefined> {
    try {
      for (let isAtEnd = false; !isAtEnd; ) {
        isAtEnd = this.#earliest() === undefined
        const end = endOf(this.#hang, () => (isAtEnd ? this.#process() : this.#stretch()))
        if (end !== 'over') return this.#stopped(end === 'stopped')
        await this.#reading
        if (!isAtEnd && !(await breathe())) return INTERRUPTED
      }
    } catch (error) {
      if (error instanceof NfTrap) return trapOf(error)
      throw error
    }
    for (const port of this.#ports) port.complete()
    return undefined
  }

  /** Goes on until something is to be read from a file, or for a while. */
  #stretch(): void {
    this.#reading = undefined
    const hasTime = slice(this.#hang)
    for (let frames = 0; frames < STRETCH && this.#reading === undefined; frames++) {
      const port = this.#earliest()
      if (port === undefined) break
      this.#take(port)
      this.#reading = port.input?.next()
      if (this.#waiting < this.#burst) continue
      this.#process()
      // What is slow does not hang.
      if (!hasTime()) break
    }
  }

  #stopped(isBusy: boolean): Fault {
    if (!isBusy || this.#nf.stoppedAt === undefined) return SUSPENDED
    return { cause: `${this.#nf.name} does not come to an end: nothing is written`, exitCode: 1, kind: 'hang' }
  }

  /** The port whose frame is next: of those with the same time the first. */
  #earliest(): CapturePort | undefined {
    let found: CapturePort | undefined
    for (const port of this.#ports) {
      const time = port.input?.time
      if (time !== undefined && (found?.input?.time === undefined || time < found.input.time)) found = port
    }
    return found
  }

  #take(port: CapturePort): void {
    const { input } = port
    if (input?.time === undefined) return
    const { bytes, start, length, time } = input
    if (length > MAX_PACKET) {
      port.refused()
      return
    }
    if (time > this.#now) this.#now = time
    this.#nf.setFrame(this.#waiting, bytes, start, length, port.port, this.#now)
    this.#times[this.#waiting++] = time
    port.received(length)
  }

  #process(): void {
    const count = this.#waiting
    this.#waiting = 0
    if (count === 0) return
    this.#nf.run(count)
    this.#counts.processed += count
    for (let i = 0; i < count; i++) {
      const egress = countVerdict(this.#counts, this.#nf.verdict(i))
      const start = this.#nf.frameBuffer(i)
      const bytes = this.#nf.bytes.subarray(start, start + this.#nf.frameLength(i))
      for (let port = 0, rest = egress; rest !== 0; port++, rest >>>= 1) {
        if ((rest & 1) === 1) this.#ports[port]?.send(bytes, this.#times[i] ?? 0n)
      }
    }
  }
}
