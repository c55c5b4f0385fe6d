/**
 * Timestamps of both formats as nanoseconds since the epoch, without a BigInt for each record: the result is written
 * as two 32-bit halves into the storage of a BigInt64Array.
 */

const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const low = 1 - high
const two32 = 4_294_967_296
const latest = 2n ** 63n - 1n

/** A column of 64-bit times that is filled by halves. */
export class TimeColumn {
  readonly values: BigInt64Array
  readonly #halves: Uint32Array
  #second = -1
  #secondLow = 0
  #secondHigh = 0

  constructor(capacity: number) {
    this.values = new BigInt64Array(capacity)
    this.#halves = new Uint32Array(this.values.buffer)
  }

  /** Row i = seconds * 10^9 + nanoseconds; seconds is a u32, nanoseconds any integer up to 2^32 * 1000. */
  setSeconds(i: number, seconds: number, nanoseconds: number): void {
    if (seconds !== this.#second) this.#cacheSecond(seconds)
    this.#setHalves(i, this.#secondHigh, this.#secondLow + nanoseconds)
  }

  /** Row i = (upper * 2^32 + lower) * factor, factor at most 10^9; false when that is beyond 63 bits. */
  setUnits(i: number, upper: number, lower: number, factor: number): boolean {
    const top = upper * factor
    const bottom = lower * factor
    if (top + Math.floor(bottom / two32) >= two32 / 2) return false
    this.#setHalves(i, top, bottom)
    return true
  }

  /** `bottom` may exceed 32 bits: the rest is carried. Both are exact below 2^53. */
  #setHalves(i: number, top: number, bottom: number): void {
    const carry = bottom < two32 ? 0 : bottom < 2 * two32 ? 1 : Math.floor(bottom / two32)
    this.#halves[2 * i + low] = bottom - carry * two32
    this.#halves[2 * i + high] = top + carry
  }

  /** Multiplies by 10^9 in 16-bit steps, so that every intermediate value is an exact double. */
  #cacheSecond(seconds: number): void {
    const upper = Math.floor(seconds / 65_536) * 1e9
    const upperLow = upper % 65_536
    const bottom = (seconds % 65_536) * 1e9 + upperLow * 65_536
    const carry = Math.floor(bottom / two32)
    this.#second = seconds
    this.#secondLow = bottom - carry * two32
    this.#secondHigh = (upper - upperLow) / 65_536 + carry
  }
}

/** How a pcapng interface counts time: if_tsresol and if_tsoffset (draft-ietf-opsawg-pcapng section 4.2). */
export interface TimeUnit {
  /** Nanoseconds a unit where that is an integer and no offset applies, otherwise 0: use `exactTime`. */
  readonly factor: number
  /** Units a second: 10^n or 2^n. */
  readonly perSecond: bigint
  /** Seconds to add. */
  readonly offset: bigint
}

/** From the byte of if_tsresol: the top bit chooses powers of 2, the rest is the negative exponent. */
export function timeUnit(resolution: number, offset: bigint): TimeUnit {
  const exponent = resolution & 0x7f
  const binary = (resolution & 0x80) !== 0
  const whole = !binary && exponent <= 9 && offset === 0n
  return {
    factor: whole ? 10 ** (9 - exponent) : 0,
    perSecond: binary ? 1n << BigInt(exponent) : 10n ** BigInt(exponent),
    offset,
  }
}

/** Any unit, rounded down to nanoseconds; undefined where the result has no place in a signed 64-bit number. */
export function exactTime(unit: TimeUnit, upper: number, lower: number): bigint | undefined {
  const units = (BigInt(upper) << 32n) | BigInt(lower)
  const time = (units * 1_000_000_000n) / unit.perSecond + unit.offset * 1_000_000_000n
  return time > latest || time < -latest ? undefined : time
}
