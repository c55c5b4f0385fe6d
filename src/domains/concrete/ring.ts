/**
 * Maglev's ring in the fast reading. Which row a key has is the device's secret; what is known of it grows with each
 * pick that is seen: the set of live backends then, and the one that was first among them. A pick is allowed if some
 * row explains it together with all earlier picks of the same key.
 */
import type { RecordLayout } from '../../spec/record.js'
import type { IndexSet, Maglev } from '../../spec/state.js'
import type { Retractable } from '../state.js'
import { ChoiceSite, type Choices, type Chooser, type Doubt } from './choices.js'
import { SpecIndexSet } from './index-set.js'
import { LearnedByKey } from './learned-by-key.js'
import { ConcreteMaglev } from './maglev.js'

/** One pick: the backends that were live, one character each, and the one picked. */
interface Pick {
  readonly live: string
  readonly backend: number
}

/** The device may have picked from other backends. */
const uncertainLive: Doubt = { doubtful: () => true }

export class SpecMaglev<K> implements Maglev<K>, Retractable {
  readonly #ring: ConcreteMaglev
  readonly #choices: Choices
  readonly #site: ChoiceSite
  readonly #known: LearnedByKey<K, readonly Pick[]>
  /** The first live backend of each row, for the sets of live backends met so far. */
  readonly #firstOf = new Map<string, Int16Array>()

  constructor(name: string, key: RecordLayout<K>, backends: number, height: number, choices: Choices) {
    this.#ring = new ConcreteMaglev(backends, height)
    this.#choices = choices
    this.#site = new ChoiceSite(`${name}.pick`, backends, choices.lessons)
    this.#known = new LearnedByKey(key)
  }

  pick(key: K, live: IndexSet): number | undefined {
    const liveNow = this.#liveSet(live)
    const isCertain = this.#choices.slack === undefined || !(live instanceof SpecIndexSet) || live.isCertain
    if (!isCertain) this.#choices.doubt(uncertainLive)
    if (!liveNow.includes('1')) return undefined
    const wanted = this.#choices.wanted(this.#site)
    const allowed = wanted !== -1 && this.#explainable(key, liveNow, wanted)
    if (!allowed && this.#choices.isForced) this.#choices.invalid = true
    const backend = allowed ? wanted : this.#anyExplainable(key, liveNow)
    const chooser: Chooser = {
      showsLater: false,
      settle: (picked, sure) => this.#remember(key, liveNow, picked, sure && isCertain),
      other: (picked) => this.#otherExplainable(key, liveNow, picked),
    }
    this.#choices.met(this.#site, chooser, backend, allowed && !this.#choices.isForced)
    return backend
  }

  begin(): void {
    this.#known.begin()
  }

  rollback(): void {}

  mark(): void {
    this.#known.mark()
  }

  retract(): void {
    this.#known.retract()
  }

  forget(count: number): void {
    this.#known.forget(count)
  }

  #liveSet(live: IndexSet): string {
    let set = ''
    for (let backend = 0; backend < this.#ring.backends; backend++) set += live.has(backend) ? '1' : '0'
    return set
  }

  #explainable(key: K, live: string, backend: number): boolean {
    if (live[backend] !== '1') return false
    const picks = this.#known.get(key) ?? []
    const first = this.#firstRows(live)
    const earlier = picks.map((pick) => ({ first: this.#firstRows(pick.live), backend: pick.backend }))
    for (let row = 0; row < first.length; row++) {
      if (first[row] === backend && earlier.every((pick) => pick.first[row] === pick.backend)) return true
    }
    return false
  }

  #anyExplainable(key: K, live: string): number {
    const backend = this.#otherExplainable(key, live, -1)
    // Every history of true picks has a row; a history with a wrong pick in it may have none.
    return backend === -1 ? live.indexOf('1') : backend
  }

  /** A backend other than `picked` that the history of `key` allows, or -1. */
  #otherExplainable(key: K, live: string, picked: number): number {
    for (let backend = 0; backend < this.#ring.backends; backend++) {
      if (backend !== picked && this.#explainable(key, live, backend)) return backend
    }
    return -1
  }

  #firstRows(live: string): Int16Array {
    const known = this.#firstOf.get(live)
    if (known !== undefined) return known
    const rows = new Int16Array(this.#ring.height)
    for (let row = 0; row < rows.length; row++)
      rows[row] = this.#ring.firstLive(row, (backend) => live[backend] === '1')
    if (this.#firstOf.size >= 64) this.#firstOf.clear()
    this.#firstOf.set(live, rows)
    return rows
  }

  #remember(key: K, live: string, backend: number, sure: boolean): void {
    if (!sure) return
    const picks = this.#known.get(key) ?? []
    this.#known.set(key, picks.some((known) => known.live === live) ? picks : [...picks, { live, backend }])
  }
}
