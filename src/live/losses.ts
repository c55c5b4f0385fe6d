/** Frames that never were where they should have been, by counters of those who lost them; nothing else is an excuse. */
import type { DeviceUnderTest } from '../device/index.js'
import type { PacketPort } from '../packetio/index.js'
import type { WatchedLink } from '../wires/index.js'

/** What is looked at: the testers' ports, and what of the device can be seen from here. */
export interface Lossy {
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  readonly testerLinks: readonly WatchedLink[]
  /** Those of the device, where they are on this machine. */
  readonly deviceLinks: readonly WatchedLink[]
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
    for (const link of testerLinks) {
      const { sent, received } = link.lost()
      before += sent
      after += received
    }
    for (const link of deviceLinks) {
      const { sent, received } = link.lost()
      before += received
      after += sent
    }
    return { before, after }
  }
}
