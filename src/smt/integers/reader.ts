/**
 * Bit vectors read as integers. Each bit vector has a form (form.ts) that is congruent to it modulo 2^width: sums,
 * differences and multiples keep theirs unreduced, so that whatever does not wrap costs nothing. Where the value itself
 * is asked for, unsigned or in two's complement, and the form may lie outside, an unknown multiple of 2^width is taken
 * off. What is not linear becomes some function of its arguments, between bounds.
 *
 * Why this is sound: for any values of the query's variables and functions there are values of the integers made here
 * with which all facts hold and each integer is the value of its bit vector (docs/decisions/017). So an unsatisfiable
 * reading means an unsatisfiable query, and nothing else counts.
 */
import { Ranges } from '../ranges.js'
import { intSort, type Sort } from '../sorts.js'
import type { FunctionSymbol, Term } from '../term.js'
import { Form } from './form.js'
import { Slices, type Values } from './slices.js'
import { Unknowns } from './unknowns.js'

/** A query that is not read: arrays, or integers of its own. */
export class NotReadable extends Error {}

export class Reader implements Values {
  readonly unknowns = new Unknowns()
  /** What each variable and application of the query became. */
  readonly symbols = new Map<Term, Term>()
  readonly #ranges = new Ranges()
  readonly #slices: Slices
  readonly #forms = new Map<Term, Form>()
  readonly #truths = new Map<Term, Term>()
  readonly #unsigned = new Map<Term, Form>()
  readonly #signed = new Map<Term, Form>()
  readonly #quotients = new Map<Term, Map<bigint, Form>>()
  /** Functions that are applied to something else than constants. */
  readonly #functions = new Set<FunctionSymbol>()

  /** All terms of the query, arguments before what is built from them. */
  constructor(all: readonly Term[]) {
    for (const { symbol, args } of all) {
      if (symbol !== undefined && !args.every(({ isConstant }) => isConstant)) this.#functions.add(symbol)
    }
    this.#slices = new Slices(all, this)
    for (const term of all) {
      if (term.sort.kind === 'bool') this.#truths.set(term, this.#truth(term))
      else if (term.sort.kind !== 'bitvec') throw new NotReadable()
      else this.#forms.set(term, this.#form(term))
    }
  }

  truth(term: Term): Term {
    const made = this.#truths.get(term)
    if (made === undefined) throw new TypeError('a condition before what it is built from')
    return made
  }

  argument(term: Term): Term {
    return term.width > 0 ? this.unsigned(term).build(this.unknowns.terms) : this.truth(term)
  }

  /** The value without a sign. */
  unsigned(term: Term): Form {
    return this.#reduced(this.#unsigned, term, 0n)
  }

  /** The value in two's complement. */
  signed(term: Term): Form {
    return this.#reduced(this.#signed, term, -(1n << BigInt(term.width - 1)))
  }

  lowest(sum: Term, bits: number): Form {
    const modulus = 1n << BigInt(bits)
    const form = this.#formOf(sum)
    return form.isWithin(0n, modulus - 1n) ? form : this.#wrapped(form, 0n, modulus)
  }

  /** The value from `least` up to below `least` + 2^width. */
  #reduced(made: Map<Term, Form>, term: Term, least: bigint): Form {
    const before = made.get(term)
    if (before !== undefined) return before
    const modulus = 1n << BigInt(term.width)
    const most = least + modulus - 1n
    const form = this.#formOf(term)
    const value = form.isWithin(least, most) ? form : this.#wrapped(form, least, modulus)
    made.set(term, value)
    return value
  }

  #wrapped(form: Form, least: bigint, modulus: bigint): Form {
    const [fewest, most] = [floor(form.lo - least, modulus), floor(form.hi - least, modulus)]
    const wraps = this.unknowns.variable('wraps', fewest, most)
    return this.unknowns.bounded('wrapped', form.plus(wraps.times(-modulus)), least, least + modulus - 1n)
  }

  #truth(term: Term): Term {
    const { op, args } = term
    const { terms } = this.unknowns
    const [a, b] = args
    if (op === 'var') return this.#variable(term)
    if (op === 'apply') return this.#application(term)
    if (a !== undefined && b !== undefined && a.width > 0) {
      const [isOrder, orEqual] = [op !== 'eq', op === 'bvule' || op === 'bvsle']
      if (!isOrder) return this.#equal(a, b)
      if (op === 'bvslt' || op === 'bvsle') return this.unknowns.isBelow(this.signed(a), this.signed(b), orEqual)
      if (op === 'bvult' || op === 'bvule') return this.unknowns.isBelow(this.unsigned(a), this.unsigned(b), orEqual)
      throw new NotReadable()
    }
    return terms.copy(
      term,
      args.map((arg) => this.truth(arg)),
    )
  }

  #equal(a: Term, b: Term): Term {
    const { terms } = this.unknowns
    const [x, y] = this.#alike(a, b)
    return terms.eq(x.build(terms), y.build(terms))
  }

  /** Two values in the same reading: without a sign, unless only in two's complement neither can wrap. */
  #alike(a: Term, b: Term): readonly [Form, Form] {
    const forms = [this.#formOf(a), this.#formOf(b)]
    const half = 1n << BigInt(a.width - 1)
    const isUnsigned = forms.every((form) => form.isWithin(0n, 2n * half - 1n))
    const isSigned = !isUnsigned && forms.every((form) => form.isWithin(-half, half - 1n))
    return isSigned ? [this.signed(a), this.signed(b)] : [this.unsigned(a), this.unsigned(b)]
  }

  #variable(term: Term): Term {
    const own = this.unknowns.terms.variable(`=${term.symbol?.name}`, read(term.sort))
    this.symbols.set(term, own)
    return own
  }

  /** A function that is applied to constants only is as many variables. */
  #application(term: Term): Term {
    const { symbol, args, sort } = term
    if (symbol === undefined) throw new TypeError('an application of nothing')
    const { terms } = this.unknowns
    let value: Term
    if (this.#functions.has(symbol)) {
      const own = terms.declareFunction(`=${symbol.name}`, symbol.domain.map(read), read(symbol.range))
      value = terms.apply(own, ...args.map((arg) => this.argument(arg)))
    } else {
      const at = args.map((arg) => (arg.op === 'bv' ? arg.value : arg.op))
      value = terms.variable(`@${symbol.id} ${at.join(' ')}`, read(sort))
    }
    this.symbols.set(term, value)
    return value
  }

  #formOf(term: Term): Form {
    const made = this.#forms.get(term)
    if (made === undefined) throw new TypeError('a bit vector before what it is built from')
    return made
  }

  #form(term: Term): Form {
    const { op, args, width } = term
    const [a, b, c] = args
    if (op === 'bv') return Form.constant(term.value)
    if (op === 'var') return this.unknowns.within(this.#variable(term), 0n, (1n << BigInt(width)) - 1n)
    if (op === 'apply') return this.unknowns.within(this.#application(term), 0n, (1n << BigInt(width)) - 1n)
    if (op === 'bvadd') return Form.sum(args.map((arg) => this.#formOf(arg)))
    if (op === 'bvmul') return this.#product(term)
    if (op === 'concat') return this.#concat(args)
    if (a === undefined) throw new TypeError(`${op} of nothing`)
    if (op === 'bvneg') return this.#formOf(a).times(-1n)
    if (op === 'bvnot') return this.#formOf(a).times(-1n).plus(Form.constant(-1n))
    if (op === 'zero_extend') return this.unsigned(a)
    if (op === 'sign_extend') return this.signed(a)
    if (op === 'extract') return this.#extract(term, a)
    if (b === undefined) throw new TypeError(`${op} of one`)
    if (op === 'bvsub') return this.#formOf(a).plus(this.#formOf(b).times(-1n))
    if (op === 'ite' && c !== undefined) return this.unknowns.choice(this.truth(a), ...this.#alike(b, c))
    if (b.op === 'bv' && b.value > 0n && op === 'bvudiv') return this.#quotient(a, b.value)
    if (b.op === 'bv' && b.value > 0n && op === 'bvurem') return this.#rest(a, b.value)
    return width === 1 ? this.#bit(term) : this.#opaque(term)
  }

  #opaque(term: Term): Form {
    const { lo, hi } = this.#ranges.of(term)
    const args = term.args.map((arg) => this.argument(arg))
    return this.unknowns.function(`${term.op}.${term.width}.${args.length}`, args, lo, hi)
  }

  /** Bitwise operations on one bit are connectives. */
  #bit(term: Term): Form {
    const { terms } = this.unknowns
    const bits = term.args.map((arg) => terms.eq(this.argument(arg), terms.int(1)))
    if (term.op === 'bvand') return this.unknowns.flag(terms.all(bits))
    if (term.op === 'bvor') return this.unknowns.flag(terms.any(bits))
    if (term.op === 'bvxor') return this.unknowns.flag(bits.reduce((a, b) => terms.xor(a, b)))
    return this.#opaque(term)
  }

  /** A constant times one other factor is linear; large constants are better taken for negative ones. */
  #product(term: Term): Form {
    const [other, ...others] = term.args.filter(({ op }) => op !== 'bv')
    let factor = 1n
    for (const { op, value } of term.args) if (op === 'bv') factor *= value
    if (other === undefined) return Form.constant(factor)
    return others.length > 0 ? this.#opaque(term) : this.#formOf(other).times(BigInt.asIntN(term.width, factor))
  }

  #concat(parts: readonly Term[]): Form {
    let sum = Form.constant(0n)
    for (const part of parts) sum = sum.times(1n << BigInt(part.width)).plus(this.unsigned(part))
    return sum
  }

  /** a = divisor * quotient + rest, with 0 <= rest < divisor. */
  #quotient(a: Term, divisor: bigint): Form {
    const known = this.#quotients.get(a) ?? new Map<bigint, Form>()
    this.#quotients.set(a, known)
    const before = known.get(divisor)
    if (before !== undefined) return before
    const { terms } = this.unknowns
    const value = this.unsigned(a)
    const args = [value.build(terms)]
    const quotient = this.unknowns.function(`quotient.${divisor}`, args, value.lo / divisor, value.hi / divisor)
    this.unknowns.keeps(value.plus(quotient.times(-divisor)).build(terms), 0n, divisor - 1n)
    known.set(divisor, quotient)
    return quotient
  }

  #rest(a: Term, divisor: bigint): Form {
    const rest = this.unsigned(a).plus(this.#quotient(a, divisor).times(-divisor))
    return this.unknowns.bounded('rest', rest, 0n, divisor - 1n)
  }

  /** The highest bit is a sign. */
  #extract({ hi, lo }: Term, a: Term): Form {
    if (lo < a.width - 1 || lo === 0) return this.#slices.form(a, hi, lo)
    return this.unknowns.flag(this.unknowns.isBelow(this.signed(a), Form.constant(0n), false))
  }
}

/** Rounded down, for a positive divisor. */
function floor(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}

function read(sort: Sort): Sort {
  if (sort.kind === 'bitvec') return intSort
  if (sort.kind === 'bool') return sort
  throw new NotReadable()
}
