/** Packets that a solver finds for one path from a known state, plain ones where there are some. */
import { bitVecSort, type Model, type SyncSolver, type Term, type Terms } from '../smt/index.js'
import { packetsIn } from '../verify/counterexample/packets-in.js'
import { AskedChecksums } from './asked-checksums.js'
import { Excluded } from './excluded.js'
import type { KnownState } from './known/state.js'
import type { Packet } from './reference.js'

export const MILLISECOND = 1_000_000n
/** Nothing in the specifications of networks takes longer. */
const HOURS = 1n << 46n

export class PacketsOnPath {
  readonly #terms: Terms
  readonly #solver: SyncSolver
  readonly #checksums: AskedChecksums
  readonly #facts: readonly Term[]
  readonly #excluded: Excluded
  readonly #last: bigint

  constructor(terms: Terms, solver: SyncSolver, { last }: KnownState, facts: readonly Term[]) {
    this.#terms = terms
    this.#solver = solver
    this.#checksums = new AskedChecksums(terms)
    this.#facts = facts
    this.#excluded = new Excluded(terms, solver, facts)
    this.#last = last
  }

  /** One that takes the path, and of which this holds: a plain one, where there is one. */
  where(condition = this.#terms.true): Packet | undefined {
    const terms = this.#terms
    const isAny = condition === terms.true
    if (!isAny && this.#excluded.has(condition)) return undefined
    const facts = isAny ? this.#facts : [...this.#facts, condition]
    const length = terms.variable('packet.length', bitVecSort(16))
    const now = terms.variable('now', bitVecSort(62))
    const soon = terms.eq(now, terms.bv(this.#last + MILLISECOND, 62))
    const short = terms.ule(length, terms.bv(128, 16))
    const whole = terms.ule(terms.bv(60, 16), length)
    const someTime = terms.ule(now, terms.bv(this.#last + HOURS, 62))
    const mayBePlain = [soon, whole].every((each) => !this.#excluded.has(each))
    const plain = mayBePlain ? this.#found([...facts, soon, short, whole]) : undefined
    if (plain !== undefined) return plain
    // Most of what has no plain packet has none at all.
    const any = this.#found(facts)
    return any && (this.#found([...facts, someTime, short]) ?? any)
  }

  /** That of a model of the path. */
  of(model: Model): Packet | undefined {
    const [packet] = packetsIn(model, this.#terms, 1)
    return packet && { ...packet, bytes: this.#checksums.made(packet.bytes, model, this.#facts) }
  }

  #found(facts: readonly Term[]): Packet | undefined {
    const answer = this.#solver.check(facts)
    return answer.status === 'sat' ? this.of(answer.model) : undefined
  }
}
