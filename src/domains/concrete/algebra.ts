import type { Algebra } from '../algebra.js'

/** Plain values: boolean, number and bigint. What the oracle's fast reading and the model-based tests compute with. */
export const concreteAlgebra: Algebra<boolean, number, bigint> = {
  true: true,
  false: false,
  number: (value) => value,
  wide: (value) => value,
  widen: (value) => BigInt(value),
  not: (a) => !a,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  implies: (a, b) => !a || b,
  iff: (a, b) => a === b,
  eq: (a, b) => a === b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  eqWide: (a, b) => a === b,
  ltWide: (a, b) => a < b,
  leWide: (a, b) => a <= b,
}
