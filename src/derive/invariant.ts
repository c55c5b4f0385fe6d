/**
 * What always holds of the entries of tables, beyond the types of their fields: that a field has one of a few values. Tried
 * of the values that were seen, and kept where every packet keeps it: then it holds in every state that packets lead to.
 */
import type { Integer } from '../domains/symbolic/integer.js'
import { Integers } from '../domains/symbolic/integer.js'
import type { Path } from '../domains/symbolic/path.js'
import { Run } from '../domains/symbolic/run.js'
import { recordCodec } from '../domains/symbolic/state-binding.js'
import type { Term } from '../smt/index.js'
import type { ExpiringMapDeclaration, StateDeclarations } from '../spec/state.js'
import { isOfMap, type KnownState } from './known/state.js'

export interface Candidate {
  readonly table: string
  readonly part: 'key' | 'value'
  readonly field: string
  readonly values: readonly bigint[]
}

/** A field that was seen with more values is not looked at. */
export const MOST_VALUES = 8

type Codec = ReturnType<typeof recordCodec>

export class EntryFields {
  readonly #declarations: StateDeclarations

  constructor(declarations: StateDeclarations) {
    this.#declarations = declarations
  }

  /** Of fields that had few values in all of these states. */
  candidates(path: Path, states: readonly KnownState[]): Candidate[] {
    const run = runOn(path)
    return this.#maps.flatMap(([table, declaration]) =>
      (['key', 'value'] as const).flatMap((part) => {
        const codec = codecOf(table, declaration, part)
        if (codec === undefined) return []
        return [...codec.fields.keys()].flatMap((field) => {
          const values = new Set<bigint>()
          for (const state of states) {
            for (const entry of state.entries.get(table) ?? []) {
              const bytes = isOfMap(entry) ? entry[part] : undefined
              const value = bytes && codec.fieldIn(run, field, bytes).constant
              if (value !== undefined) values.add(value)
            }
          }
          return values.size > 0 && values.size <= MOST_VALUES ? [{ table, part, field, values: [...values] }] : []
        })
      }),
    )
  }

  /** All fields of what is stored in a state, by names. */
  valuesIn(path: Path, state: KnownState): ReadonlyMap<string, bigint> {
    const run = runOn(path)
    const found = new Map<string, bigint>()
    for (const [table, declaration] of this.#maps) {
      for (const [at, entry] of (state.entries.get(table) ?? []).entries()) {
        const codec = codecOf(table, declaration, 'value')
        const bytes = isOfMap(entry) ? entry.value : undefined
        if (codec === undefined || bytes === undefined) continue
        for (const field of codec.fields.keys()) {
          const value = codec.fieldIn(run, field, bytes).constant
          if (value !== undefined) found.set(`${table} ${at} ${field}`, value)
        }
      }
    }
    return found
  }

  /** The field that a candidate is about, in some bytes that are stored as the key or value of its table. */
  field(path: Path, { table, part, field }: Candidate, bytes: Term): Integer {
    const declaration = this.#maps.find(([name]) => name === table)?.[1]
    const codec = declaration && codecOf(table, declaration, part)
    if (codec === undefined) throw new RangeError(`${table} has no ${part}`)
    return codec.fieldIn(runOn(path), field, bytes)
  }

  /** What a candidate says of them. */
  holds(path: Path, candidate: Candidate, bytes: Term): Term {
    const integers = new Integers(path.terms)
    const value = this.field(path, candidate, bytes)
    return path.terms.any(candidate.values.map((each) => integers.eq(value, integers.of(each))))
  }

  get #maps(): readonly (readonly [string, ExpiringMapDeclaration<object, object | undefined>])[] {
    return Object.entries(this.#declarations).flatMap(([name, declaration]) =>
      declaration.kind === 'expiringMap' ? [[name, declaration] as const] : [],
    )
  }
}

function codecOf(
  table: string,
  { key, value }: ExpiringMapDeclaration<object, object | undefined>,
  part: Candidate['part'],
): Codec | undefined {
  const record = part === 'key' ? key : value
  return record && recordCodec(`a ${part} of ${table}`, record)
}

/** Bytes are read on it, nothing is decided. */
function runOn(path: Path): Run {
  return new Run(path, 1, new Integers(path.terms).of(0n))
}
