/**
 * Bit vectors read as integers. Each bit vector has a form (form.ts) that is congruent to it modulo 2^width: sums,
 * differences and multiples keep theirs unreduced, so that whatever does not wrap costs nothing. Where the value itself
 * is asked for, unsigned or in two's complement, and the form may lie outside, an unknown multiple of 2^width is taken
 * off. What is not linear becomes an integer between bounds of which nothing else is known.
 *
 * Why this is sound: for any values of the query's variables and functions there are values of the integers made here
 * with which all of `facts` hold and each integer is the value of its bit vector (decision 013). So an unsatisfiable
 * reading means an unsatisfiable query, and nothing else counts.
 */
import { Ranges } from '../ranges.js'
import { intSort, type Sort } from '../sorts.js'
import type { Range } from '../rewrite/rule.js'
import type { Term } from '../term.js'
import { Terms } from '../terms.js'
import { Form } from './form.js'

/** Wider bit vectors that are put together or taken apart are not numbers as wholes: a solver gains nothing from it. */
const MOST = 1n << 64n

/** A query that is not read: arrays, or integers of its own. */
export class NotReadable extends Error {}

export class Reader {
  readonly terms = new Terms()
  /** What is known of the integers made here. */
  readonly facts: Term[] = []
  /** What each variable and application of the query became. */
  readonly symbols = new Map<Term, Term>()
  readonly #ranges = new Ranges()
  readonly #forms = new Map<Term, Form>()
  readonly #truths = new Map<Term, Term>()
  readonly #unsigned = new Map<Term, Form>()
  readonly #signed = new Map<Term, Form>()
  /** Where slices of a term begin and end. */
  readonly #cuts = new Map<Term, Set<number>>()
  readonly #slices = new Map<Term, readonly Slice[]>()
  readonly #quotients = new Map<string, Form>()

  /** All terms of the query, arguments before what is built from them. */
  constructor(all: readonly Term[]) {
    for (const { op, args, hi, lo } of all) {
      const [a] = args
      if (op === 'extract' && a !== undefined) for (const slice of this.#leaves(a, hi, lo)) this.#cut(slice)
    }
    for (const term of all) {
      if (term.width > 0) this.#forms.set(term, this.#form(term))
      else if (term.sort.kind === 'bool') this.#truths.set(term, this.#truth(term))
      else throw new NotReadable()
    }
  }

  truth(term: Term): Term {
    return found(this.#truths, term)
  }

  #truth(term: Term): Term {
    const { op, args } = term
    const [a, b] = args
    const t = this.terms
    switch (op) {
      case 'true':
      case 'false':
        return t.bool(op === 'true')
      case 'var':
        return this.#variable(term)
      case 'apply':
        return this.#applied(term)
      case 'bvult':
      case 'bvule':
        return this.#compare(op === 'bvule', this.#unsignedOf(known(a)), this.#unsignedOf(known(b)))
      case 'bvslt':
      case 'bvsle':
        return this.#compare(op === 'bvsle', this.#signedOf(known(a)), this.#signedOf(known(b)))
      case 'eq':
        if (known(a).width > 0) return this.#equal(known(a), known(b))
        break
    }
    return t.copy(
      term,
      args.map((arg) => this.truth(arg)),
    )
  }

  #compare(orEqual: boolean, a: Form, b: Form): Term {
    const difference = a.plus(b.times(-1n)).plus(Form.constant(orEqual ? 0n : 1n))
    if (difference.hi <= 0n) return this.terms.true
    if (difference.lo > 0n) return this.terms.false
    return this.terms.intLe(difference.build(this.terms), this.terms.int(0))
  }

  #equal(a: Term, b: Term): Term {
    const [x, y] = this.#alike(a, b)
    return this.terms.eq(x.build(this.terms), y.build(this.terms))
  }

  /** Two values in the same reading: without a sign, unless only in two's complement neither can wrap. */
  #alike(a: Term, b: Term): readonly [Form, Form] {
    const forms = [this.#formOf(a), this.#formOf(b)]
    const half = 1n << BigInt(a.width - 1)
    const isUnsigned = forms.every((form) => form.isWithin(0n, 2n * half - 1n))
    const isSigned = !isUnsigned && forms.every((form) => form.isWithin(-half, half - 1n))
    return isSigned ? [this.#signedOf(a), this.#signedOf(b)] : [this.#unsignedOf(a), this.#unsignedOf(b)]
  }

  #variable(term: Term): Term {
    const own = this.terms.variable(`=${term.symbol?.name ?? ''}`, read(term.sort))
    this.symbols.set(term, own)
    return own
  }

  #applied(term: Term): Term {
    const { symbol, args } = term
    if (symbol === undefined) throw new NotReadable()
    const own = this.terms.declareFunction(`=${symbol.name}`, symbol.domain.map(read), read(symbol.range))
    const values = args.map((arg) => (arg.width > 0 ? this.#unsignedOf(arg).build(this.terms) : this.truth(arg)))
    const value = this.terms.apply(own, ...values)
    this.symbols.set(term, value)
    return value
  }

  #formOf(term: Term): Form {
    return found(this.#forms, term)
  }

  #form(term: Term): Form {
    const { op, args, width } = term
    const [a, b, c] = args
    switch (op) {
      case 'bv':
        return Form.constant(term.value)
      case 'var':
        return this.#within(this.#variable(term), term)
      case 'apply':
        return this.#within(this.#applied(term), term)
      case 'bvadd':
        return Form.sum(args.map((arg) => this.#formOf(arg)))
      case 'bvsub':
        return this.#formOf(known(a)).plus(this.#formOf(known(b)).times(-1n))
      case 'bvneg':
        return this.#formOf(known(a)).times(-1n)
      case 'bvnot':
        return this.#formOf(known(a)).times(-1n).plus(Form.constant(-1n))
      case 'bvmul':
        return this.#product(term)
      case 'concat':
        return this.#concat(args)
      case 'zero_extend':
        return this.#unsignedOf(known(a))
      case 'sign_extend':
        return this.#signedOf(known(a))
      case 'extract':
        return this.#extract(term, known(a))
      case 'ite':
        return this.#choice(known(a), known(b), known(c))
      case 'bvudiv':
      case 'bvurem':
        if (known(b).op === 'bv' && known(b).value > 0n) return this.#division(op, known(a), known(b).value)
        break
    }
    return width === 1 ? this.#bit(term) : this.#opaque(term, this.#ranges.of(term))
  }

  /** Between the bounds that the structure of the bit vector shows. */
  #within(value: Term, { width }: Pick<Term, 'width'>, { lo, hi } = { lo: 0n, hi: (1n << BigInt(width)) - 1n }): Form {
    this.facts.push(this.terms.intLe(this.terms.int(lo), value), this.terms.intLe(value, this.terms.int(hi)))
    return Form.of({ term: value, lo, hi })
  }

  /** An integer of which only its bounds are known. */
  #unknown(name: string, lo: bigint, hi: bigint): Form {
    if (lo === hi) return Form.constant(lo)
    return this.#within(this.terms.fresh(`:${name}`, intSort), { width: 0 }, { lo, hi })
  }

  /** Some function of other integers, of which only its bounds are known, and that it is a function. */
  #function(name: string, of: readonly Form[], lo: bigint, hi: bigint): Form {
    if (lo === hi) return Form.constant(lo)
    const args = of.map((form) => form.build(this.terms))
    const symbol = this.terms.declareFunction(
      `:${name}`,
      args.map(() => intSort),
      intSort,
    )
    return this.#within(this.terms.apply(symbol, ...args), { width: 0 }, { lo, hi })
  }

  #opaque({ op, width, args }: Term, range: Range): Form {
    const values = args.map((arg) => this.#unsignedOf(arg))
    return this.#function(`${op}.${width}.${args.length}`, values, range.lo, range.hi)
  }

  /** One bit by what it is true for; other operations than these three are opaque. */
  #bit(term: Term): Form {
    const bits = () => term.args.map((arg) => this.#isOne(arg))
    const t = this.terms
    switch (term.op) {
      case 'bvand':
        return this.#flag(t.all(bits()))
      case 'bvor':
        return this.#flag(t.any(bits()))
      case 'bvxor':
        return this.#flag(bits().reduce((a, b) => t.xor(a, b)))
      default:
        return this.#opaque(term, this.#ranges.of(term))
    }
  }

  #isOne(bit: Term): Term {
    return this.terms.eq(this.#unsignedOf(bit).build(this.terms), this.terms.int(1))
  }

  #flag(condition: Term): Form {
    const term = this.terms.ite(condition, this.terms.int(1), this.terms.int(0))
    if (term.op === 'int') return Form.constant(term.value)
    return Form.of({ term, lo: 0n, hi: 1n })
  }

  /** A constant times one other factor is linear; large constants are better taken for negative ones. */
  #product(term: Term): Form {
    const constants = term.args.filter(({ op }) => op === 'bv')
    const others = term.args.filter(({ op }) => op !== 'bv')
    const [other] = others
    const factor = constants.reduce((product, { value }) => product * value, 1n)
    if (other === undefined) return Form.constant(factor)
    if (others.length > 1) return this.#opaque(term, this.#ranges.of(term))
    return this.#formOf(other).times(BigInt.asIntN(term.width, factor))
  }

  #concat(parts: readonly Term[]): Form {
    const values = parts.map((part) => this.#unsignedOf(part))
    let sum = Form.constant(0n)
    for (const [i, { width }] of parts.entries()) {
      sum = sum.times(1n << BigInt(width)).plus(values[i] ?? Form.constant(0n))
    }
    if (sum.hi < MOST) return sum
    return this.#function(`concat.${parts.map(({ width }) => width).join('.')}`, values, sum.lo, sum.hi)
  }

  #choice(condition: Term, yes: Term, no: Term): Form {
    return this.#choose(this.truth(condition), ...this.#alike(yes, no))
  }

  #choose(condition: Term, x: Form, y: Form): Form {
    const term = this.terms.ite(condition, x.build(this.terms), y.build(this.terms))
    if (term.op === 'int') return Form.constant(term.value)
    return Form.of({ term, lo: x.lo < y.lo ? x.lo : y.lo, hi: x.hi > y.hi ? x.hi : y.hi })
  }

  /** a = divisor * quotient + rest, with 0 <= rest < divisor. */
  #division(op: 'bvudiv' | 'bvurem', a: Term, divisor: bigint): Form {
    const value = this.#unsignedOf(a)
    const name = `${a.id} ${divisor}`
    const quotient = this.#quotients.get(name) ?? this.#function(`quotient.${divisor}`, [value], value.lo / divisor, value.hi / divisor)
    const rest = value.plus(quotient.times(-divisor))
    if (!this.#quotients.has(name)) {
      this.#quotients.set(name, quotient)
      this.#between(rest, 0n, divisor - 1n)
    }
    return op === 'bvudiv' ? quotient : this.#named('rest', rest, 0n, divisor - 1n)
  }

  /** The lowest bits of a sum are a sum; else a slice. */
  #extract({ hi, lo }: Term, a: Term): Form {
    const { op, width } = a
    if (lo === 0 && (op === 'bvadd' || op === 'bvneg' || op === 'bvmul' || op === 'bvsub' || op === 'bvnot')) {
      return this.#formOf(a)
    }
    if (lo === width - 1) {
      const half = 1n << BigInt(lo)
      const form = this.#formOf(a)
      if (form.isWithin(-half, half - 1n)) return this.#flag(this.#compare(false, form, Form.constant(0n)))
      return this.#flag(this.#compare(true, Form.constant(half), this.#unsignedOf(a)))
    }
    return this.#slice(a, hi, lo)
  }

  /** Bits `hi` to `lo`, looked for in what the term is put together of: slices of a slice are slices. */
  #slice(a: Term, hi: number, lo: number): Form {
    if (lo === 0 && hi === a.width - 1) return this.#unsignedOf(a)
    const [x, y, z] = a.args
    if (a.op === 'bv') return Form.constant(BigInt.asUintN(hi - lo + 1, a.value >> BigInt(lo)))
    if (a.op === 'extract') return this.#slice(known(x), hi + a.lo, lo + a.lo)
    if (a.op === 'concat') {
      return Form.sum(
        within(a, hi, lo).map(({ part, hi, lo, at }) => this.#slice(part, hi, lo).times(1n << BigInt(at))),
      )
    }
    if (a.op === 'ite') return this.#choose(this.truth(known(x)), this.#slice(known(y), hi, lo), this.#slice(known(z), hi, lo))
    const inside = this.#slicesOf(a).filter((slice) => slice.lo >= lo && slice.lo <= hi)
    return Form.sum(inside.map((slice) => slice.form.times(1n << BigInt(slice.lo - lo))))
  }

  /** The slices of terms that are not put together of others that this one consists of. */
  *#leaves(a: Term, hi: number, lo: number): Generator<{ readonly part: Term; readonly hi: number; readonly lo: number }> {
    const [x, y, z] = a.args
    if (a.op === 'bv' || (lo === 0 && hi === a.width - 1)) return
    if (a.op === 'extract') yield* this.#leaves(known(x), hi + a.lo, lo + a.lo)
    else if (a.op === 'concat') for (const piece of within(a, hi, lo)) yield* this.#leaves(piece.part, piece.hi, piece.lo)
    else if (a.op === 'ite') {
      yield* this.#leaves(known(y), hi, lo)
      yield* this.#leaves(known(z), hi, lo)
    } else yield { part: a, hi, lo }
  }

  #cut({ part, hi, lo }: { readonly part: Term; readonly hi: number; readonly lo: number }): void {
    const cuts = this.#cuts.get(part) ?? new Set([0, part.width])
    this.#cuts.set(part, cuts.add(lo).add(hi + 1))
  }

  /** The value taken apart at every place where some slice of it begins or ends. */
  #slicesOf(a: Term): readonly Slice[] {
    const made = this.#slices.get(a)
    if (made !== undefined) return made
    const value = this.#unsignedOf(a)
    const cuts = [...(this.#cuts.get(a) ?? [])].sort((x, y) => x - y)
    const slices = cuts.slice(0, -1).map((lo, i): Slice => {
      const bits = (cuts[i + 1] ?? lo) - lo
      const most = value.hi >> BigInt(lo)
      const widest = (1n << BigInt(bits)) - 1n
      return { lo, form: this.#function(`slice.${lo}.${bits}`, [value], 0n, most < widest ? most : widest) }
    })
    if (value.hi < MOST || !isGiven(a)) {
      const sum = Form.sum(slices.map(({ lo, form }) => form.times(1n << BigInt(lo))))
      this.facts.push(this.terms.eq(value.build(this.terms), sum.build(this.terms)))
    }
    this.#slices.set(a, slices)
    return slices
  }

  #unsignedOf(term: Term): Form {
    return this.#reduced(this.#unsigned, term, 0n)
  }

  #signedOf(term: Term): Form {
    return this.#reduced(this.#signed, term, -(1n << BigInt(term.width - 1)))
  }

  /** The value from `least` up to below `least` + 2^width. */
  #reduced(made: Map<Term, Form>, term: Term, least: bigint): Form {
    const before = made.get(term)
    if (before !== undefined) return before
    const modulus = 1n << BigInt(term.width)
    const form = this.#formOf(term)
    const most = least + modulus - 1n
    const value = form.isWithin(least, most) ? form : this.#wrapped(form, least, modulus)
    made.set(term, value)
    return value
  }

  #wrapped(form: Form, least: bigint, modulus: bigint): Form {
    const wraps = this.#unknown('wraps', floor(form.lo - least, modulus), floor(form.hi - least, modulus))
    return this.#named('wrapped', form.plus(wraps.times(-modulus)), least, least + modulus - 1n)
  }

  /** A form that is known to lie between tighter bounds than its atoms show, as an integer of its own. */
  #named(name: string, form: Form, lo: bigint, hi: bigint): Form {
    if (form.isWithin(lo, hi)) return form
    const value = this.#unknown(name, lo, hi)
    this.facts.push(this.terms.eq(value.build(this.terms), form.build(this.terms)))
    return value
  }

  #between(form: Form, lo: bigint, hi: bigint): void {
    const value = form.build(this.terms)
    this.facts.push(this.terms.intLe(this.terms.int(lo), value), this.terms.intLe(value, this.terms.int(hi)))
  }
}

/** What nothing is computed of: keys and records, of which only parts are numbers. */
function isGiven({ op }: Term): boolean {
  return op === 'var' || op === 'apply'
}

interface Slice {
  readonly lo: number
  readonly form: Form
}

interface Piece {
  readonly part: Term
  readonly hi: number
  readonly lo: number
  /** Where it is in the slice. */
  readonly at: number
}

/** What bits `hi` to `lo` of a concat are, of its parts. */
function within(concat: Term, hi: number, lo: number): Piece[] {
  const pieces: Piece[] = []
  let at = concat.width
  for (const part of concat.args) {
    at -= part.width
    const [top, bottom] = [Math.min(hi, at + part.width - 1), Math.max(lo, at)]
    if (top >= bottom) pieces.push({ part, hi: top - at, lo: bottom - at, at: bottom - lo })
  }
  return pieces
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

function known(term: Term | undefined): Term {
  if (term === undefined) throw new NotReadable()
  return term
}

function found<V>(map: ReadonlyMap<Term, V>, term: Term): V {
  const value = map.get(term)
  if (value === undefined) throw new NotReadable()
  return value
}
