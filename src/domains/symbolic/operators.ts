/**
 * The language's operators over terms. Numbers and bigints are exact integers; a number that could leave
 * 53 bits is an obligation on the specification. JavaScript's -0 is 0: nothing in the language tells them apart.
 */
import type { Term } from '../../smt/index.js'
import { errorHere, type SymbolicType, SymbolicValue } from '../../spec/instrumented/index.js'
import type {
  Arithmetic,
  BinaryOperator,
  Comparison,
  Connective,
  Operators,
  Scalar,
} from '../../spec/instrumented/operators.js'
import { type Bitwise, bigintBitwise, bigintShift, numberBitwise, numberComplement, numberShift } from './bitwise.js'
import type { Integer } from './integer.js'
import { MOST, type Run } from './run.js'
import { SymbolicBigint, SymbolicTruth, type TruthValue } from './values.js'

export class SymbolicOperators implements Operators {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  binary(operator: BinaryOperator, a: Scalar, b: Scalar): Scalar {
    if (isTruth(a)) return this.#equality(operator, this.#run.terms.iff(this.#run.term(a), this.#run.term(b)))
    const wide = isWide(a)
    const [x, y] = [this.#run.integer(a, operator), this.#run.integer(b, operator)]
    switch (operator) {
      case '===':
      case '!==':
        return this.#equality(operator, this.#run.integers.eq(x, y))
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#run.truth(this.#compare(operator, x, y))
      case '+':
      case '-':
      case '*':
      case '%':
        return this.#number(this.#compute(operator, x, y), wide)
      default:
        return this.#number(this.#bitwise(operator, x, y, wide), wide)
    }
  }

  unary(operator: '-' | '~', a: SymbolicValue): Scalar {
    const { integers } = this.#run
    const wide = isWide(a)
    const value = this.#run.integer(a, operator)
    if (operator === '-') return this.#number(integers.negate(value), wide)
    const result = wide ? integers.sub(integers.of(-1n), value) : numberComplement(integers, value)
    return this.#number(result, wide)
  }

  not(a: SymbolicValue): Scalar {
    return this.#run.truth(this.#run.terms.not(this.#run.term(a)))
  }

  truth(condition: SymbolicValue): boolean {
    return this.#run.decide(this.#run.term(condition))
  }

  merge(connective: Connective, a: SymbolicValue, b: () => unknown): Scalar | undefined {
    const { terms } = this.#run
    const left = this.#run.term(a)
    const goesOn = connective === '&&' ? left : terms.not(left)
    const value = this.#run.attempt(goesOn, b, isTruth)
    if (value === undefined) return undefined
    this.#run.settle()
    const right = this.#run.term(value)
    return this.#run.truth(connective === '&&' ? terms.and(left, right) : terms.or(left, right))
  }

  select(condition: SymbolicValue, value: () => unknown, otherwise: unknown): Scalar | undefined {
    const { terms, integers } = this.#run
    const kind = kindOf(otherwise)
    if (kind === undefined) return undefined
    const when = this.#run.term(condition)
    const isWanted = (result: unknown): result is Scalar => kindOf(result) === kind
    const chosen = this.#run.attempt(when, value, isWanted)
    if (chosen === undefined || !isWanted(otherwise)) return undefined
    this.#run.settle()
    if (kind === 'boolean') return this.#run.truth(terms.ite(when, this.#run.term(chosen), this.#run.term(otherwise)))
    const [yes, no] = [this.#run.integer(chosen, 'a value'), this.#run.integer(otherwise, 'a value')]
    return this.#number(integers.select(when, yes, no), kind === 'bigint')
  }

  div(a: Scalar, b: Scalar): Scalar {
    const [x, y] = [this.#run.integer(a, 'div'), this.#run.integer(b, 'div')]
    this.#nonZero(y, 'div by zero')
    return this.#number(this.#run.integers.div(x, y), isWide(a))
  }

  min(a: Scalar, b: Scalar): Scalar {
    const [x, y] = [this.#run.integer(a, 'min'), this.#run.integer(b, 'min')]
    return this.#number(this.#run.integers.select(this.#run.integers.lt(y, x), y, x), isWide(a))
  }

  max(a: Scalar, b: Scalar): Scalar {
    const [x, y] = [this.#run.integer(a, 'max'), this.#run.integer(b, 'max')]
    return this.#number(this.#run.integers.select(this.#run.integers.lt(x, y), y, x), isWide(a))
  }

  wide(a: SymbolicValue): Scalar {
    return this.#run.bigint(this.#run.integer(a, 'wide'))
  }

  #equality(operator: BinaryOperator, equal: Term): Scalar {
    return this.#run.truth(operator === '===' ? equal : this.#run.terms.not(equal))
  }

  #compare(operator: Comparison, a: Integer, b: Integer): Term {
    const { integers } = this.#run
    if (operator === '<') return integers.lt(a, b)
    if (operator === '<=') return integers.le(a, b)
    return operator === '>' ? integers.lt(b, a) : integers.le(b, a)
  }

  #compute(operator: Arithmetic, a: Integer, b: Integer): Integer {
    const { integers } = this.#run
    if (operator === '+') return integers.add(a, b)
    if (operator === '-') return integers.sub(a, b)
    if (operator === '*') return integers.mul(a, b)
    this.#nonZero(b, '% by zero')
    return integers.rem(a, b)
  }

  #bitwise(operator: Bitwise, a: Integer, b: Integer, wide: boolean): Integer {
    const { integers } = this.#run
    const isShift = operator === '<<' || operator === '>>' || operator === '>>>'
    if (!wide) return isShift ? numberShift(integers, operator, a, b) : numberBitwise(integers, operator, a, b)
    if (!isShift) return bigintBitwise(integers, operator, a, b)
    const { constant } = b
    if (constant !== undefined && operator !== '>>>') return bigintShift(integers, operator, a, constant)
    throw errorHere('a bigint is shifted by what depends on the packet or the state', 'shift by a constant')
  }

  #nonZero(divisor: Integer, what: string): void {
    const { integers, terms } = this.#run
    this.#run.oblige(what, terms.not(integers.eq(divisor, integers.of(0n))))
  }

  #number(value: Integer, wide: boolean): Scalar {
    if (wide) return this.#run.bigint(value)
    return this.#run.number(this.#run.fitting(value, -MOST, MOST, 'a number needs more than 53 bits'))
  }
}

/** Undefined for what is neither a number nor a truth value. */
function kindOf(value: unknown): SymbolicType | undefined {
  if (value instanceof SymbolicValue) return value.type
  const type = typeof value
  return type === 'number' || type === 'bigint' || type === 'boolean' ? type : undefined
}

function isWide(value: Scalar): boolean {
  return typeof value === 'bigint' || value instanceof SymbolicBigint
}

function isTruth(value: unknown): value is TruthValue {
  return typeof value === 'boolean' || value instanceof SymbolicTruth
}
