/**
 * How many frames may still be in the queues of a device that does not say what it has dropped. What it drops is known
 * only once it is given up, after a second; if all of that counted until then, a few drops would hold up everything.
 */
import type { Lane } from './lane.js'

/** Nanoseconds that a frame may take through a device: where others come out that were sent so much later, it is past it. */
const LAG = 20e6
/** Frames that are taken to be past it only since nothing has come of them for as long: what a device's queues take. */
const MOST_OVERDUE = 512

interface Mark {
  /** The device is past so many frames of the lane, as far as can be told. */
  past: number
  /** So many were sent long ago. */
  overdue: number
}

export class Queued {
  readonly #lanes: readonly Lane[]
  readonly #marks: readonly Mark[]
  /** When a frame was sent, nanoseconds; of one that is not given up. */
  readonly #sentAt: (entry: number) => number
  /** When that was sent which came out, of all the latest. */
  #latest = 0

  constructor(lanes: readonly Lane[], sentAt: (entry: number) => number) {
    this.#lanes = lanes
    this.#marks = lanes.map(() => ({ past: 0, overdue: 0 }))
    this.#sentAt = sentAt
  }

  /** A frame came out that was sent then. */
  came(sentAt: number): void {
    this.#latest = Math.max(this.#latest, sentAt)
  }

  /** `now` is nanoseconds. */
  count(now: number): number {
    let [inQueues, overdue] = [0, 0]
    for (const [port, lane] of this.#lanes.entries()) {
      const mark = this.#marks[port]
      if (mark === undefined) continue
      mark.past = this.#reach(lane, mark.past, this.#latest - LAG)
      mark.overdue = this.#reach(lane, Math.max(mark.overdue, mark.past), now - LAG)
      inQueues += lane.sent - mark.past
      overdue += mark.overdue - mark.past
    }
    return inQueues - Math.min(overdue, MOST_OVERDUE)
  }

  /** The rank of the first frame of a lane from `from` on that the device is not through with and was not sent before `time`. */
  #reach(lane: Lane, from: number, time: number): number {
    let rank = Math.max(from, lane.through)
    while (rank < lane.sent && this.#sentAt(lane.entryAt(rank)) < time) rank++
    return rank
  }
}
