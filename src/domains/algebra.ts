/**
 * What a reading of a specification or contract computes with. `B` is a truth value, `N` an exact integer of up to
 * 53 bits (an index, a count, a length), `T` an exact integer of any size (a time in nanoseconds, a wide field).
 * Integers are mathematical: nothing wraps. The concrete domain takes boolean, number and bigint; the symbolic one terms.
 */
export interface Algebra<B, N, T> {
  readonly true: B
  readonly false: B
  number(value: number): N
  wide(value: bigint): T
  /** The wide integer of the same value. */
  widen(value: N): T
  not(a: B): B
  and(a: B, b: B): B
  or(a: B, b: B): B
  implies(a: B, b: B): B
  iff(a: B, b: B): B
  eq(a: N, b: N): B
  lt(a: N, b: N): B
  le(a: N, b: N): B
  add(a: N, b: N): N
  sub(a: N, b: N): N
  eqWide(a: T, b: T): B
  ltWide(a: T, b: T): B
  leWide(a: T, b: T): B
}
