/** One path while it is explored: see explore.ts. */
import { type Obligation, type Path, type Place, Undecidable } from '../domains/symbolic/path.js'
import {
  type Answer,
  Evaluator,
  printSort,
  type Sort,
  SortError,
  type SyncSession,
  type Term,
  type Terms,
} from '../smt/index.js'
import type { Decision, ExploreOptions } from './explore.js'

/** Nothing satisfies what the path has come to. */
export class PathEnded extends Error {}

/** What was found out on the way: which side was taken, or whether something was proved. */
export interface Step {
  readonly kind: 'decided' | 'forced' | 'uncertain' | 'proved'
  readonly value: boolean
}

/** What a path has noted, in order. */
export type Noted =
  | { readonly kind: 'fact'; readonly fact: Term }
  | { readonly kind: 'obligation'; readonly obligation: Obligation; readonly isJudgedElsewhere: boolean }

export class ExploredPath implements Path {
  readonly terms: Terms
  readonly steps: Step[] = []
  readonly decisions: Decision[] = []
  readonly forks: (readonly Step[])[] = []
  readonly noted: Noted[] = []
  readonly facts: Term[] = []
  isUncertain = false
  queries = 0
  readonly #options: ExploreOptions
  readonly #given: readonly Step[]
  /** Facts, parts of conjunctions among them, and what was proved of them. */
  readonly #known = new Set<Term>()
  readonly #freshNumbers = new Map<string, number>()
  #session: SyncSession | undefined
  /** Of a model of all facts, where one is at hand. */
  #evaluator: Evaluator | undefined

  constructor(given: readonly Step[], options: ExploreOptions) {
    this.terms = options.terms
    this.#options = options
    this.#given = given
  }

  decide(condition: Term, place?: Place): boolean {
    const known = this.#knownValue(condition)
    if (known !== undefined) return known
    if (this.decisions.length >= (this.#options.mostDecisions ?? 1000)) {
      throw new Undecidable('too many decisions on one path: a loop whose end is not known?', place)
    }
    const step = this.#given[this.steps.length] ?? this.#choose(condition)
    this.steps.push(step)
    this.decisions.push({ condition, value: step.value, isForced: step.kind === 'forced', place })
    if (step.kind === 'uncertain') this.isUncertain = true
    this.#add(step.value ? condition : this.terms.not(condition))
    return step.value
  }

  assume(fact: Term): void {
    if (!this.#known.has(fact)) this.#add(fact)
  }

  proves(condition: Term): boolean {
    const known = this.#knownValue(condition)
    if (known !== undefined) return known
    const step = this.#given[this.steps.length] ?? { kind: 'proved', value: this.#isImplied(condition) }
    this.steps.push(step)
    if (step.value) this.#know(condition)
    return step.value
  }

  oblige(obligation: Obligation): void {
    const isJudgedElsewhere = this.steps.length < this.#given.length
    this.noted.push({ kind: 'obligation', obligation, isJudgedElsewhere })
    this.assume(obligation.holds)
  }

  fresh(name: string, sort: Sort): Term {
    const number = (this.#freshNumbers.get(name) ?? 0) + 1
    this.#freshNumbers.set(name, number)
    const numbered = number === 1 ? name : `${name}!${number}`
    try {
      return this.terms.variable(numbered, sort)
    } catch (error) {
      if (!(error instanceof SortError)) throw error
      // On another path it is of another sort.
      return this.terms.variable(`${numbered}:${printSort(sort)}`, sort)
    }
  }

  /** Which side to take, where both may be; the other is left for later. */
  #choose(condition: Term): Step {
    const negation = this.terms.not(condition)
    const evaluator = this.#model()
    const isTrueHere = evaluator?.holds(condition)
    const whenTrue = isTrueHere === true ? 'sat' : this.#check(condition)
    const whenFalse = isTrueHere === false ? 'sat' : this.#check(negation)
    if (whenTrue === 'unsat' && whenFalse === 'unsat') throw new PathEnded()
    if (whenTrue === 'unsat') return { kind: 'forced', value: false }
    if (whenFalse === 'unsat') return { kind: 'forced', value: true }
    const isUncertain = whenTrue === 'unknown' || whenFalse === 'unknown'
    const kind = isUncertain ? 'uncertain' : 'decided'
    this.forks.push([...this.steps, { kind, value: false }])
    return { kind, value: true }
  }

  #isImplied(condition: Term): boolean {
    if (this.#evaluator?.holds(condition) === false) return false
    return this.#check(this.terms.not(condition)) === 'unsat'
  }

  /** Whether the facts and `extra` can all be true. */
  #check(extra: Term): Answer['status'] {
    return this.#ask([extra]).status
  }

  /** Of a model of the facts: the one at hand, or a new one. Ends the path where there is none. */
  #model(): Evaluator | undefined {
    if (this.#evaluator !== undefined) return this.#evaluator
    const answer = this.#ask([])
    if (answer.status === 'unsat') throw new PathEnded()
    if (answer.status === 'sat') this.#evaluator = new Evaluator(answer.model)
    return this.#evaluator
  }

  #ask(extra: readonly Term[]): Answer {
    if (this.#session === undefined) {
      this.#session = this.#options.solver.session()
      this.#session.assert(...this.facts)
    }
    this.queries++
    return this.#session.check(extra, this.#options.limits?.deciding)
  }

  #add(fact: Term): void {
    if (fact === this.terms.true) return
    this.noted.push({ kind: 'fact', fact })
    this.facts.push(fact)
    this.#know(fact)
    this.#session?.assert(fact)
    if (this.#evaluator?.holds(fact) === false) this.#evaluator = undefined
  }

  #know(fact: Term): void {
    this.#known.add(fact)
    if (fact.op === 'and') for (const part of fact.args) this.#known.add(part)
  }

  #knownValue(condition: Term): boolean | undefined {
    if (condition === this.terms.true || this.#known.has(condition)) return true
    if (condition === this.terms.false || this.#known.has(this.terms.not(condition))) return false
    return undefined
  }
}
