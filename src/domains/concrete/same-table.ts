/** Whether a table that a property declares is the one that the specification keeps under the same name. */
import { SpecError } from '../../spec/error.js'
import type { FieldTypes } from '../../spec/record.js'
import type { StateDeclaration, StateDeclarations } from '../../spec/state.js'

/** What properties see beside their tables: tables with these names would hide it. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['packet', 'ingress', 'now', 'config', 'portCount', 'rewriteMacs'],
  ...['output', 'before', 'after'],
])

/**
 * The names of the tables that a property declares, those that only hold choices left out. `actual` gives the
 * specification's declaration.
 * @throws SpecError where one is not as in the specification.
 */
export function tablesOf(
  declared: StateDeclarations,
  actual: (name: string) => StateDeclaration | undefined,
  file: string,
): string[] {
  return Object.entries(declared).flatMap(([name, declaration]) => {
    if (declaration.kind === 'maglev' || declaration.kind === 'chosenBy') return []
    if (TAKEN.has(name)) throw new SpecError(`a table of a property cannot have the name ${name}`, { file })
    const found = actual(name)
    if (found === undefined) {
      throw new SpecError(`there is no table ${name} in the specification of this network function`, { file })
    }
    requireSameTable(name, declaration, found, file)
    return [name]
  })
}

/**
 * A property may leave out fields of a value, which it only reads; keys must be whole to be looked up.
 * @throws SpecError that says in what they differ.
 */
function requireSameTable(name: string, declared: StateDeclaration, actual: StateDeclaration, file: string): void {
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
