/** Building terms, part three: arrays and linear integers. */
import { BitVecBuilder, requireBitVec } from './build-bitvec.js'
import { requireSort } from './build-core.js'
import { SortError } from './errors.js'
import { type ArraySort, boolSort, intSort, printSort } from './sorts.js'
import type { Term } from './term.js'

export abstract class TermBuilder extends BitVecBuilder {
  /** The same operation as `term`, which may come from another builder, on other arguments of the same sorts. */
  copy({ op, sort, value, hi, lo, symbol }: Term, args: readonly Term[]): Term {
    if (op === 'true' || op === 'false') return this.bool(op === 'true')
    if (op === 'bv' && sort.kind === 'bitvec') return this.bv(value, sort.width)
    if (op === 'int') return this.int(value)
    if (symbol === undefined) return this.make(op, sort, args, hi, lo)
    const own = this.table.symbol(symbol.name, symbol.domain, symbol.range)
    return op === 'var' ? this.table.variable(own) : this.make(op, sort, args, hi, lo, own)
  }

  select(array: Term, index: Term): Term {
    const { index: from, element } = requireArray('select', array)
    requireSort('select', index, from)
    return this.make('select', element, [array, index])
  }

  store(array: Term, index: Term, value: Term): Term {
    const sort = requireArray('store', array)
    requireSort('store', index, sort.index)
    requireSort('store', value, sort.element)
    return this.make('store', sort, [array, index, value])
  }

  /** The array that has `value` everywhere; cvc5 takes only constants for it. */
  constArray(sort: ArraySort, value: Term): Term {
    requireSort('constArray', value, sort.element)
    return this.make('const_array', sort, [value])
  }

  intAdd(a: Term, b: Term): Term {
    requireInt('intAdd', a, b)
    return this.make('int.add', intSort, [a, b])
  }

  /** 0 for no terms. */
  intSum(terms: readonly Term[]): Term {
    requireInt('intSum', ...terms)
    const [first] = terms
    if (first === undefined) return this.int(0)
    return terms.length === 1 ? first : this.make('int.add', intSort, terms)
  }

  intSub(a: Term, b: Term): Term {
    requireInt('intSub', a, b)
    return this.intAdd(a, this.intNeg(b))
  }

  intNeg(a: Term): Term {
    return this.intMul(-1, a)
  }

  /** `factor` times `a`: integers are linear here. */
  intMul(factor: bigint | number, a: Term): Term {
    requireInt('intMul', a)
    return this.make('int.mul', intSort, [this.int(factor), a])
  }

  /** The quotient of SMT-LIB's Ints, so that 0 <= a - divisor * quotient < |divisor|; `divisor` is not 0. */
  intDiv(a: Term, divisor: bigint | number): Term {
    return this.#divide('intDiv', 'int.div', a, divisor)
  }

  /** The remainder of SMT-LIB's Ints, from 0 up to below |divisor|; `divisor` is not 0. */
  intMod(a: Term, divisor: bigint | number): Term {
    return this.#divide('intMod', 'int.mod', a, divisor)
  }

  #divide(operation: string, op: 'int.div' | 'int.mod', a: Term, divisor: bigint | number): Term {
    requireInt(operation, a)
    if (BigInt(divisor) === 0n) throw new SortError(operation, 'the divisor is 0')
    return this.make(op, intSort, [a, this.int(divisor)])
  }

  intLe(a: Term, b: Term): Term {
    requireInt('intLe', a, b)
    return this.make('int.le', boolSort, [a, b])
  }

  intLt(a: Term, b: Term): Term {
    return this.not(this.intLe(b, a))
  }

  intGe(a: Term, b: Term): Term {
    return this.intLe(b, a)
  }

  intGt(a: Term, b: Term): Term {
    return this.intLt(b, a)
  }

  /** The unsigned value of a bit vector as an integer. */
  toInt(a: Term): Term {
    requireBitVec('toInt', a)
    return this.make('bv2nat', intSort, [a])
  }

  /** The signed value of a bit vector as an integer. */
  toSignedInt(a: Term): Term {
    const unsigned = this.toInt(a)
    const modulus = this.int(1n << BigInt(a.width))
    return this.ite(this.slt(a, this.bv(0, a.width)), this.intSub(unsigned, modulus), unsigned)
  }
}

function requireArray(operation: string, term: Term): ArraySort {
  if (term.sort.kind !== 'array') throw new SortError(operation, `takes an array, not ${printSort(term.sort)}`)
  return term.sort
}

function requireInt(operation: string, ...terms: readonly Term[]): void {
  for (const term of terms) requireSort(operation, term, intSort)
}
