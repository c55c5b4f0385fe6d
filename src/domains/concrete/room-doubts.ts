import type { Choices, Doubt } from './choices.js'
import { Recent } from './recent.js'

/** Whoever asks who is in may be told something else than in the device. */
const uncertainEntries: Doubt = { doubtful: () => true }

/**
 * Whether it is certain which entries a map has. Where packets may have been taken in another order, or at other times,
 * another of them may have found the last room, or an entry may have expired before and made room. That is certain
 * where it shows in what left. Where it does not show, entries are uncertain until those of that time have expired.
 *
 * It matters only where orders are open at all: where `Choices.slack` says by how much times may be off.
 */
export class RoomDoubts {
  readonly #choices: Choices
  readonly #expired: Recent
  #threshold: bigint | undefined
  #openSince: bigint | undefined
  /** Time of the insertion that is open in the run at hand. */
  #insertion = 0n

  constructor(choices: Choices) {
    this.#choices = choices
    this.#expired = new Recent(choices.kept)
  }

  /** The packet at hand had entries expire, `count` of them so shortly before that they might still have been there. */
  expired(threshold: bigint, count: number): void {
    this.#threshold = threshold
    if (count > 0) this.#expired.add(count)
    if (this.#openSince === undefined || threshold <= this.#openSince) return
    this.#setOpenSince(undefined)
  }

  /** Someone asks for entries. */
  asked(): void {
    if (this.#openSince !== undefined) this.#choices.doubt(uncertainEntries)
  }

  /**
   * Whether an insertion at `now` that finds so much room might find none, or the other way round. `oldest` is the time
   * of the entry that expires next.
   */
  isOpen(room: number, oldest: bigint | undefined, now: bigint): boolean {
    const { slack, kept, rivals } = this.#choices
    if (slack === undefined || kept.count === 0) return false
    // A full table keeps out for good what it kept out once, as long as its entries are refreshed.
    if (room === 0 && this.#openSince !== undefined) this.#setOpenSince(now)
    const recently = this.#expired.count
    const isOpen =
      room > 0
        ? room - recently <= rivals()
        : recently > 0 || (this.#threshold !== undefined && oldest !== undefined && oldest < this.#threshold + slack)
    if (!isOpen) return false
    this.#insertion = now
    this.#choices.openRoom(this)
    return true
  }

  /** What left would have been the same, had the insertion come out the other way. */
  hide(): void {
    this.#setOpenSince(this.#insertion)
  }

  /** What the packet at hand did is undone. */
  rollback(): void {
    this.#expired.rollback()
  }

  #setOpenSince(time: bigint | undefined): void {
    const before = this.#openSince
    this.#choices.lessons.note(() => {
      this.#openSince = before
    })
    this.#openSince = time
  }
}
