/**
 * What a reading with symbolic values does for each operator. The hooks call it only where an operand is symbolic, and
 * with operands that fit together: both numbers, both bigints, or (for equality) both booleans.
 */
import type { SymbolicValue } from './value.js'

export type Arithmetic = '+' | '-' | '*' | '%'
export type Bitwise = '&' | '|' | '^' | '<<' | '>>' | '>>>'
export type Comparison = '<' | '<=' | '>' | '>='
export type Equality = '===' | '!=='
export type BinaryOperator = Arithmetic | Bitwise | Comparison | Equality
export type Connective = '&&' | '||'

export type Scalar = number | bigint | boolean | SymbolicValue

export interface Operators {
  binary(operator: BinaryOperator, a: Scalar, b: Scalar): Scalar
  /** `-` or `~` of a number or bigint. */
  unary(operator: '-' | '~', a: SymbolicValue): Scalar
  /** `!` of a truth value. */
  not(a: SymbolicValue): Scalar
  /** Which way the run goes on a symbolic truth value. */
  truth(condition: SymbolicValue): boolean
  /**
   * `a && b` or `a || b` as one value, where `b` can be had without going either way; undefined where it cannot, and
   * then nothing has happened. `b` has no effects.
   */
  merge(connective: Connective, a: SymbolicValue, b: () => unknown): Scalar | undefined
  /**
   * `value` where the condition holds, else `otherwise`, as one value; undefined where that cannot be, and then nothing
   * has happened. `value` has no effects.
   */
  select(condition: SymbolicValue, value: () => unknown, otherwise: unknown): Scalar | undefined
  /** Division, truncating. */
  div(a: Scalar, b: Scalar): Scalar
  min(a: Scalar, b: Scalar): Scalar
  max(a: Scalar, b: Scalar): Scalar
  /** A number as a bigint. */
  wide(a: SymbolicValue): Scalar
}
