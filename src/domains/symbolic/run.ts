/**
 * One run of a specification on one path: what everything in it asks the path through. Values become terms and terms
 * values here, decisions and obligations get their place in the author's source.
 */
import { SortError, type Term, type Terms } from '../../smt/index.js'
import { SpecError } from '../../spec/error.js'
import { currentPlace, errorHere, type Scalar } from '../../spec/instrumented/index.js'
import { type Integer, Integers } from './integer.js'
import { type Path, Undecidable } from './path.js'
import {
  type BigintValue,
  type NumberValue,
  SymbolicBigint,
  SymbolicNumber,
  SymbolicTruth,
  type TruthValue,
} from './values.js'

/** The largest number of the language, 2^53 - 1. */
export const MOST = BigInt(Number.MAX_SAFE_INTEGER)

/** Says that a value cannot be had without going one way or the other. */
class Undecided extends Error {}

/** How an expression that is only tried may fail; anything else is not about the specification. */
const expected = [Undecided, SpecError, Undecidable, SortError, TypeError, ReferenceError]

export class Run {
  readonly path: Path
  readonly terms: Terms
  readonly integers: Integers
  /** How many ports the network function has. */
  readonly portCount: number
  /** The time of the packet, nanoseconds. */
  readonly now: Integer
  /** What the parts of an expression that is only tried must hold under, outermost first. */
  readonly #guards: Term[] = []
  #pending: { readonly what: string; readonly holds: Term }[] = []

  constructor(path: Path, portCount: number, now: Integer) {
    this.path = path
    this.terms = path.terms
    this.integers = new Integers(path.terms)
    this.portCount = portCount
    this.now = now
  }

  /** Which way the run goes. */
  decide(condition: Term): boolean {
    if (condition === this.terms.true) return true
    if (condition === this.terms.false) return false
    this.effect()
    return this.path.decide(condition, currentPlace())
  }

  /**
   * What has to hold of the specification here, or it is wrong in itself. Where it cannot hold at all the run ends with
   * the error that `what` says.
   */
  oblige(what: string, holds: Term): void {
    if (holds === this.terms.true) return
    const guard = this.#guards.at(-1)
    if (guard !== undefined) {
      this.#pending.push({ what, holds: this.terms.implies(this.terms.all(this.#guards), holds) })
      return
    }
    this.path.oblige({ guarantee: 'specification', what, place: currentPlace(), holds })
    if (holds === this.terms.false) throw errorHere(what)
  }

  /** A fact that is known from elsewhere. */
  assume(fact: Term): void {
    if (fact === this.terms.true) return
    this.effect()
    this.path.assume(fact)
  }

  /** Called where the run does more than compute: an expression that is only tried must not get here. */
  effect(): void {
    if (this.#guards.length > 0) throw new Undecided()
  }

  /**
   * What `compute` gives, or undefined where it is not as wanted, or where it would decide, fail or change something.
   * What it must keep to be right (numbers that fit) it need keep under `guard` only.
   */
  attempt<T>(guard: Term, compute: () => unknown, isWanted: (value: unknown) => value is T): T | undefined {
    const outer = this.#pending
    this.#pending = []
    this.#guards.push(guard)
    try {
      const value = compute()
      if (!isWanted(value)) return undefined
      outer.push(...this.#pending)
      return value
    } catch (error) {
      // Whatever went wrong goes wrong again, in its place, if the run gets there.
      if (expected.some((kind) => error instanceof kind)) return undefined
      throw error
    } finally {
      this.#guards.pop()
      this.#pending = outer
    }
  }

  /** Obliges what came up in attempts that were successful. */
  settle(): void {
    if (this.#guards.length > 0) return
    const pending = this.#pending
    this.#pending = []
    for (const { what, holds } of pending) this.oblige(what, holds)
  }

  number(value: Integer): NumberValue {
    const { constant } = value
    return constant === undefined ? new SymbolicNumber(value) : Number(constant)
  }

  bigint(value: Integer): BigintValue {
    return value.constant ?? new SymbolicBigint(value)
  }

  truth(term: Term): TruthValue {
    if (term === this.terms.true) return true
    return term === this.terms.false ? false : new SymbolicTruth(term)
  }

  /** The integer that a number or bigint of the specification is. */
  integer(value: unknown, what: string): Integer {
    if (value instanceof SymbolicNumber || value instanceof SymbolicBigint) return value.integer
    if (typeof value === 'bigint') return this.integers.of(value)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return this.integers.of(BigInt(value))
    throw errorHere(`${what} is not a whole number, but ${typeof value === 'number' ? value : typeof value}`)
  }

  /** `integer` for a value that must be a bigint (`wide`) or a number. */
  integerOf(value: unknown, wide: boolean, what: string): Integer {
    const isWide = typeof value === 'bigint' || value instanceof SymbolicBigint
    const isNumber = typeof value === 'number' || value instanceof SymbolicNumber
    if (wide ? isWide : isNumber) return this.integer(value, what)
    throw errorHere(`${what} takes a ${wide ? 'bigint' : 'number'}`, isNumber ? 'make it one with wide(n)' : undefined)
  }

  term(value: Scalar): Term {
    if (value instanceof SymbolicTruth) return value.term
    if (typeof value === 'boolean') return this.terms.bool(value)
    throw errorHere('a truth value is expected here')
  }

  isBetween(value: Integer, lo: bigint, hi: bigint): Term {
    const { integers, terms } = this
    return terms.and(integers.le(integers.of(lo), value), integers.le(value, integers.of(hi)))
  }

  /** Obliges `value` to lie between bounds, and takes it from there on that it does. */
  fitting(value: Integer, lo: bigint, hi: bigint, what: string): Integer {
    if (value.lo >= lo && value.hi <= hi) return value
    if (value.hi < lo || value.lo > hi) {
      this.oblige(what, this.terms.false)
      throw errorHere(what)
    }
    this.oblige(what, this.isBetween(value, lo, hi))
    return this.integers.within(value, lo, hi)
  }

  undecidable(reason: string): Undecidable {
    return new Undecidable(reason, currentPlace())
  }
}
