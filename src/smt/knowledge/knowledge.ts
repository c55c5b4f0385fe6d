/**
 * What follows from facts by looking at them one by one: which conditions they name hold, what is left of a condition of
 * several parts once the others are known, between which values bit vectors must lie, and which sums are above which. Much
 * of what a path is asked is told so, without a solver; what is not told is not known, which says nothing
 * (docs/decisions/020).
 */
import { Ranges } from '../ranges.js'
import type { Range } from '../rewrite/rule.js'
import { sharesOne, subjectsOf } from '../subjects.js'
import type { Term } from '../term.js'
import type { Terms } from '../terms.js'
import { Bounds } from './bounds.js'
import { openChoice, withoutKnownChoices } from './choices.js'
import { Layered } from './layered.js'
import { type Linear, LinearReader, plus, times } from './linear.js'
import { addend, lowerPart, narrowedBy, type Sides, upperPart } from './narrowing.js'

/** Conditions within conditions that are still looked into. */
const DEEPEST = 100

/** Choices, one within another, of which both sides are looked at. */
const SPLITS = 3

/** Facts are only ever added. */
export class Knowledge {
  readonly #terms: Terms
  readonly #truths: Layered<Term, boolean>
  readonly #narrowed: Layered<Term, Range>
  readonly #ranges: Ranges
  readonly #bounds: Bounds
  readonly #reader: LinearReader
  /** Conjunctions that are false: once all but one of their parts are known to hold, the last one does not. */
  #open: Term[]
  /** Comparisons of what hangs on choices: once some of those are known, less is left of them. */
  #choosing: (readonly [Term, boolean])[]
  /** Some facts were seen to exclude each other: what was supposed last cannot be. */
  #isContradictory = false
  /** Counts what became known of sides of comparisons. */
  #age = 0
  /** What was looked at by what was learned since open conjunctions were looked at. */
  #news = new Set<Term>()
  /** Of comparisons that were learned: the first side less the second. */
  readonly #differences: Layered<Term, Linear>
  /** Of others, at one age: what is known must not depend on what was asked. */
  #asked = { age: 0, differences: new Map<Term, Linear>() }
  /** The age at which nothing was said of a comparison. */
  readonly #unsaid = new Map<Term, number>()

  /** `from`: what is known before; it learns nothing more while this is in use, unless this is a copy. */
  constructor(terms: Terms, from?: Knowledge, isCopy = false) {
    this.#terms = terms
    const on = <V extends NonNullable<unknown>>(below: Layered<Term, V> | undefined): Layered<Term, V> =>
      isCopy && below !== undefined ? below.copy() : new Layered(below)
    this.#differences = on(from === undefined ? undefined : from.#differences)
    this.#truths = on(from === undefined ? undefined : from.#truths)
    this.#narrowed = on(from === undefined ? undefined : from.#narrowed)
    this.#open = from === undefined ? [] : [...from.#open]
    this.#choosing = from === undefined ? [] : [...from.#choosing]
    const rangeOf = (atom: Term): Range => this.#ranges.of(atom)
    if (isCopy && from !== undefined) {
      this.#ranges = from.#ranges.copy(this.#narrowed)
      this.#bounds = from.#bounds.copy(rangeOf)
    } else {
      this.#ranges = new Ranges({ narrowed: this.#narrowed, ...(from && { before: from.#ranges }) })
      this.#bounds = new Bounds(rangeOf, from === undefined ? undefined : from.#bounds)
    }
    this.#reader = new LinearReader(terms, (linear) => this.#bounds.of(linear))
  }

  /** One that knows the same, of facts that do not exclude each other as far as is seen, and learns for itself. */
  copy(): Knowledge {
    this.settle()
    return new Knowledge(this.#terms, this, true)
  }

  learn(fact: Term): void {
    this.#believe(fact, true)
  }

  /** Looks at what follows from what was learned last, as every question does first. */
  settle(): void {
    this.#closeAll()
  }

  /** What `condition` must be where all facts hold; undefined where that is not told. */
  valueOf(condition: Term): boolean | undefined {
    const rest = this.rest(condition)
    if (rest.isConstant) return rest.op === 'true'
    if (this.#excludes(rest)) return false
    return this.#excludes(this.#terms.not(rest)) ? true : undefined
  }

  /** The same as `condition` where all facts hold, without the parts of it that are known. */
  rest(condition: Term): Term {
    this.#closeAll()
    return this.#rest(condition)
  }

  /** Whether the facts and `condition` were seen to contradict each other: as they are, or whatever an `ite` comes to. */
  #excludes(condition: Term, splits = SPLITS): boolean {
    const supposing = this.#supposing(condition)
    if (supposing.#isContradictory) return true
    const rest = supposing.#chosen(condition)
    const choice = splits > 0 ? openChoice(rest) : undefined
    if (choice === undefined) return rest !== condition && supposing.#supposing(rest).#isContradictory
    return [choice, this.#terms.not(choice)].every((side) => {
      const chosen = supposing.#supposing(side)
      return chosen.#isContradictory || chosen.#excludes(chosen.#chosen(rest), splits - 1)
    })
  }

  #chosen(condition: Term): Term {
    return withoutKnownChoices(this.#terms, condition, (test) => this.#rest(test))
  }

  #supposing(condition: Term): Knowledge {
    const supposing = new Knowledge(this.#terms, this)
    supposing.learn(condition)
    supposing.#closeAll()
    return supposing
  }

  #rest(term: Term, depth = 0): Term {
    const terms = this.#terms
    if (term.isConstant || depth > DEEPEST) return term
    const known = this.#truths.get(term) ?? this.#compared(term)
    if (known !== undefined) return known ? terms.true : terms.false
    const [first] = term.args
    if (term.op === 'not' && first !== undefined) return terms.not(this.#rest(first, depth + 1))
    return term.op === 'and' ? terms.all(term.args.map((arg) => this.#rest(arg, depth + 1))) : term
  }

  /** What a comparison is, by what is known of its sides. */
  #compared(term: Term): boolean | undefined {
    if (this.#unsaid.get(term) === this.#age) return undefined
    const value = this.#valueBySides(term)
    if (value === undefined) this.#unsaid.set(term, this.#age)
    return value
  }

  #valueBySides(term: Term): boolean | undefined {
    const [first, second] = term.args
    if (first === undefined || second === undefined || first.width === 0) return undefined
    for (const value of [true, false]) {
      const left = narrowedBy(term.op, !value, [this.#ranges.of(first), this.#ranges.of(second)], first.width)
      if (left?.some(({ lo, hi }) => lo > hi) === true) return value
    }
    const difference = this.#differenceOf(term)
    if (difference === undefined) return undefined
    const { lo, hi } = this.#bounds.of(difference)
    if (term.op === 'eq') return lo > 0n || hi < 0n ? false : lo === 0n && hi === 0n ? true : undefined
    return hi < 0n ? true : lo >= 0n ? false : undefined
  }

  /** The first side less the second, where neither wraps; what does not wrap does not for more facts either. */
  #differenceOf(term: Term): Linear | undefined {
    if (this.#asked.age !== this.#age) this.#asked = { age: this.#age, differences: new Map() }
    const { differences } = this.#asked
    const known = this.#differences.get(term) ?? differences.get(term)
    if (known !== undefined) return known
    const found = this.#readDifference(term)
    if (found !== undefined) differences.set(term, found)
    return found
  }

  #readDifference({ op, args: [first, second] }: Term): Linear | undefined {
    if (first === undefined || second === undefined || first.width === 0) return undefined
    const readings = op === 'bvult' ? ['unsigned'] : op === 'bvslt' ? ['signed'] : op === 'eq' ? BOTH : []
    for (const reading of readings) {
      const [a, b] =
        reading === 'signed'
          ? [this.#reader.signed(first), this.#reader.signed(second)]
          : [this.#reader.unsigned(first), this.#reader.unsigned(second)]
      if (a !== undefined && b !== undefined) return plus(a, times(b, -1n))
    }
    return undefined
  }

  #believe(term: Term, value: boolean, depth = 0): void {
    if (depth > DEEPEST) return
    const known = term.isConstant ? term.op === 'true' : this.#truths.get(term)
    if (known !== undefined) {
      if (known !== value) this.#isContradictory = true
      return
    }
    if (this.#compared(term) === !value) this.#isContradictory = true
    this.#truths.set(term, value)
    this.#age++
    for (const subject of subjectsOf(term)) this.#news.add(subject)
    const [first] = term.args
    if (term.op === 'not' && first !== undefined) this.#believe(first, !value, depth + 1)
    else if (term.op === 'and') {
      if (value) for (const arg of term.args) this.#believe(arg, true, depth + 1)
      else this.#open.push(term)
    } else {
      this.#narrow(term, value)
      if (openChoice(term) !== undefined) this.#choosing.push([term, value])
    }
  }

  #closeAll(): void {
    while (this.#news.size > 0) {
      const [news, open, choosing] = [this.#news, this.#open, this.#choosing]
      this.#news = new Set()
      this.#open = []
      this.#choosing = []
      for (const [term, value] of choosing) {
        const rest = sharesOne(subjectsOf(term), news) ? this.#chosen(term) : term
        if (rest === term) this.#choosing.push([term, value])
        else this.#believe(rest, value)
      }
      for (const each of open) {
        if (sharesOne(subjectsOf(each), news)) this.#close(each)
        else this.#open.push(each)
      }
    }
  }

  /** A conjunction that is false: so is what is left of it once parts of it are known to hold. */
  #close(conjunction: Term): void {
    const rest = this.#terms.all(conjunction.args.map((arg) => this.#rest(arg)))
    if (rest === conjunction) this.#open.push(conjunction)
    else this.#believe(rest, false)
  }

  #narrow(term: Term, value: boolean): void {
    const [a, b] = term.args
    if (a === undefined || b === undefined || a.width === 0) return
    const difference = this.#differenceOf(term)
    if (difference !== undefined) {
      this.#differences.set(term, difference)
      this.#bound(difference, term.op, value)
    }
    const sides: Sides = [this.#ranges.of(a), this.#ranges.of(b)]
    const narrowed = narrowedBy(term.op, value, sides, a.width)
    if (narrowed === undefined) return
    this.#within(a, narrowed[0])
    this.#within(b, narrowed[1])
  }

  #bound(difference: Linear, op: Term['op'], value: boolean): void {
    const one: Linear = { parts: new Map(), constant: 1n }
    const opposite = times(difference, -1n)
    const atMost0 = op !== 'eq' ? [value ? plus(difference, one) : opposite] : value ? [difference, opposite] : []
    for (const each of atMost0) this.#boundBy0(each)
  }

  #boundBy0(linear: Linear): void {
    const [only, ...others] = linear.parts
    if (others.length > 0) this.#bounds.learn(linear)
    if (only === undefined || others.length > 0) return
    const [atom, factor] = only
    const { lo, hi } = this.#ranges.of(atom)
    // Rounded towards where no integer is left out.
    if (factor > 0n) this.#within(atom, { lo, hi: floored(-linear.constant, factor) })
    else this.#within(atom, { lo: -floored(-linear.constant, -factor), hi })
  }

  #within(term: Term, range: Range): void {
    if (term.isConstant) return
    const before = this.#ranges.of(term)
    const both = narrowedBy('eq', true, [before, range], term.width)
    if (both === undefined) return
    const [{ lo, hi }] = both
    if (lo > hi) this.#isContradictory = true
    if (lo > hi || (lo === before.lo && hi === before.hi)) return
    this.#narrowed.set(term, { lo, hi })
    this.#age++
    this.#ranges.narrowed(term)
    this.#withinArguments(term, { lo, hi })
  }

  /** What the range of a term says of what it is made of. */
  #withinArguments(term: Term, range: Range): void {
    const [first, ...others] = term.args
    if (first === undefined) return
    if (term.op === 'bvadd' && others.length === 1) {
      const [other] = others
      const [constant, part] = first.op === 'bv' ? [first, other] : [other, first]
      if (constant?.op !== 'bv' || part === undefined) return
      const found = addend(range, constant.value, term.width)
      if (found !== undefined) this.#within(part, found)
    }
    if (term.op === 'concat') this.#withinParts(term.args, range)
  }

  #withinParts(parts: readonly Term[], whole: Range): void {
    const [first, ...others] = parts
    if (first === undefined) return
    if (others.length === 0) {
      this.#within(first, whole)
      return
    }
    const bits = others.reduce((sum, { width }) => sum + width, 0)
    const lower = others.reduce(
      (sum, part) => {
        const { lo, hi } = this.#ranges.of(part)
        const width = BigInt(part.width)
        return { lo: (sum.lo << width) | lo, hi: (sum.hi << width) | hi }
      },
      { lo: 0n, hi: 0n },
    )
    this.#within(first, upperPart(whole, lower, bits))
    const upper = this.#ranges.of(first)
    if (upper.lo === upper.hi) this.#withinParts(others, lowerPart(whole, upper.lo, bits))
  }
}

const BOTH = ['unsigned', 'signed'] as const

/** Divided by what is above 0. */
function floored(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by)
}
