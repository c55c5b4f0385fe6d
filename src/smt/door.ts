/** The two forms of the door: both drive the same steps, one awaits engines, the other blocks on them. */

import { requireSort } from './build-core.js'
import type { Frame } from './conversation.js'
import type { Engine, SyncEngine } from './engine.js'
import { SolverUseError } from './errors.js'
import type { Portfolio } from './portfolio.js'
import type { Answer, BackendStatistics, Limits, Session, Solver, SyncSession, SyncSolver } from './solver.js'
import { boolSort } from './sorts.js'
import type { Statistics } from './statistics.js'
import type { Term } from './term.js'

/** The stack of a session. */
class Frames {
  readonly #frames: Term[][] = [[]]

  /** The stack as it is now, whatever is asserted later. */
  protected now(): readonly Frame[] {
    return this.#frames.map((terms) => ({ level: terms, terms: terms.slice() }))
  }

  assert(...terms: readonly Term[]): void {
    for (const term of terms) {
      requireSort('assert', term, boolSort)
      this.#frames.at(-1)?.push(term)
    }
  }

  push(): void {
    this.#frames.push([])
  }

  pop(): void {
    if (this.#frames.length === 1) throw new SolverUseError('pop without push')
    this.#frames.pop()
  }
}

class AwaitedSession extends Frames implements Session {
  readonly #door: AwaitedSolver

  constructor(door: AwaitedSolver) {
    super()
    this.#door = door
  }

  check(extra: readonly Term[] = [], limits: Limits = {}): Promise<Answer> {
    return this.#door.decide(this, this.now(), extra, limits)
  }
}

export class AwaitedSolver implements Solver {
  readonly #portfolio: Portfolio
  readonly #engines: readonly Engine[]
  readonly #statistics: Statistics
  /** Queries take turns. */
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(portfolio: Portfolio, engines: readonly Engine[], statistics: Statistics) {
    this.#portfolio = portfolio
    this.#engines = engines
    this.#statistics = statistics
  }

  session(): Session {
    return new AwaitedSession(this)
  }

  check(assertions: readonly Term[], limits: Limits = {}): Promise<Answer> {
    return this.session().check(assertions, limits)
  }

  decide(owner: object, frames: readonly Frame[], extra: readonly Term[], limits: Limits): Promise<Answer> {
    const answer = this.#last.then(() => this.#run(owner, frames, extra, limits))
    this.#last = answer.catch(() => {})
    return answer
  }

  statistics(): readonly BackendStatistics[] {
    return this.#statistics.list()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#engines.map((engine) => engine.close()))
  }

  async #run(owner: object, frames: readonly Frame[], extra: readonly Term[], limits: Limits): Promise<Answer> {
    if (this.#isClosed) throw new SolverUseError('the solver is closed')
    const steps = this.#portfolio.decide(owner, frames, extra, limits)
    let step = steps.next()
    while (step.done !== true) {
      const engine = this.#engines[step.value.engine]
      if (engine === undefined) throw new SolverUseError(`there is no engine ${step.value.engine}`)
      step = steps.next(await engine.run(step.value.request))
    }
    return step.value
  }
}

class BlockingSession extends Frames implements SyncSession {
  readonly #door: BlockingSolver

  constructor(door: BlockingSolver) {
    super()
    this.#door = door
  }

  check(extra: readonly Term[] = [], limits: Limits = {}): Answer {
    return this.#door.decide(this, this.now(), extra, limits)
  }
}

export class BlockingSolver implements SyncSolver {
  readonly #portfolio: Portfolio
  readonly #engines: readonly SyncEngine[]
  readonly #statistics: Statistics
  #isClosed = false

  constructor(portfolio: Portfolio, engines: readonly SyncEngine[], statistics: Statistics) {
    this.#portfolio = portfolio
    this.#engines = engines
    this.#statistics = statistics
  }

  session(): SyncSession {
    return new BlockingSession(this)
  }

  check(assertions: readonly Term[], limits: Limits = {}): Answer {
    return this.session().check(assertions, limits)
  }

  decide(owner: object, frames: readonly Frame[], extra: readonly Term[], limits: Limits): Answer {
    if (this.#isClosed) throw new SolverUseError('the solver is closed')
    const steps = this.#portfolio.decide(owner, frames, extra, limits)
    let step = steps.next()
    while (step.done !== true) {
      const engine = this.#engines[step.value.engine]
      if (engine === undefined) throw new SolverUseError(`there is no engine ${step.value.engine}`)
      step = steps.next(engine.run(step.value.request))
    }
    return step.value
  }

  statistics(): readonly BackendStatistics[] {
    return this.#statistics.list()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#engines.map((engine) => engine.close()))
  }
}
