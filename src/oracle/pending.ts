import type { Site, VerdictKind } from '../spec/verdict.js'
import type { Outcome, Tally } from './tally.js'

/** What is to be counted for packets whose judgement may still be taken back: a ring, the oldest first. */
export class Pending {
  #sites = new Array<Site | undefined>(16).fill(undefined)
  #kinds = new Array<VerdictKind>(16).fill('drop')
  #outcomes = new Uint8Array(16)
  /** Frames that left, and 256 for each search. */
  #others = new Int32Array(16)
  #first = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(site: Site | undefined, kind: VerdictKind, outcome: Outcome, left: number, searches: number): void {
    if (this.#size === this.#outcomes.length) this.#grow()
    const at = (this.#first + this.#size++) & (this.#outcomes.length - 1)
    this.#sites[at] = site
    this.#kinds[at] = kind
    this.#outcomes[at] = outcome
    this.#others[at] = searches * 256 + left
  }

  /** Forgets the newest, of which there must be one. */
  pop(): void {
    this.#size -= 1
  }

  /** Counts the oldest `count`, where there must be as many, and forgets them. */
  count(count: number, tally: Tally): void {
    for (let i = 0; i < count; i++) {
      const at = this.#first
      const others = this.#others[at] ?? 0
      tally.count(this.#sites[at], this.#kinds[at] ?? 'drop', this.#outcomes[at] ?? 0)
      tally.left += others & 255
      tally.searches += others >> 8
      this.#first = (at + 1) & (this.#outcomes.length - 1)
    }
    this.#size -= count
  }

  #grow(): void {
    const turn = <T>(ring: readonly T[]): T[] => [...ring.slice(this.#first), ...ring.slice(0, this.#first)]
    const length = this.#outcomes.length
    const outcomes = turn([...this.#outcomes])
    const others = turn([...this.#others])
    this.#sites = [...turn(this.#sites), ...new Array<undefined>(length).fill(undefined)]
    this.#kinds = [...turn(this.#kinds), ...new Array<VerdictKind>(length).fill('drop')]
    this.#outcomes = new Uint8Array(2 * length)
    this.#others = new Int32Array(2 * length)
    this.#outcomes.set(outcomes)
    this.#others.set(others)
    this.#first = 0
  }
}
