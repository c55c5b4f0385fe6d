/** Proving theorems of rewriting, one query each, with every solver that is there. */
import { beforeEndMarker, type Engine, endCommand, type Reply } from '../engine.js'
import type { Limits } from '../solver.js'
import type { Theorem } from './theorem.js'

/** `refuted`: the rule is wrong. `undecided`: it must not be used at this instance. */
export type ProofStatus = 'proved' | 'refuted' | 'undecided'

export interface Proof {
  readonly theorem: Theorem
  readonly status: ProofStatus
  /** Who proved or refuted it; why nobody did. */
  readonly by: string
}

const defaults: Required<Limits> = { effort: 20_000, time: 30_000 }

/** Proves theorems by `engines`, asking each in turn until one decides. */
export class Prover {
  readonly #engines: readonly Engine[]
  readonly #limits: Required<Limits>
  /** Whether the first engine has a context for short queries, to which they are put one after the other. */
  #isOpen = false

  constructor(engines: readonly Engine[], limits: Limits = {}) {
    this.#engines = engines
    this.#limits = { ...defaults, ...limits }
  }

  async prove(theorem: Theorem): Promise<Proof> {
    const quick = await this.#askQuickly(theorem.query)
    if (quick !== undefined) return { theorem, ...quick }
    const why: string[] = []
    for (const engine of this.#engines) {
      const words = wordsOf(await this.#ask(engine, theorem.query))
      const status = statusOf(words)
      if (status !== undefined) return { theorem, status, by: engine.profile.name }
      why.push(`${engine.profile.name}: ${words.slice(0, 100)}`)
    }
    return { theorem, status: 'undecided', by: why.join('; ') }
  }

  /** In a context that stays, with little effort: most theorems are easy, and a fresh context costs more than they do. */
  async #askQuickly(query: string): Promise<{ status: ProofStatus; by: string } | undefined> {
    const [engine] = this.#engines
    if (engine === undefined) return undefined
    const limits = { effort: 50, time: 1000 }
    const text = query.replace(/^\(set-logic .*\)\n/, '').replace('(check-sat)\n', '')
    const start = this.#isOpen ? '' : engine.profile.prelude(limits)
    const script = `${start}(push 1)\n${text}${engine.profile.limit(limits)}(check-sat)\n(pop 1)\n${endCommand}`
    const words = wordsOf(await engine.run({ fresh: !this.#isOpen, script, patience: 10_000 }))
    const status = statusOf(words)
    this.#isOpen = status !== undefined || words === 'unknown'
    return status === undefined ? undefined : { status, by: engine.profile.name }
  }

  async #ask(engine: Engine, query: string): Promise<Reply> {
    if (engine === this.#engines[0]) this.#isOpen = false
    const { profile } = engine
    const script =
      profile.prelude(this.#limits) + query.replace('(check-sat)', `${profile.limit(this.#limits)}(check-sat)`)
    return engine.run({ fresh: true, script: script + endCommand, patience: this.#limits.time * 1.5 + 2000 })
  }
}

function wordsOf(reply: Reply): string {
  if (reply.kind === 'time') return 'no answer in time'
  if (reply.kind === 'died') return reply.detail
  return beforeEndMarker(reply.text)?.trim() ?? reply.text.trim()
}

/** Only the exact words count. */
function statusOf(words: string): ProofStatus | undefined {
  if (words === 'unsat') return 'proved'
  return words === 'sat' ? 'refuted' : undefined
}
