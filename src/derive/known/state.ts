/** The whole state of a specification where every entry of every table is known. */
import { Integers } from '../../domains/symbolic/integer.js'
import { recordCodec, type StateBinding } from '../../domains/symbolic/state-binding.js'
import { Term, type Terms } from '../../smt/index.js'
import { u8 } from '../../spec/index.js'
import type { RecordLayout } from '../../spec/record.js'
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
  readonly #flagsOf: (table: string, entry: KnownEntry | KnownMapEntry) => string
  #content: string | undefined

  /** `flagsOf` tells values apart by which a specification goes other ways. */
  constructor(entries: Entries, last: bigint, flagsOf: (table: string, entry: KnownEntry) => string = () => '') {
    this.entries = entries
    this.last = last
    this.#flagsOf = flagsOf
  }

  static empty(): KnownState {
    return new KnownState(new Map(), 0n)
  }

  /** All that is known of it, in terms of one builder: states of the same content are the same. */
  get content(): string {
    this.#content ??= `${this.last} ${[...this.entries].map(([name, entries]) => `${name}: ${entries.map(contentOf).join(', ')}`).join('; ')}`
    return this.#content
  }

  /** How entries came to be what they are, and where there is one, its flags: states of the same kind are worth the same. */
  get kind(): string {
    return [...this.entries]
      .filter(([, entries]) => entries.length > 0)
      .map(([name, entries]) => {
        const marks = entries.map(({ marks: { made, timed, valued } }) => `${made} ${timed} ${valued}`)
        const [only, other] = entries
        const flags = only !== undefined && other === undefined ? this.#flagsOf(name, only) : ''
        return `${name}: ${marks.sort().join(', ')}${flags}`
      })
      .join('; ')
  }
}

function contentOf(entry: KnownEntry | KnownMapEntry): string {
  const { present, slot, time, marks } = entry
  const { key, value } = isOfMap(entry) ? entry : { key: undefined, value: undefined }
  const ids = [present, slot.term, time.term, key, value].map((term) => term?.id ?? '')
  return [...ids, marks.made, marks.timed, marks.valued].join(' ')
}

/** Tables for one packet. */
export class WorkingState {
  readonly bindings: ReadonlyMap<string, StateBinding>
  readonly lookups = new Lookups()
  readonly #tables = new Map<string, KnownMap | KnownSet>()
  readonly #flags = new Map<string, (value: Term) => string>()

  constructor(terms: Terms, declarations: StateDeclarations, state: KnownState, manner: Manner) {
    const bindings = new Map<string, StateBinding>()
    for (const [name, declaration] of Object.entries(declarations)) {
      const entries = state.entries.get(name) ?? []
      if (declaration.kind === 'expiringMap') {
        const map = new KnownMap(name, terms, declaration.capacity, entries.filter(isOfMap), this.lookups)
        this.#tables.set(name, map)
        if (declaration.value !== undefined) this.#flags.set(name, flagsIn(terms, declaration.value))
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
    const entries = new Map([...this.#tables].map(([name, table]) => [name, table.entries]))
    return new KnownState(entries, now, (name, entry) =>
      'value' in entry && entry.value instanceof Term ? (this.#flags.get(name)?.(entry.value) ?? '') : '',
    )
  }
}

/** The fields of a stored value that are a `u8`: states of a machine, and whether something happened, not amounts. */
function flagsIn(terms: Terms, record: Pick<RecordLayout<object>, 'fields' | 'fieldNames'>): (value: Term) => string {
  const { fields, layout } = recordCodec('a value', record)
  const places = [...fields].flatMap(([name, type]) => (type === u8 ? (layout.fields.get(name) ?? []) : []))
  return (value) => places.map(({ offset }) => ` ${terms.byte(layout.size - 1 - offset, value).value}`).join('')
}

export function isOfMap(entry: KnownEntry | KnownMapEntry): entry is KnownMapEntry {
  return 'key' in entry
}
