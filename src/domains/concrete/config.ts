/** Binds a specification's configuration to values, checking that each is there and of the declared kind. */
import type { ConfigDeclaration, ConfigType, Indexed, LookupTable, PrefixTable } from '../../spec/config.js'
import { SpecError } from '../../spec/error.js'
import type { FieldType } from '../../spec/types.js'
import type { PrefixRows, SpecConfig, SpecValue } from '../../spec/values.js'
import { SpecPrefixTable } from './prefix-table.js'

type Bound =
  | number
  | bigint
  | boolean
  | string
  | Indexed<number | bigint>
  | LookupTable<number | bigint, number | bigint>
  | PrefixTable<number>

/** The values that `process` sees as `config`. `file` is the specification, named in errors. */
export function bindConfig(
  declaration: ConfigDeclaration,
  config: SpecConfig,
  file: string,
): Readonly<Record<string, Bound>> {
  const bound: Record<string, Bound> = {}
  for (const [name, type] of Object.entries(declaration)) {
    const value = config.values.get(name)
    if (value === undefined) {
      throw new SpecError(`the specification asks for config.${name}, which nf.yaml does not give`, {
        file,
        hint: 'add it under config: or options:',
      })
    }
    bound[name] = bind(name, type, value, config.portCount, file)
  }
  return Object.freeze(bound)
}

function bind(name: string, type: ConfigType, value: SpecValue, portCount: number, file: string): Bound {
  const wrong = (expected: string): SpecError =>
    new SpecError(`config.${name} should be ${expected}, but nf.yaml gives ${shown(value)}`, { file })
  switch (type.kind) {
    case 'option': {
      // The specification's own string, not an equal one: comparing it with a literal is then comparing addresses.
      const own = type.alternatives.find((alternative) => alternative === value)
      if (own !== undefined) return own
      throw wrong(`one of ${type.alternatives.join(', ')}`)
    }
    case 'flag':
      if (typeof value === 'boolean') return value
      throw wrong('yes or no')
    case 'perPort':
      if (Array.isArray(value) && value.length === portCount && value.every((item) => fits(item, type.of)))
        return new List(name, value)
      throw wrong(`a list of ${portCount} values, one for each port`)
    case 'list':
      if (Array.isArray(value) && value.every((item) => fits(item, type.of))) return new List(name, value)
      throw wrong('a list')
    case 'lookupTable':
      if (value instanceof Map) return new Table(value)
      throw wrong('a table')
    case 'prefixTable':
      if (isPrefixes(value) && value.prefixes.every((row) => fits(row.value, type.value))) {
        return new SpecPrefixTable(value)
      }
      throw wrong(`a table of prefixes with values of at most ${type.value.bits} bits`)
    default:
      if ((typeof value === 'number' || typeof value === 'bigint') && fits(value, type)) return value
      throw wrong(type.wide ? 'a wide number (duration, bytes, rate)' : `a number of at most ${type.bits} bits`)
  }
}

function fits(value: number | bigint, type: FieldType<number> | FieldType<bigint>): boolean {
  if (type.wide) return typeof value === 'bigint' && value >= 0n && value < 1n << BigInt(type.bits)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** type.bits
}

function isPrefixes(value: SpecValue): value is PrefixRows {
  return typeof value === 'object' && 'prefixes' in value
}

function shown(value: SpecValue): string {
  if (isPrefixes(value)) return 'a table of prefixes'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return value instanceof Map ? 'a table' : `${typeof value} ${String(value)}`
}

/** A configured list. */
export class List implements Indexed<number | bigint> {
  readonly #name: string
  readonly #values: readonly (number | bigint)[]

  constructor(name: string, values: readonly (number | bigint)[]) {
    this.#name = name
    this.#values = values
  }

  get length(): number {
    return this.#values.length
  }

  at(index: number): number | bigint {
    const value = this.#values[index]
    if (value === undefined)
      throw new SpecError(`config.${this.#name}.at(${index}), but it has ${this.#values.length} values`)
    return value
  }

  indexOf(value: number | bigint): number | undefined {
    const index = this.#values.indexOf(value)
    return index === -1 ? undefined : index
  }
}

class Table implements LookupTable<number | bigint, number | bigint> {
  readonly #rows: ReadonlyMap<number | bigint, number | bigint>
  readonly #isEmpty: boolean

  constructor(rows: ReadonlyMap<number | bigint, number | bigint>) {
    this.#rows = rows
    this.#isEmpty = rows.size === 0
  }

  get(key: number | bigint): number | bigint | undefined {
    return this.#isEmpty ? undefined : this.#rows.get(key)
  }
}
