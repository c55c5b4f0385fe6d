/**
 * Queries that are put before their answers are needed. A query in a context of its own is answered the same whenever it is
 * put and whatever was asked before, so nothing hangs on whether it was foreseen, but when its answer is there.
 */
import { BlockingSolver } from './door.js'
import type { Reply, SyncEngine } from './engine.js'
import type { Portfolio, Step } from './portfolio.js'
import type { Answer, ForeseeingSolver, Limits } from './solver.js'
import type { Statistics } from './statistics.js'
import type { Term } from './term.js'
import type { Sent, Z3Beside } from './z3-beside.js'

interface Foreseen {
  readonly steps: Generator<Step, Answer, Reply>
  readonly sent: Sent
}

/** Those that nobody has asked by then are forgotten, the oldest first. */
const MOST = 64

export class BlockingForeseer extends BlockingSolver implements ForeseeingSolver {
  readonly #portfolio: Portfolio
  readonly #beside: Z3Beside
  readonly #foreseen = new Map<string, Foreseen>()

  /** `ahead` says what is asked of the instance beside. */
  constructor(portfolio: Portfolio, engine: SyncEngine, statistics: Statistics, ahead: Portfolio, beside: Z3Beside) {
    super(portfolio, [engine], statistics)
    this.#portfolio = ahead
    this.#beside = beside
  }

  override check(assertions: readonly Term[], limits: Limits = {}): Answer {
    return this.#foretold(nameOf(assertions, limits)) ?? super.check(assertions, limits)
  }

  foresee(assertions: readonly Term[], limits: Limits = {}): void {
    const name = nameOf(assertions, limits)
    if (this.#foreseen.has(name)) return
    // In the same words as `check`: their order shows in models.
    const steps = this.#portfolio.decide({}, [{ level: {}, terms: [] }], assertions, limits)
    const step = steps.next()
    // What takes no solver need not be foreseen.
    if (step.done === true) return
    this.#foreseen.set(name, { steps, sent: this.#beside.send(step.value.request) })
    const [oldest] = this.#foreseen.keys()
    if (this.#foreseen.size > MOST && oldest !== undefined) this.#foreseen.delete(oldest)
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#beside.close()])
  }

  /** Undefined where it was not foreseen, or takes more than one request: then it is asked as any other. */
  #foretold(name: string): Answer | undefined {
    const foreseen = this.#foreseen.get(name)
    if (foreseen === undefined) return undefined
    this.#foreseen.delete(name)
    const reply = this.#beside.reply(foreseen.sent)
    if (reply?.kind !== 'text') return undefined
    const step = foreseen.steps.next(reply)
    return step.done === true ? step.value : undefined
  }
}

function nameOf(assertions: readonly Term[], { effort, time }: Limits): string {
  return `${effort} ${time} ${assertions.map(({ id }) => id).join(' ')}`
}
