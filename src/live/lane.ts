/** The frames that entered one port of a device, in order. */
export class Lane {
  /** How many were sent. */
  sent = 0
  /** How many of them the device is known to be through with: they came out, or later ones did, or they were given up. */
  through = 0
  /** As far as the device was when it was looked at last, and as far as all that it had put out by then was seen. */
  processed = 0
  seen = 0
  readonly #entries: Float64Array
  readonly #mask: number

  /** `capacity` is a power of two, and that of the entries. */
  constructor(capacity: number) {
    this.#entries = new Float64Array(capacity)
    this.#mask = capacity - 1
  }

  /** @returns How many were before it. */
  push(entry: number): number {
    this.#entries[this.sent & this.#mask] = entry
    return this.sent++
  }

  /** The entry of that rank, which must not be forgotten. */
  entryAt(rank: number): number {
    return this.#entries[rank & this.#mask] ?? -1
  }

  /** @returns Whether that is news. */
  passTo(count: number): boolean {
    const known = Math.min(count, this.sent)
    if (known <= this.through) return false
    this.through = known
    return true
  }
}
