/** The whole state of a specification where every entry of every table is known. */
import { Integers } from '../../domains/symbolic/integer.js'
import type { StateBinding } from '../../domains/symbolic/state-binding.js'
import type { Terms } from '../../smt/index.js'
import type { StateDeclarations } from '../../spec/state.js'
import { fixedRing, type Manner } from './device.js'
import { type KnownEntry, Lookups } from './entries.js'
import { KnownMap, type KnownMapEntry, KnownSet } from './tables.js'

type Entries = ReadonlyMap<string, readonly KnownMapEntry[] | readonly KnownEntry[]>

/** Never changes: a packet works on tables of its own. */
export class KnownState {
  readonly entries: Entries
  /** When the last packet came, nanoseconds. */
  readonly last: bigint

  constructor(entries: Entries, last: bigint) {
    this.entries = entries
    this.last = last
  }

  static empty(): KnownState {
    return new KnownState(new Map(), 0n)
  }

  /** How entries came to be what they are: states of the same kind are worth the same. */
  get kind(): string {
    return [...this.entries]
      .filter(([, entries]) => entries.length > 0)
      .map(([name, entries]) => {
        const marks = entries.map(({ marks: { made, timed, valued } }) => `${made} ${timed} ${valued}`)
        return `${name}: ${marks.sort().join(', ')}`
      })
      .join('; ')
  }
}

/** Tables for one packet. */
export class WorkingState {
  readonly bindings: ReadonlyMap<string, StateBinding>
  readonly lookups = new Lookups()
  readonly #tables = new Map<string, KnownMap | KnownSet>()

  constructor(terms: Terms, declarations: StateDeclarations, state: KnownState, manner: Manner) {
    const bindings = new Map<string, StateBinding>()
    for (const [name, declaration] of Object.entries(declarations)) {
      const entries = state.entries.get(name) ?? []
      if (declaration.kind === 'expiringMap') {
        const map = new KnownMap(name, terms, declaration.capacity, entries.filter(isOfMap), this.lookups)
        this.#tables.set(name, map)
        bindings.set(name, { kind: 'expiringMap', state: map })
      } else if (declaration.kind === 'indexSet') {
        const set = new KnownSet(name, terms, declaration.capacity, entries, this.lookups)
        this.#tables.set(name, set)
        bindings.set(name, { kind: 'indexSet', state: set })
      } else if (declaration.kind === 'maglev') {
        bindings.set(name, { kind: 'maglev', state: fixedRing(declaration, manner, new Integers(terms)) })
      } else bindings.set(name, { kind: 'chosenBy' })
    }
    this.bindings = bindings
  }

  /** After the packet, which came at `now`. */
  after(now: bigint): KnownState {
    return new KnownState(new Map([...this.#tables].map(([name, table]) => [name, table.entries])), now)
  }
}

export function isOfMap(entry: KnownEntry | KnownMapEntry): entry is KnownMapEntry {
  return 'key' in entry
}
