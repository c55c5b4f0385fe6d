import type { KeptPackets } from './kept-packets.js'
import { Marks } from './marks.js'

/** Packets that are remembered; where more made changes, there were many in any case. */
const MOST = 4096

/** How many changes of one kind were made by packets that may have been taken in another order. */
export class Recent {
  readonly #kept: KeptPackets
  #count = 0
  /** The packets that made changes, and how many there had been before each. */
  readonly #packets = new Marks()
  readonly #before = new Marks()

  constructor(kept: KeptPackets) {
    this.#kept = kept
  }

  /** The packet at hand makes so many. */
  add(count: number): void {
    const packet = this.#kept.newest
    if (this.#packets.count === 0 || this.#packets.newest !== packet) {
      if (this.#packets.count === MOST) {
        this.#packets.forget(1)
        this.#before.forget(1)
      }
      this.#packets.push(packet)
      this.#before.push(this.#count)
    }
    this.#count = (this.#count + count) | 0
  }

  get count(): number {
    let before = this.#count
    for (let i = 0; i < this.#packets.count && this.#kept.isOpen(this.#packets.fromTop(i)); i++) {
      before = this.#before.fromTop(i)
    }
    return (this.#count - before) | 0
  }

  /** Those of the packet at hand are undone. */
  rollback(): void {
    if (this.#packets.count === 0 || this.#packets.newest !== this.#kept.newest) return
    this.#count = this.#before.newest
    this.#packets.pop()
    this.#before.pop()
  }
}
