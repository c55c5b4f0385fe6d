/** Frames that never were where they should have been, by counters of those who lost them; nothing else is an excuse. */
import type { DeviceUnderTest } from '../device/index.js'
import { type LinkEnd, linkOf, type PacketPort } from '../packetio/index.js'

/** What is looked at: the testers' ports, and what of the device can be seen from here. */
export interface Lossy {
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  readonly testerLinks: readonly LinkEnd[]
  /** Those of the device, where they are on this machine. */
  readonly deviceLinks: readonly LinkEnd[]
}

export interface LossCounts {
  /** On the way to the device: it has not seen them. */
  readonly before: number
  /** On the way back: it has put them out. */
  readonly after: number
}

export class Losses {
  /** Frames whose absence was taken for a loss. */
  usedBefore = 0
  usedAfter = 0
  readonly #lossy: Lossy
  readonly #atStart: LossCounts

  constructor(lossy: Lossy) {
    this.#lossy = lossy
    this.#atStart = this.#read()
  }

  /** Since the start. */
  get counts(): LossCounts {
    const { before, after } = this.#read()
    return { before: before - this.#atStart.before, after: after - this.#atStart.after }
  }

  /** Takes one frame out of what counters say was lost; undefined where they know of no more. */
  take(): 'before' | 'after' | undefined {
    const { before, after } = this.counts
    if (this.usedBefore < before) {
      this.usedBefore += 1
      return 'before'
    }
    if (this.usedAfter < after) {
      this.usedAfter += 1
      return 'after'
    }
    return undefined
  }

  #read(): LossCounts {
    const { ports, device, testerLinks, deviceLinks } = this.#lossy
    let { before, after } = device.lost()
    for (const port of ports) after += port.counts().lost
    for (const { namespace, name } of testerLinks) {
      const { sendDropped, receiveErrors } = linkOf(namespace, name).counts
      before += sendDropped
      after += receiveErrors
    }
    for (const { namespace, name } of deviceLinks) {
      // What a link counts as dropped on receiving may be what its kernel has no use for: the device's own decision.
      const { sendDropped, receiveErrors } = linkOf(namespace, name).counts
      before += receiveErrors
      after += sendDropped
    }
    return { before, after }
  }
}
