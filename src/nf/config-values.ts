/** One configuration value from what was given or the default, by its shape. */
import { InputError } from '../errors.js'
import type { ConfigOverride } from './config-overrides.js'
import { parseScalar } from './config-types.js'
import type { ConfigEntry, ScalarEntry, TableEntry } from './manifest-config.js'

/** Whole numbers: one, one for each port or place in a list, or the rows of a table. */
export type RawValue = bigint | readonly bigint[] | ReadonlyMap<bigint, bigint>

/** Says what is wrong with a value, and where it was given. */
type Refuse = (what: string) => InputError

export function parseEntry(entry: ConfigEntry, override: ConfigOverride | undefined, portCount: number): RawValue {
  const refuse: Refuse = (what) => new InputError(`${entry.name}: ${what}`, override?.where ?? entry.where)
  const given = override === undefined ? entry.default : override.value
  if (given === undefined) {
    throw new InputError(`${entry.name} has no default and must be given`, {
      ...entry.where,
      hint: `--config ${entry.name}=...`,
    })
  }
  if (entry.shape === 'table') return parseTable(entry, given, portCount, refuse)
  if (entry.shape === 'scalar') return parseOne(entry, given, portCount, refuse)
  return entry.shape === 'list'
    ? parseList(entry, given, portCount, refuse)
    : parsePerPort(entry, given, portCount, refuse)
}

function parseOne(entry: ScalarEntry, input: unknown, portCount: number, refuse: Refuse): bigint {
  const value = parseScalar(entry.type, input, { portCount, values: entry.values })
  if (typeof value === 'string') throw refuse(value)
  if (value < entry.min) throw refuse(`${value} is below ${entry.min}`)
  if (value > entry.max) throw refuse(`${value} is above ${entry.max}`)
  return value
}

/** Text is split at commas, except for sets of ports, which have commas of their own: those are split at semicolons. */
function itemsOf(entry: ScalarEntry, given: unknown): readonly unknown[] | undefined {
  if (Array.isArray(given)) return given
  const separator = entry.type === 'ports' ? ';' : ','
  return typeof given === 'string' && given.includes(separator) ? given.split(separator) : undefined
}

function parseList(entry: ScalarEntry, given: unknown, portCount: number, refuse: Refuse): bigint[] {
  const items = itemsOf(entry, given) ?? (given === '' || given === null ? [] : [given])
  if (items.length > entry.maxLength) throw refuse(`${items.length} values, at most ${entry.maxLength}`)
  return items.map((item) => parseOne(entry, item, portCount, refuse))
}

/** A value for each port: a list with at least so many, or one for all, in which `{port}` stands for the port. */
function parsePerPort(entry: ScalarEntry, given: unknown, portCount: number, refuse: Refuse): bigint[] {
  const items = itemsOf(entry, given)
  if (items !== undefined && items.length < portCount) throw refuse(`${items.length} values for ${portCount} ports`)
  return Array.from({ length: portCount }, (_, port) => {
    const item = items === undefined ? given : items[port]
    return parseOne(entry, typeof item === 'string' ? forPort(entry, item, port) : item, portCount, refuse)
  })
}

/** In a MAC address two hexadecimal digits, elsewhere decimal. */
function forPort(entry: ScalarEntry, pattern: string, port: number): string {
  return pattern.replaceAll('{port}', entry.type === 'mac' ? port.toString(16).padStart(2, '0') : String(port))
}

/** A mapping, a list of `{ key, value }`, or text such as `02:00:00:00:00:01=3, ...`. */
function parseTable(entry: TableEntry, given: unknown, portCount: number, refuse: Refuse): ReadonlyMap<bigint, bigint> {
  const rows = rowsOf(given, refuse)
  if (rows.length > entry.maxLength) throw refuse(`${rows.length} rows, at most ${entry.maxLength}`)
  const table = new Map<bigint, bigint>()
  for (const [keyText, valueText] of rows) {
    const context = { portCount, values: [] }
    const key = parseScalar(entry.key, keyText, context)
    if (typeof key === 'string') throw refuse(key)
    const value = parseScalar(entry.value, valueText, context)
    if (typeof value === 'string') throw refuse(`${String(keyText)}: ${value}`)
    if (table.has(key)) throw refuse(`${String(keyText)} stands twice`)
    table.set(key, value)
  }
  return table
}

function rowsOf(given: unknown, refuse: Refuse): (readonly [unknown, unknown])[] {
  if (given === null || given === '') return []
  if (typeof given === 'string') return given.split(',').map((row) => splitRow(row, refuse))
  if (Array.isArray(given)) return given.map((row: unknown) => rowOf(row, refuse))
  if (typeof given === 'object') return Object.entries(given)
  throw refuse('is not a mapping of keys to values')
}

function splitRow(row: string, refuse: Refuse): readonly [string, string] {
  const [key, value, ...rest] = row.split('=').map((part) => part.trim())
  if (key === undefined || value === undefined || rest.length > 0) throw refuse(`"${row}" is not key=value`)
  return [key, value]
}

function rowOf(row: unknown, refuse: Refuse): readonly [unknown, unknown] {
  if (typeof row === 'object' && row !== null && 'key' in row && 'value' in row) return [row.key, row.value]
  throw refuse(`${JSON.stringify(row)} is not { key, value }`)
}
