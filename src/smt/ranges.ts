/**
 * Interval analysis: between which unsigned values a bit vector must lie, from its structure and what else is known of
 * terms. One step of it, from the ranges of the arguments to that of the term, is a theorem like a rewriting rule, and is
 * logged and proved like one.
 */
import { reachable } from './reachable.js'
import type { Range } from './rewrite/rule.js'
import type { Op, Term } from './term.js'

export type RangeListener = (term: Term, range: Range, args: readonly Range[]) => void

export interface RangesOptions {
  readonly onStep?: RangeListener
  /** What else is known of some terms. Where it comes to say more of one, that is to be told (`narrowed`). */
  readonly narrowed?: { get(term: Term): Range | undefined }
  /** What is known of them before `narrowed` said more. It is asked nothing else while these are in use. */
  readonly before?: Ranges
}

/** Ranges of terms, remembered. */
export class Ranges {
  readonly #known = new Map<Term, Range>()
  readonly #onStep: RangeListener | undefined
  readonly #narrowed: RangesOptions['narrowed']
  readonly #before: Ranges | undefined
  /** What was known before, and must be found out anew. */
  readonly #outdated = new Set<Term>()
  /** Of terms, also of those before: what was found out from their ranges. */
  #users: Map<Term, Set<Term>>

  constructor({ onStep, narrowed, before }: RangesOptions = {}) {
    this.#onStep = onStep
    this.#narrowed = narrowed
    this.#before = before
    this.#users = before === undefined ? new Map() : before.#users
  }

  /** Others that know the same; `narrowed` says for them what else is known. Of these, none are before them. */
  copy(narrowed: RangesOptions['narrowed']): Ranges {
    const copy = new Ranges({ ...(this.#onStep && { onStep: this.#onStep }), ...(narrowed && { narrowed }) })
    for (const [term, range] of this.#known) copy.#known.set(term, range)
    // Whoever hangs on a term hangs on it whatever is known.
    copy.#users = this.#users
    return copy
  }

  /** The range of a bit vector; of any other term, and of a bit, all there is. */
  of(term: Term): Range {
    const known = this.#remembered(term)
    if (known !== undefined) return known
    if (!isTracked(term)) return full(term.width)
    if (term.args.every((arg) => !this.#isOpen(arg))) this.#step(term)
    else for (const part of reachable([term], (part) => !this.#isOpen(part))) this.#step(part)
    return this.#known.get(term) ?? full(term.width)
  }

  /** More is known of a term: what hangs on it is found out anew. */
  narrowed(term: Term): void {
    const stack = [term]
    for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
      if (part !== term && this.#found(part) === undefined) continue
      this.#known.delete(part)
      if (this.#before !== undefined) this.#outdated.add(part)
      for (const user of this.#users.get(part) ?? []) stack.push(user)
    }
  }

  #step(term: Term): void {
    const args = term.args.map((arg) => this.#ofKnown(arg))
    const range = step(term, args)
    this.#known.set(term, this.#within(term, range))
    if (this.#narrowed !== undefined) this.#note(term)
    if (range.lo > 0n || range.hi < full(term.width).hi) this.#onStep?.(term, range, args)
  }

  #note(term: Term): void {
    for (const arg of term.args) {
      if (arg.op === 'bv') continue
      const users = this.#users.get(arg)
      if (users === undefined) this.#users.set(arg, new Set([term]))
      else users.add(term)
    }
  }

  /** Whether there is something to be found out of it. */
  #isOpen(term: Term): boolean {
    return term.op !== 'bv' && isTracked(term) && this.#found(term) === undefined
  }

  #ofKnown(term: Term): Range {
    return this.#remembered(term) ?? full(term.width)
  }

  #remembered(term: Term): Range | undefined {
    if (term.op === 'bv') return { lo: term.value, hi: term.value }
    return this.#found(term) ?? (isTracked(term) ? undefined : this.#narrowed?.get(term))
  }

  #found(term: Term): Range | undefined {
    const own = this.#known.get(term)
    if (own !== undefined || this.#before === undefined || this.#outdated.has(term)) return own
    return this.#before.#found(term)
  }

  #within(term: Term, { lo, hi }: Range): Range {
    const known = this.#narrowed?.get(term)
    if (known === undefined) return { lo, hi }
    const both = { lo: max(lo, known.lo), hi: min(hi, known.hi) }
    // What contradicts itself says nothing.
    return both.lo > both.hi ? { lo, hi } : both
  }
}

const FULL = new Map<number, Range>()

function full(width: number): Range {
  const known = FULL.get(width)
  if (known !== undefined) return known
  const found = { lo: 0n, hi: (1n << BigInt(width)) - 1n }
  FULL.set(width, found)
  return found
}

/** Whether anything can be said of such a term. */
function isTracked(term: Term): boolean {
  return steps[term.op] !== undefined && term.width > 0
}

function step(term: Term, args: readonly Range[]): Range {
  const compute = steps[term.op]
  if (compute === undefined) return full(term.width)
  const all = full(term.width)
  const { lo, hi } = compute(term, args)
  // Whatever wraps may be anything.
  return lo < 0n || hi > all.hi ? all : { lo, hi }
}

/** Wider divisions are left alone: the embedded Z3 does not prove all steps for them. */
const maxDivisionWidth = 64n

const unknown: Range = { lo: -1n, hi: -1n }

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

/** The largest value that has no more bits than `value`. */
function filled(value: bigint): bigint {
  return value === 0n ? 0n : (1n << BigInt(value.toString(2).length)) - 1n
}

type Step = (term: Term, args: readonly Range[]) => Range

function ofTwo(compute: (a: Range, b: Range, width: bigint) => Range): Step {
  return ({ width }, [a, b]) => (a === undefined || b === undefined ? unknown : compute(a, b, BigInt(width)))
}

function ofAll(combine: (a: Range, b: Range) => Range): Step {
  return (_, args) => (args.length === 0 ? unknown : args.reduce(combine))
}

const steps: Partial<Record<Op, Step>> = {
  concat: ({ args: parts }, args) => {
    let [lo, hi] = [0n, 0n]
    for (const [i, { width }] of parts.entries()) {
      const part = args[i] ?? full(width)
      lo = (lo << BigInt(width)) | part.lo
      hi = (hi << BigInt(width)) | part.hi
    }
    return { lo, hi }
  },
  zero_extend: (_, [a = unknown]) => a,
  sign_extend: ({ hi: bits, width }, [a = unknown]) => (a.hi < 1n << BigInt(width - bits - 1) ? a : unknown),
  extract: ({ hi, lo }, [a = unknown]) =>
    a.hi < 1n << BigInt(hi + 1) ? { lo: a.lo >> BigInt(lo), hi: a.hi >> BigInt(lo) } : unknown,
  ite: (_, [, yes = unknown, no = unknown]) => ({ lo: min(yes.lo, no.lo), hi: max(yes.hi, no.hi) }),
  bvadd: ({ width }, args) => {
    const lo = args.reduce((sum, arg) => sum + arg.lo, 0n)
    const hi = args.reduce((sum, arg) => sum + arg.hi, 0n)
    const wraps = lo >> BigInt(width)
    // All sums wrap as often, or there is no telling.
    return wraps === hi >> BigInt(width)
      ? { lo: lo - (wraps << BigInt(width)), hi: hi - (wraps << BigInt(width)) }
      : unknown
  },
  bvneg: ({ width }, [a = unknown]) =>
    a.lo > 0n ? { lo: (1n << BigInt(width)) - a.hi, hi: (1n << BigInt(width)) - a.lo } : unknown,
  bvmul: ofAll((a, b) => ({ lo: a.lo * b.lo, hi: a.hi * b.hi })),
  bvnot: ({ width }, [a = unknown]) => ({ lo: full(width).hi - a.hi, hi: full(width).hi - a.lo }),
  bvand: ofAll((a, b) => ({ lo: 0n, hi: min(a.hi, b.hi) })),
  bvor: ofAll((a, b) => ({ lo: max(a.lo, b.lo), hi: filled(max(a.hi, b.hi)) })),
  bvxor: ofAll((a, b) => ({ lo: 0n, hi: filled(max(a.hi, b.hi)) })),
  bvudiv: ofTwo((a, b, width) =>
    b.lo === 0n || width > maxDivisionWidth ? unknown : { lo: a.lo / b.hi, hi: a.hi / b.lo },
  ),
  bvurem: ofTwo((a, b, width) => {
    if (width > maxDivisionWidth) return unknown
    if (b.lo === 0n) return { lo: 0n, hi: a.hi }
    return a.hi < b.lo ? a : { lo: 0n, hi: min(a.hi, b.hi - 1n) }
  }),
  bvlshr: ofTwo((a, b, width) => ({
    lo: b.hi >= width ? 0n : a.lo >> b.hi,
    hi: b.lo >= width ? 0n : a.hi >> b.lo,
  })),
}
