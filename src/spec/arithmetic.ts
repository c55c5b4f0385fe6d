import { SpecError } from './error.js'

/** Division of whole numbers, truncating; division by zero is an error of the specification. */
export function div(a: number, b: number): number
export function div(a: bigint, b: bigint): bigint
export function div(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (b === 0n) throw new SpecError('div by zero')
    return a / b
  }
  if (typeof a === 'bigint' || typeof b === 'bigint')
    throw new SpecError('div mixes number and bigint: convert with wide()')
  if (b === 0) throw new SpecError('div by zero')
  return Math.trunc(a / b)
}

/** The smaller of two whole numbers of the same kind. */
export function min<T extends number | bigint>(a: T, b: T): T {
  return b < a ? b : a
}

/** The larger of two whole numbers of the same kind. */
export function max<T extends number | bigint>(a: T, b: T): T {
  return b > a ? b : a
}

/** A number as a bigint. */
export function wide(value: number): bigint {
  return BigInt(value)
}
