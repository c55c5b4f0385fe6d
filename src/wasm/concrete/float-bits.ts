/** Floating-point numbers and their bits. JavaScript's numbers do not tell NaNs apart, so NaNs are made here. */

const words = new Int32Array(1)
const singles = new Float32Array(words.buffer)
const longs = new BigInt64Array(1)
const doubles = new Float64Array(longs.buffer)

/** The canonical NaN that is positive (core 2.0, section 4.3.3): what every operator gives for a NaN here. */
export const F32_NAN = 0x7fc0_0000
export const F64_NAN = 0x7ff8_0000_0000_0000n

export function singleOf(bits: number): number {
  words[0] = bits
  return singles[0] ?? 0
}

/** The bits of the f32 nearest to a number. */
export function bitsOfSingle(value: number): number {
  if (Number.isNaN(value)) return F32_NAN
  singles[0] = value
  return words[0] ?? 0
}

export function doubleOf(bits: bigint): number {
  longs[0] = bits
  return doubles[0] ?? 0
}

export function bitsOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return F64_NAN
  doubles[0] = value
  return longs[0] ?? 0n
}
