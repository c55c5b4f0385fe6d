/**
 * Looks for packets from the empty state on which the real binary does what the specification does not allow. What fails
 * in a proof says where to look: for some packets before it that bring about the state it needs and, where only the state
 * differs afterwards, for one more that shows it. What counts is how the real binary runs (judged-runs.ts), so nothing
 * that is tried has to be right.
 */
import type { Limits, SyncSolver, Terms } from '../../smt/index.js'
import type { PathReport } from '../explore.js'
import type { Structure } from '../machine/index.js'
import type { PacketOnPath } from '../packet-proof.js'
import type { Failure } from './failures.js'
import type { Finding, JudgedRuns } from './judged-runs.js'
import { packetsIn } from './packets-in.js'
import { type EndedPath, isEnded, type Scenario, Scenarios } from './scenario.js'

export interface SearchParts {
  readonly terms: Terms
  readonly solver: SyncSolver
  readonly runs: JudgedRuns
  readonly structures: readonly Structure[]
  readonly paths: readonly PathReport<PacketOnPath>[]
}

export interface Found {
  readonly finding: Finding
  readonly failure: Failure
}

/** Queries in all; reproducible, unlike a time. */
const MOST_QUERIES = 300
const LIMITS: Limits = { effort: 3000, time: 10_000 }
/** Packets before the one that fails. */
const MOST_BEFORE = 2
/** Paths tried for each of these, by how many packets come before. */
const PATHS_BEFORE = [0, 16, 5]

export function findSequence(parts: SearchParts, failures: readonly Failure[]): Found | undefined {
  return new Search(parts).find(failures)
}

class OutOfQueries extends Error {}

class Search {
  readonly #parts: SearchParts
  readonly #scenarios: Scenarios
  /** Paths that leave another state than they found. */
  readonly #changing: readonly EndedPath[]
  readonly #ended: readonly EndedPath[]
  #queries = 0

  constructor(parts: SearchParts) {
    this.#parts = parts
    this.#scenarios = new Scenarios(parts.terms, parts.structures)
    this.#ended = parts.paths.filter(isEnded).filter(({ satisfied }) => satisfied.kind === 'yes')
    this.#changing = this.#ended.filter(changesState)
  }

  find(failures: readonly Failure[]): Found | undefined {
    try {
      for (let before = 0; before <= MOST_BEFORE; before++) {
        for (const failure of failures) {
          const finding = this.#after(before, failure)
          if (finding !== undefined) return { finding, failure }
        }
      }
    } catch (error) {
      if (!(error instanceof OutOfQueries)) throw error
    }
    return undefined
  }

  #after(before: number, failure: Failure): Finding | undefined {
    const { path, facts, obligation } = failure
    const alone = this.#scenarios.of(facts, path)
    for (const earlier of this.#choicesOf(before)) {
      const preceded = earlier.reduce((scenario, each) => this.#scenarios.after(each, scenario), alone)
      const finding = this.#try(preceded)
      if (finding === 'impossible') continue
      if (finding !== undefined) return finding
      if (obligation.guarantee !== 'state' || !isEnded(path)) continue
      const shown = this.#shown(path, facts, earlier)
      if (shown !== undefined) return shown
    }
    return undefined
  }

  /** With one packet more, to which the state that was left makes a difference. */
  #shown(path: EndedPath, facts: Failure['facts'], earlier: readonly EndedPath[]): Finding | undefined {
    for (const next of this.#ended) {
      const followed = this.#scenarios.followed(path, facts, next)
      const finding = this.#try(earlier.reduce((scenario, each) => this.#scenarios.after(each, scenario), followed))
      if (finding !== undefined && finding !== 'impossible') return finding
    }
    return undefined
  }

  /** Paths of the packets before, the latest first. */
  *#choicesOf(before: number): Generator<readonly EndedPath[]> {
    const some = this.#changing.slice(0, PATHS_BEFORE[before] ?? 0)
    if (before === 0) yield []
    if (before === 1) for (const one of some) yield [one]
    if (before === 2) for (const one of some) for (const other of some) yield [one, other]
  }

  #try(scenario: Scenario): Finding | 'impossible' | undefined {
    const { packets, required, inOrder, nice } = this.#scenarios.fromStart(scenario)
    const { terms, runs } = this.#parts
    const wishes = [[...inOrder, ...nice], inOrder, []]
    for (const [at, wish] of wishes.entries()) {
      if (at > 0 && wish.length === wishes[at - 1]?.length) continue
      if (this.#queries++ >= MOST_QUERIES) throw new OutOfQueries()
      const answer = this.#parts.solver.check([...required, ...wish], LIMITS)
      if (answer.status === 'sat') return runs.run(packetsIn(answer.model, terms, packets))
      // Without any wish it would not be possible either where that was shown first.
      if (answer.status === 'unsat' && wish.length === 0) return 'impossible'
    }
    return undefined
  }
}

function changesState({ end }: EndedPath): boolean {
  return [...end.result.nf.states].some(([{ name }, state]) => {
    switch (state.structure) {
      case 'expiring_map':
        return state.state.updates.some(({ kind }) => kind !== 'expire')
      case 'dchain':
        return state.state.updates.some(({ kind }) => kind !== 'expire')
      case 'map':
      case 'vector':
        return end.result.nf.calls.some(
          (call) => /put|erase|borrow/.test(call.name) && Object.values(call.arguments).includes(name),
        )
      default:
        return false
    }
  })
}
