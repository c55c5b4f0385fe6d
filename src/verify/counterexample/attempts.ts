/** Scenarios tried for real: a solver finds packets that fit one, and the real binary runs them. */
import type { Limits, Model, SyncSolver, Terms } from '../../smt/index.js'
import type { Structure } from '../machine/index.js'
import { Variation } from '../variation.js'
import type { Finding, JudgedRuns } from './judged-runs.js'
import { packetsIn } from './packets-in.js'
import { type Scenario, Scenarios } from './scenario.js'

export interface AttemptParts {
  readonly terms: Terms
  readonly solver: SyncSolver
  readonly runs: JudgedRuns
  readonly structures: readonly Structure[]
  /** Numbers from 0 to below 1. */
  readonly random: () => number
}

export type Attempt =
  | { readonly kind: 'found'; readonly finding: Finding }
  /** Such packets there are, and the binary is right on those that were tried; or it is not known whether there are. */
  | { readonly kind: 'nothing' }
  /** There are no such packets. */
  | { readonly kind: 'impossible' }

const LIMITS: Limits = { effort: 3000, time: 10_000 }

/** The queries that a search may ask are used up. */
export class OutOfQueries extends Error {}

export class Attempts {
  readonly scenarios: Scenarios
  readonly #parts: AttemptParts
  #left: number

  /** `most` queries: reproducible, unlike a time. */
  constructor(parts: AttemptParts, most: number) {
    this.#parts = parts
    this.#left = most
    this.scenarios = new Scenarios(parts.terms, parts.structures)
  }

  /** From empty tables; also some variations of the packets that are found. Throws OutOfQueries. */
  try(scenario: Scenario, variations = 0): Attempt {
    const { required, inOrder, nice, packets } = this.scenarios.fromStart(scenario)
    const wishes = [[...inOrder, ...nice], inOrder, []]
    for (const [at, wish] of wishes.entries()) {
      if (at > 0 && wish.length === wishes[at - 1]?.length) continue
      const facts = [...required, ...wish]
      if (this.#left-- <= 0) throw new OutOfQueries()
      const answer = this.#parts.solver.check(facts, LIMITS)
      if (answer.status === 'unsat' && wish.length === 0) return { kind: 'impossible' }
      if (answer.status !== 'sat') continue
      return this.#run(
        answer.model,
        packets,
        () => new Variation(answer.model, facts, this.#parts.random).of(facts),
        variations,
      )
    }
    return { kind: 'nothing' }
  }

  #run(model: Model, packets: number, vary: () => Model, variations: number): Attempt {
    const { runs, terms } = this.#parts
    for (let number = 0; number <= variations; number++) {
      const tried = number === 0 ? model : vary()
      const finding = runs.run(packetsIn(tried, terms, packets), terms, tried)
      if (finding !== undefined) return { kind: 'found', finding }
    }
    return { kind: 'nothing' }
  }
}
