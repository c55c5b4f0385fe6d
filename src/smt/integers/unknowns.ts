/** The integers that a reading makes, and what is known of them. */
import { intSort } from '../sorts.js'
import type { Term } from '../term.js'
import { Terms } from '../terms.js'
import { Form } from './form.js'

/**
 * Names begin with a colon, and no name that stands for something of the query does. Functions have a dot in theirs,
 * variables none.
 */
export class Unknowns {
  readonly terms = new Terms()
  /** What holds of them in every case that the query can be about. */
  readonly facts: Term[] = []

  /** An integer of which only its bounds are known, both included. */
  variable(name: string, lo: bigint, hi: bigint): Form {
    return lo === hi ? Form.constant(lo) : this.within(this.terms.fresh(`:${name}`, intSort), lo, hi)
  }

  /** Some function of other values: of it nothing is known but its bounds, and that it is the same for the same. */
  function(name: string, args: readonly Term[], lo: bigint, hi: bigint): Form {
    if (lo === hi) return Form.constant(lo)
    const domain = args.map(({ sort }) => sort)
    const symbol = this.terms.declareFunction(`:${name}`, domain, intSort)
    return this.within(this.terms.apply(symbol, ...args), lo, hi)
  }

  /** An integer between bounds that it is known to keep. */
  within(value: Term, lo: bigint, hi: bigint): Form {
    this.keeps(value, lo, hi)
    return Form.of({ term: value, lo, hi })
  }

  /** A form between bounds that it is known to keep: an integer of its own where they are closer than what its atoms say. */
  bounded(name: string, form: Form, lo: bigint, hi: bigint): Form {
    if (form.isWithin(lo, hi)) return form
    const value = this.variable(name, lo, hi)
    this.facts.push(this.terms.eq(value.build(this.terms), form.build(this.terms)))
    return value
  }

  keeps(value: Term, lo: bigint, hi: bigint): void {
    this.facts.push(this.terms.intLe(this.terms.int(lo), value), this.terms.intLe(value, this.terms.int(hi)))
  }

  choice(condition: Term, x: Form, y: Form): Form {
    const term = this.terms.ite(condition, x.build(this.terms), y.build(this.terms))
    if (term.op === 'int') return Form.constant(term.value)
    const [lo] = x.lo < y.lo ? [x.lo] : [y.lo]
    const [hi] = x.hi > y.hi ? [x.hi] : [y.hi]
    return Form.of({ term, lo, hi })
  }

  /** 1 where the condition holds, else 0. */
  flag(condition: Term): Form {
    return this.choice(condition, Form.constant(1n), Form.constant(0n))
  }

  /** a < b, or a <= b. */
  isBelow(a: Form, b: Form, orEqual: boolean): Term {
    const difference = a.plus(b.times(-1n)).plus(Form.constant(orEqual ? 0n : 1n))
    if (difference.hi <= 0n) return this.terms.true
    if (difference.lo > 0n) return this.terms.false
    return this.terms.intLe(difference.build(this.terms), this.terms.int(0))
  }
}
