/** One path while it is explored: see explore.ts. */
import { type Obligation, type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import {
  type Answer,
  Evaluator,
  type Model,
  printSort,
  repaired,
  type Sort,
  SortError,
  type SyncSession,
  type Term,
  type Terms,
} from '../../smt/index.js'
import type { Decision, PathOptions } from './explore.js'
import { type Asking, askFew, type Habit, mended } from './mended.js'
import { Recalled } from './recalled.js'

/** Nothing satisfies what the path has come to. */
export class PathEnded extends Error {}

/** What was found out on the way: which side was taken, or whether something was proved. */
export interface Step {
  readonly kind: 'decided' | 'forced' | 'uncertain' | 'proved'
  readonly value: boolean
  /** How many questions came before it, told without a solver or not: a path that is run again asks the same ones. */
  readonly asked: number
}

/** A path still to be explored. */
export interface Fork {
  readonly steps: readonly Step[]
  /** Of what it has come to by then, where one was found: saves asking again, and may be left out. */
  readonly model?: Model | undefined
  /** After how many of the steps it parts from the path that judges what is obliged before. Default: after all. */
  readonly begun?: number
  /** How its questions are asked first: see `Habit`. */
  readonly changesFirst?: boolean
}

/** What a path has noted, in order. */
export type Noted =
  | { readonly kind: 'fact'; readonly fact: Term }
  | { readonly kind: 'obligation'; readonly obligation: Obligation; readonly isJudgedElsewhere: boolean }

export class ExploredPath implements Path {
  readonly terms: Terms
  /** After how many steps it parts from a path that judges what is obliged before. */
  readonly begun: number
  readonly steps: Step[] = []
  readonly decisions: Decision[] = []
  readonly forks: Fork[] = []
  readonly noted: Noted[] = []
  readonly facts: Term[] = []
  isUncertain = false
  queries = 0
  #asked = 0
  readonly #options: PathOptions
  readonly #given: readonly Step[]
  readonly #hint: Model | undefined
  /** Of the facts, and of what was proved of them. */
  readonly #knowledge: Recalled
  readonly #freshNumbers = new Map<string, number>()
  #session: SyncSession | undefined
  #isFinished = false
  /** A model of all facts, where one is at hand. */
  #model: Model | undefined
  /** A model of the facts but for those that came last. */
  #outdated: Model | undefined
  #evaluator: Evaluator | undefined
  readonly #habit: Habit

  constructor({ steps, model, begun = steps.length, changesFirst = false }: Fork, options: PathOptions) {
    this.terms = options.terms
    this.#options = options
    this.#given = steps
    this.begun = begun
    this.#knowledge = new Recalled(options.terms)
    this.#hint = model
    this.#habit = { changesFirst }
    if (steps.length === 0) this.#takeHint()
  }

  /** A model of all facts, if one was found on the way. */
  get model(): Model | undefined {
    return this.#model
  }

  /** Facts that are not obligations: a model of them is one of all, where the obligations hold. */
  get premises(): readonly Term[] {
    const obliged = new Set(this.noted.map((note) => (note.kind === 'obligation' ? note.obligation.holds : undefined)))
    return this.facts.filter((fact) => !obliged.has(fact))
  }

  /** What must hold on it, but for what is left to another path. */
  get obliged(): readonly Obligation[] {
    return this.noted.flatMap((note) =>
      note.kind === 'obligation' && !note.isJudgedElsewhere ? [note.obligation] : [],
    )
  }

  get factCount(): number {
    return this.facts.length
  }

  get stepCount(): number {
    return this.steps.length
  }

  /** Looks for a model of all facts near one of most, without the solver. */
  seekModel(): void {
    if (this.#model === undefined && this.#outdated !== undefined) this.#take(repaired(this.#outdated, this.facts))
  }

  /** Lets go of the solver: nothing more is decided. Facts may still be added. */
  finish(): void {
    this.#session = undefined
    this.#isFinished = true
  }

  decide(condition: Term, place?: Place): boolean {
    const asked = this.#asked++
    const known = this.#knowledge.valueOf(condition)
    if (known !== undefined) return known
    if (this.decisions.length >= (this.#options.mostDecisions ?? 1000)) {
      throw new Undecidable('too many decisions on one path: a loop whose end is not known?', place)
    }
    const step = this.#given[this.steps.length] ?? this.#choose(condition, asked)
    requireSame(step, asked, place)
    this.steps.push(step)
    this.decisions.push({ condition, value: step.value, isForced: step.kind === 'forced', place })
    if (step.kind === 'uncertain') this.isUncertain = true
    if (step.kind === 'uncertain' || step.kind === 'decided') this.#knowledge.keep()
    this.#add(step.value ? condition : this.terms.not(condition))
    if (this.steps.length === this.#given.length) this.#takeHint()
    return step.value
  }

  assume(fact: Term): void {
    if (this.#knowledge.rest(fact).op !== 'true') this.#add(fact)
  }

  proves(condition: Term): boolean {
    const asked = this.#asked++
    const known = this.#knowledge.valueOf(condition)
    if (known !== undefined) return known
    const step = this.#given[this.steps.length] ?? { kind: 'proved', value: this.#isImplied(condition), asked }
    requireSame(step, asked)
    this.steps.push(step)
    if (step.value) this.#knowledge.learn(condition)
    return step.value
  }

  oblige(obligation: Obligation): void {
    const isJudgedElsewhere = this.steps.length < this.begun
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
  #choose(condition: Term, asked: number): Step {
    const negation = this.terms.not(condition)
    this.#findModel()
    const found = this.#model && ({ status: 'sat', model: this.#model, by: 'terms' } as const)
    const isTrueHere = this.#evaluator?.holds(condition)
    const whenTrue = found !== undefined && isTrueHere === true ? found : this.#ask(condition)
    const whenFalse = found !== undefined && isTrueHere === false ? found : this.#ask(negation)
    if (whenTrue.status === 'unsat' && whenFalse.status === 'unsat') throw new PathEnded()
    if (whenTrue.status === 'unsat') return { kind: 'forced', value: false, asked }
    if (whenFalse.status === 'unsat') return { kind: 'forced', value: true, asked }
    const isUncertain = whenTrue.status === 'unknown' || whenFalse.status === 'unknown'
    const kind = isUncertain ? 'uncertain' : 'decided'
    const { changesFirst } = this.#habit
    this.forks.push({ steps: [...this.steps, { kind, value: false, asked }], model: modelOf(whenFalse), changesFirst })
    this.#take(modelOf(whenTrue))
    return { kind, value: true, asked }
  }

  #isImplied(condition: Term): boolean {
    if (this.#evaluator?.holds(condition) === false) return false
    return this.#ask(this.terms.not(condition)).status === 'unsat'
  }

  /** Sees to it that a model of the facts is at hand, if one can be had. Ends the path where there is none. */
  #findModel(): void {
    if (this.#model !== undefined) return
    const near = this.#outdated && mended(this.#asking, this.facts, this.#outdated)
    const answer = near ?? this.#askAll([])
    if (answer.status === 'unsat') throw new PathEnded()
    this.#take(modelOf(answer))
  }

  #take(model: Model | undefined): void {
    this.#model = model
    this.#outdated = undefined
    this.#evaluator = model && new Evaluator(model)
  }

  /** What is at hand is no model any more. */
  #lose(): void {
    this.#outdated = this.#model
    this.#model = undefined
    this.#evaluator = undefined
  }

  /** The steps that were given are done: the model that came with them counts if it is one. */
  #takeHint(): void {
    this.#take(this.#hint)
    if (this.facts.some((fact) => this.#evaluator?.holds(fact) !== true)) this.#lose()
  }

  /** Whether `question` is possible beside the facts: asked of a few of them, and of all where that does not tell. */
  #ask(condition: Term): Answer {
    const question = this.#knowledge.rest(condition)
    return askFew(this.#asking, question, this.facts, this.#model) ?? this.#askAll([question])
  }

  get #asking(): Asking {
    return { terms: this.terms, check: (all) => this.#check(all), habit: this.#habit }
  }

  #check(all: readonly Term[]): Answer {
    this.#requireUnfinished()
    this.queries++
    return this.#options.solver.check(all, this.#options.limits?.deciding)
  }

  #askAll(extra: readonly Term[]): Answer {
    this.#requireUnfinished()
    if (this.#session === undefined) {
      this.#session = this.#options.solver.session()
      this.#session.assert(...this.facts)
    }
    this.queries++
    return this.#session.check(extra, this.#options.limits?.deciding)
  }

  #requireUnfinished(): void {
    if (this.#isFinished) throw new Error('a path that has ended decides nothing')
  }

  #add(fact: Term): void {
    if (fact === this.terms.true) return
    this.noted.push({ kind: 'fact', fact })
    this.facts.push(fact)
    this.#knowledge.learn(fact)
    this.#session?.assert(fact)
    if (this.#evaluator?.holds(fact) === false) this.#lose()
  }
}

function modelOf(answer: Answer): Model | undefined {
  return answer.status === 'sat' ? answer.model : undefined
}

/** Whether a step was taken where it is to be taken again; else a side of it could be left out. */
function requireSame({ asked }: Step, again: number, place?: Place): void {
  if (asked !== again) throw new Undecidable('a path came to other questions when it was run again', place)
}
