/** Maglev's ring in the symbolic reading: the first live backend of a key's row. */
import type { Term } from '../../smt/index.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { MaglevState } from '../state.js'
import type { Integer } from './integer.js'
import type { RecordCodec } from './record-codec.js'
import type { Run } from './run.js'
import { SymbolicIndexSet } from './tables.js'
import type { NumberValue } from './values.js'

/** The ring, and the row that each key has: the implementation's choice, so given from outside. */
export interface RingState {
  readonly ring: MaglevState<Integer>
  /** The row of a key, below the ring's height. */
  rowOf(key: Term): Integer
}

export class SymbolicMaglevTable {
  readonly #run: Run
  readonly #key: RecordCodec
  readonly #state: RingState

  constructor(run: Run, key: RecordCodec, state: RingState) {
    this.#run = run
    this.#key = key
    this.#state = state
  }

  pick(key: unknown, live: unknown): NumberValue | undefined {
    if (!(live instanceof SymbolicIndexSet)) throw errorHere('pick takes an indexSet of the live backends')
    const { integers, terms } = this.#run
    const { ring, rowOf } = { ring: this.#state.ring, rowOf: (bytes: Term) => this.#state.rowOf(bytes) }
    const backends = Number(ring.backends.constant ?? -1n)
    if (backends < 1) throw this.#run.undecidable('a Maglev table of a number of backends that is not known')
    const row = rowOf(this.#key.encodeKey(this.#run, key))
    const isLive = (backend: Integer): Term => live.holds(backend)
    const all = Array.from({ length: backends }, (_, backend) => isLive(integers.of(BigInt(backend))))
    if (!this.#run.decide(terms.any(all))) return undefined
    // Ranks are tried in order; the last needs no look, since one of them is live.
    let picked = ring.at(row, integers.of(BigInt(backends - 1)))
    for (let rank = backends - 2; rank >= 0; rank--) {
      const backend = ring.at(row, integers.of(BigInt(rank)))
      picked = integers.select(isLive(backend), backend, picked)
    }
    return this.#run.number(integers.within(picked, 0n, BigInt(backends - 1)))
  }
}
