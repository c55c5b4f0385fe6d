/** Tables as properties see them in the symbolic reading: at one moment of one packet, not to be changed. */
import { errorHere } from '../../spec/instrumented/index.js'
import type { StateDeclaration } from '../../spec/state.js'
import type { Integer } from './integer.js'
import { MapLookup, Table, type TableParts } from './lookups.js'
import { recordCodec, type StateBinding } from './state-binding.js'
import type { AllocatorState } from './tables.js'
import type { BigintValue, NumberValue, TruthValue } from './values.js'

/** A table that can be looked at; undefined for a declaration of a choice, which holds nothing to look at. */
export function viewOf(
  parts: TableParts,
  declaration: StateDeclaration,
  binding: StateBinding,
): SymbolicMapView | SymbolicSetView | undefined {
  if (declaration.kind === 'expiringMap' && binding.kind === 'expiringMap') {
    const { name } = parts
    const { key, value } = declaration
    return new SymbolicMapView({
      ...parts,
      state: binding.state,
      key: recordCodec(`a key of ${name}`, key, binding.keyLayout),
      value: value && recordCodec(`a value of ${name}`, value, binding.valueLayout),
    })
  }
  return binding.kind === 'indexSet' ? new SymbolicSetView(parts, binding.state) : undefined
}

/** Updates; the loader finds them where they are plain, what is passed around is found here. */
const refuses = (operation: string) => (): never => {
  throw errorHere(`${operation} changes the state, which a property only reads`)
}

export class SymbolicMapView extends MapLookup {
  readonly expireOlderThan = refuses('expireOlderThan')
  readonly touch = refuses('touch')
  readonly insert = refuses('insert')
  readonly setValue = refuses('setValue')
  readonly refresh = refuses('refresh')
  readonly erase = refuses('erase')

  timeAt(slot: unknown): BigintValue {
    return this.run.bigint(this.state.timeAt(this.used(slot, 'timeAt')))
  }
}

export class SymbolicSetView extends Table {
  readonly expireOlderThan = refuses('expireOlderThan')
  readonly touch = refuses('touch')
  readonly #state: AllocatorState

  constructor(parts: TableParts, state: AllocatorState) {
    super(parts)
    this.#state = state
  }

  get capacity(): NumberValue {
    return this.run.number(this.#state.capacity)
  }

  get size(): NumberValue {
    return this.run.number(this.#state.count())
  }

  has(index: unknown): TruthValue {
    const { at, inRange } = this.index(index, this.#state.capacity)
    return this.run.truth(this.run.terms.and(inRange, this.#state.used(at)))
  }

  timeAt(index: unknown): BigintValue {
    return this.run.bigint(this.#state.timeAt(this.#used(index)))
  }

  #used(index: unknown): Integer {
    const { at, inRange } = this.index(index, this.#state.capacity)
    const what = `${this.name}.timeAt of an index that is not in`
    this.run.oblige(what, this.run.terms.and(inRange, this.#state.used(at)))
    return at
  }
}
