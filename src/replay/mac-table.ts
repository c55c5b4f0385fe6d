import { mix } from './tuple.js'

/** The most addresses that are remembered; further ones get an answer by their hash. */
const limit = 1 << 18

/** MAC addresses to small numbers, in open addressing over typed arrays. */
export class MacTable {
  size = 0
  #high = new Uint16Array(256)
  #low = new Uint32Array(256)
  /** Value + 1; 0 = free. */
  #value = new Uint8Array(256)

  /** The number of an address, -1 where it has none. */
  get(bytes: Uint8Array, at: number): number {
    return (this.#value[this.#slot(high(bytes, at), low(bytes, at))] ?? 0) - 1
  }

  /** Sets the number (0 to 254) of an address; false where the table is full. */
  set(bytes: Uint8Array, at: number, value: number): boolean {
    if (this.size * 2 >= this.#value.length) {
      if (this.size >= limit) return false
      this.#grow()
    }
    const slot = this.#slot(high(bytes, at), low(bytes, at))
    if (this.#value[slot] === 0) this.size += 1
    this.#high[slot] = high(bytes, at)
    this.#low[slot] = low(bytes, at)
    this.#value[slot] = value + 1
    return true
  }

  clear(): void {
    this.size = 0
    this.#value.fill(0)
  }

  #slot(upper: number, lower: number): number {
    const mask = this.#value.length - 1
    let slot = mix(lower ^ Math.imul(upper, 0x9e37_79b9)) & mask
    while (this.#value[slot] !== 0 && (this.#low[slot] !== lower || this.#high[slot] !== upper))
      slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [uppers, lowers, values] = [this.#high, this.#low, this.#value]
    this.#high = new Uint16Array(values.length * 2)
    this.#low = new Uint32Array(values.length * 2)
    this.#value = new Uint8Array(values.length * 2)
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0
      if (value === 0) continue
      const slot = this.#slot(uppers[i] ?? 0, lowers[i] ?? 0)
      this.#high[slot] = uppers[i] ?? 0
      this.#low[slot] = lowers[i] ?? 0
      this.#value[slot] = value
    }
  }
}

/** A well mixed number of the address at `at`. */
export function hashMac(bytes: Uint8Array, at: number): number {
  return mix(low(bytes, at) ^ Math.imul(high(bytes, at), 0x9e37_79b9)) >>> 0
}

function high(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function low(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at + 2] ?? 0) << 24) |
      ((bytes[at + 3] ?? 0) << 16) |
      ((bytes[at + 4] ?? 0) << 8) |
      (bytes[at + 5] ?? 0)) >>>
    0
  )
}
