/** Numbers for what a table has, each table's in a range of its own. */
const TABLE = 2 ** 34
const KEYS = 2 ** 33
const ROOM = 2 ** 33 - 1

/**
 * What the runs of one packet read of the state, and what they changed. Two packets of which neither changed what the
 * other read or changed may change places. The times of entries are left out: when an entry is refreshed a little earlier
 * or later makes a difference only to when it expires, and entries that expire are changed.
 *
 * Keys are told apart by their hashes, so that two packets may seem to touch the same and do not.
 */
export class Footprint {
  readonly #read = new Set<number>()
  readonly #changed = new Set<number>()

  readKey(table: number, hash: number): void {
    this.#read.add(table * TABLE + KEYS + hash)
  }

  readSlot(table: number, slot: number): void {
    this.#read.add(table * TABLE + slot)
  }

  /** Whether there is room, or how much. */
  readRoom(table: number): void {
    this.#read.add(table * TABLE + ROOM)
  }

  changeKey(table: number, hash: number): void {
    this.#changed.add(table * TABLE + KEYS + hash)
  }

  changeSlot(table: number, slot: number): void {
    this.#changed.add(table * TABLE + slot)
  }

  changeRoom(table: number): void {
    this.#changed.add(table * TABLE + ROOM)
  }

  /** Whether the order of two packets matters. */
  meets(other: Footprint): boolean {
    return this.#changes(other) || other.#changes(this)
  }

  #changes(other: Footprint): boolean {
    for (const what of this.#changed) if (other.#read.has(what) || other.#changed.has(what)) return true
    return false
  }
}
