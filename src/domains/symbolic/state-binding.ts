/** Which structure each declared state of a specification is kept in. */
import { SpecError } from '../../spec/error.js'
import type { RecordLayout } from '../../spec/record.js'
import type { StateDeclaration } from '../../spec/state.js'
import type { Choices } from './choices.js'
import { SymbolicChosenBy } from './chosen.js'
import { RecordCodec } from './record-codec.js'
import { type ByteLayout, canonicalLayout, fieldsOf } from './record-layout.js'
import { type RingState, SymbolicMaglevTable } from './ring.js'
import { type AllocatorState, type MapState, SymbolicIndexSet, SymbolicTable, type TableParts } from './tables.js'

/** A structure of the kind that is declared. Without a layout, records lie in our own (`canonicalLayout`). */
export type StateBinding =
  | {
      readonly kind: 'expiringMap'
      readonly state: MapState
      readonly keyLayout?: ByteLayout
      readonly valueLayout?: ByteLayout
    }
  | { readonly kind: 'indexSet'; readonly state: AllocatorState }
  | { readonly kind: 'maglev'; readonly state: RingState; readonly keyLayout?: ByteLayout }
  | { readonly kind: 'chosenBy'; readonly keyLayout?: ByteLayout }

type Bound = SymbolicTable | SymbolicIndexSet | SymbolicMaglevTable | SymbolicChosenBy

/** The structure as authors work with it. */
export function bindState(
  parts: TableParts,
  declaration: StateDeclaration,
  binding: StateBinding,
  choices: Choices,
): Bound {
  const { run, name } = parts
  if (declaration.kind === 'expiringMap' && binding.kind === 'expiringMap') {
    const { state, keyLayout, valueLayout } = binding
    const { key, value } = declaration
    const valueCodec = value && recordCodec(`a value of ${name}`, value, valueLayout)
    return new SymbolicTable({
      ...parts,
      state,
      choices,
      key: recordCodec(`a key of ${name}`, key, keyLayout),
      value: valueCodec,
    })
  }
  if (declaration.kind === 'indexSet' && binding.kind === 'indexSet') {
    return new SymbolicIndexSet({ ...parts, state: binding.state })
  }
  if (declaration.kind === 'maglev' && binding.kind === 'maglev') {
    return new SymbolicMaglevTable(
      run,
      recordCodec(`a key of ${name}`, declaration.key, binding.keyLayout),
      binding.state,
    )
  }
  if (declaration.kind === 'chosenBy' && binding.kind === 'chosenBy') {
    const key = recordCodec(`a key of ${name}`, declaration.key, binding.keyLayout)
    return new SymbolicChosenBy(run, name, key, declaration.range, choices)
  }
  throw new SpecError(`${name} is declared as ${declaration.kind} and bound to a ${binding.kind}`)
}

/** Those in our own layout, by what they are called in errors. */
const canonical = new WeakMap<object, Map<string, RecordCodec>>()

/** The codec of a record type: what a structure that keeps such records is to be made for. */
export function recordCodec(
  name: string,
  record: Pick<RecordLayout<object>, 'fields' | 'fieldNames'>,
  layout?: ByteLayout,
): RecordCodec {
  if (layout !== undefined) return new RecordCodec(name, fieldsOf(record), layout)
  const ofRecord = canonical.get(record) ?? new Map<string, RecordCodec>()
  canonical.set(record, ofRecord)
  const known = ofRecord.get(name)
  if (known !== undefined) return known
  const fields = fieldsOf(record)
  const made = new RecordCodec(name, fields, canonicalLayout(fields))
  ofRecord.set(name, made)
  return made
}
