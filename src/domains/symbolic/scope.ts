/** What every structure of one run of a path has in common. */
import type { Term } from '../../smt/index.js'
import type { Integer, Integers } from './integer.js'
import type { Path } from './path.js'

export interface Scope {
  readonly path: Path
  readonly integers: Integers
  /** The previous packet's time: no stored time is later. */
  readonly last: Integer
}

/** Whether `a <= b`: told by bounds or identity, else by the path. */
export function isAtMost({ path, integers }: Pick<Scope, 'path' | 'integers'>, a: Integer, b: Integer): boolean {
  const { terms } = path
  const holds: Term = integers.le(a, b)
  return holds === terms.true || (holds !== terms.false && path.proves(holds))
}

/** Bits of a time, or of a threshold, as the argument of a function: with a sign, and wide enough for any. */
export const TIME_BITS = 72
/** Stored times are from 0 to 2^62 - 1. */
export const STORED_TIME_BITS = 62
