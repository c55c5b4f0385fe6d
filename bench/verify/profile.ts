/** Where the time of a proof goes: its phases, and in each how much of it a solver took, for which answers. */
import type { Answer, SyncSession, SyncSolver } from '../../src/smt/index.js'

interface Spent {
  seconds: number
  solverSeconds: number
  readonly answers: Record<Answer['status'], number>
}

export interface PhaseFigures extends Readonly<Spent> {
  readonly phase: string
}

/** Passes every query on, and notes in which phase it was asked. */
export class Profile {
  readonly #spent = new Map<string, Spent>()
  #current: Spent
  #began = performance.now()

  constructor(first: string) {
    this.#current = this.#of(first)
  }

  /** What comes from here on belongs to `phase`; one may come again. */
  readonly enter = (phase: string): void => {
    const now = performance.now()
    this.#current.seconds += (now - this.#began) / 1000
    this.#began = now
    this.#current = this.#of(phase)
  }

  list(): PhaseFigures[] {
    return [...this.#spent].map(([phase, spent]) => ({ phase, ...spent }))
  }

  watching(solver: SyncSolver): SyncSolver {
    return {
      check: (assertions, limits) => this.#timed(() => solver.check(assertions, limits)),
      session: () => this.#watchingSession(solver.session()),
      statistics: () => solver.statistics(),
      close: () => solver.close(),
    }
  }

  #watchingSession(session: SyncSession): SyncSession {
    return {
      assert: (...terms) => session.assert(...terms),
      push: () => session.push(),
      pop: () => session.pop(),
      check: (extra, limits) => this.#timed(() => session.check(extra, limits)),
    }
  }

  #timed(ask: () => Answer): Answer {
    const began = performance.now()
    const answer = ask()
    this.#current.solverSeconds += (performance.now() - began) / 1000
    this.#current.answers[answer.status]++
    return answer
  }

  #of(phase: string): Spent {
    const known = this.#spent.get(phase)
    if (known !== undefined) return known
    const spent = { seconds: 0, solverSeconds: 0, answers: { sat: 0, unsat: 0, unknown: 0 } }
    this.#spent.set(phase, spent)
    return spent
  }
}
