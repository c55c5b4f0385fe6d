/** Whether a table that a property declares is the one that the specification keeps under the same name. */
import { SpecError } from '../../spec/error.js'
import type { FieldTypes } from '../../spec/record.js'
import type { StateDeclaration } from '../../spec/state.js'

/**
 * A property may leave out fields of a value, which it only reads; keys must be whole to be looked up.
 * @throws SpecError that says in what they differ.
 */
export function requireSameTable(
  name: string,
  declared: StateDeclaration,
  actual: StateDeclaration,
  file: string,
): void {
  const difference = differenceOf(declared, actual)
  if (difference !== undefined) {
    throw new SpecError(`the table ${name} is not the one of the specification: ${difference}`, { file })
  }
}

function differenceOf(declared: StateDeclaration, actual: StateDeclaration): string | undefined {
  if (declared.kind === 'indexSet' && actual.kind === 'indexSet') return sameCapacity(declared, actual)
  if (declared.kind !== 'expiringMap' || actual.kind !== 'expiringMap') {
    return `${declared.kind} here, ${actual.kind} there`
  }
  const { key, value } = declared
  const missing = Object.keys(actual.key.fields).find((field) => key.fields[field] === undefined)
  if (missing !== undefined) return `the key lacks ${missing}`
  return (
    sameCapacity(declared, actual) ??
    sameFields('the key', key.fields, actual.key.fields) ??
    (value === undefined ? undefined : sameFields('the value', value.fields, actual.value?.fields))
  )
}

function sameCapacity(declared: { capacity: number }, actual: { capacity: number }): string | undefined {
  if (declared.capacity === actual.capacity) return undefined
  return `capacity ${declared.capacity} here, ${actual.capacity} there`
}

/** Every field of `declared` must be in `actual`, with the same type. */
function sameFields(what: string, declared: FieldTypes, actual: FieldTypes | undefined): string | undefined {
  for (const [field, type] of Object.entries(declared)) {
    const other = actual?.[field]
    if (other === undefined) return `${what} has no field ${field} there`
    if (other.kind !== type.kind || other.bits !== type.bits || other.bound !== type.bound) {
      return `the field ${field} of ${what} has another type there`
    }
  }
  return undefined
}
