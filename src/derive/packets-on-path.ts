/** Packets that a solver finds for one path from a known state, plain ones where there are some. */
import { bitVecSort, type ForeseeingSolver, type Model, type Term, type Terms } from '../smt/index.js'
import { packetsIn } from '../verify/counterexample/packets-in.js'
import { AskedChecksums } from './asked-checksums.js'
import { Excluded } from './excluded.js'
import type { KnownState } from './known/state.js'
import type { Packet } from './reference.js'

export const MILLISECOND = 1_000_000n
/** Nothing in the specifications of networks takes longer. */
const HOURS = 1n << 46n

/** What is wished of packets from one state, made when it is first wished: the order in which terms are made shows in models. */
export class Wishes {
  readonly #terms: Terms
  readonly #last: bigint
  #made: { readonly plain: readonly [soon: Term, short: Term, whole: Term]; readonly late: readonly Term[] } | undefined

  constructor(terms: Terms, { last }: KnownState) {
    this.#terms = terms
    this.#last = last
  }

  get areMade(): boolean {
    return this.#made !== undefined
  }

  /** A plain packet comes soon, is short, and has no less than an Ethernet frame. */
  get plain(): readonly [soon: Term, short: Term, whole: Term] {
    return this.#all.plain
  }

  /** One that is not plain comes some time. */
  get late(): readonly Term[] {
    return this.#all.late
  }

  get #all() {
    if (this.#made !== undefined) return this.#made
    const terms = this.#terms
    const length = terms.variable('packet.length', bitVecSort(16))
    const now = terms.variable('now', bitVecSort(62))
    const soon = terms.eq(now, terms.bv(this.#last + MILLISECOND, 62))
    const short = terms.ule(length, terms.bv(128, 16))
    const whole = terms.ule(terms.bv(60, 16), length)
    const someTime = terms.ule(now, terms.bv(this.#last + HOURS, 62))
    this.#made = { plain: [soon, short, whole], late: [someTime, short] }
    return this.#made
  }
}

export class PacketsOnPath {
  readonly #terms: Terms
  readonly #solver: ForeseeingSolver
  readonly #checksums: AskedChecksums
  readonly #facts: readonly Term[]
  readonly #excluded: Excluded
  readonly #wishes: Wishes

  constructor(terms: Terms, solver: ForeseeingSolver, wishes: Wishes, facts: readonly Term[]) {
    this.#terms = terms
    this.#solver = solver
    this.#checksums = new AskedChecksums(terms)
    this.#facts = facts
    this.#excluded = new Excluded(terms, solver, facts)
    this.#wishes = wishes
  }

  /** One that takes the path, and of which this holds: a plain one, where there is one. */
  where(condition = this.#terms.true): Packet | undefined {
    if (condition !== this.#terms.true && this.#excluded.has(condition)) return undefined
    const facts = this.#with(condition)
    const [soon, short, whole] = this.#wishes.plain
    const mayBePlain = [soon, whole].every((each) => !this.#excluded.has(each))
    const plain = mayBePlain ? this.#found([...facts, soon, short, whole]) : undefined
    if (plain !== undefined) return plain
    // Most of what has no plain packet has none at all.
    const any = this.#found(facts)
    return any && (this.#found([...facts, ...this.#wishes.late]) ?? any)
  }

  /** Has the plain one looked for that `where` looks for first. */
  foresee(condition = this.#terms.true): void {
    if (this.#wishes.areMade) this.#solver.foresee([...this.#with(condition), ...this.#wishes.plain])
  }

  /** That of a model of the path. */
  of(model: Model): Packet | undefined {
    const [packet] = packetsIn(model, this.#terms, 1)
    return packet && { ...packet, bytes: this.#checksums.made(packet.bytes, model, this.#facts) }
  }

  #with(condition: Term): readonly Term[] {
    return condition === this.#terms.true ? this.#facts : [...this.#facts, condition]
  }

  #found(facts: readonly Term[]): Packet | undefined {
    const answer = this.#solver.check(facts)
    return answer.status === 'sat' ? this.of(answer.model) : undefined
  }
}
