/**
 * Values of the concrete domain: i32 a signed number, i64 a signed bigint, f32 the bits of one as an i32, f64 the bits
 * of one as an i64. So NaNs keep their payloads wherever WebAssembly says so, which JavaScript's numbers do not.
 */
export type ConcreteValue = number | bigint

/** An i32, or the bits of an f32. */
export function word(value: ConcreteValue): number {
  if (typeof value !== 'number') throw new TypeError('64 bits where 32 are expected in validated code')
  return value
}

/** An i64, or the bits of an f64. */
export function long(value: ConcreteValue): bigint {
  if (typeof value !== 'bigint') throw new TypeError('32 bits where 64 are expected in validated code')
  return value
}
