/**
 * The algebra of contracts where each choice is a case of its own: whatever is promised is one sum, quotient or remainder on a path.
 * Folded sums are told so by linear arithmetic, which choices between them would hide.
 */
import { SymbolicAlgebra } from '../../contracts/symbolic/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import type { Term } from '../../smt/index.js'

export class CasewiseAlgebra extends SymbolicAlgebra {
  override select(condition: Term, yes: Integer, no: Integer): Integer {
    return this.path.decide(condition) ? yes : no
  }

  /** What is not negative on the path is divided as such. */
  override remainder(value: Integer, divisor: number): Integer {
    const isPositive = value.lo < 0n && this.path.proves(this.le(this.number(0), value))
    return super.remainder(isPositive ? this.integers.unsigned(value.term, 0n, value.hi) : value, divisor)
  }
}
