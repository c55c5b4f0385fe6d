/** The rows of tables, from a mapping, a list of `{ key, value }`, or text such as `10.0.0.0/8=3, ...`. */
import type { InputError } from '../errors.js'
import type { PrefixRow, PrefixRows } from '../spec/values.js'
import { parseScalar } from './config-types.js'
import type { PrefixesEntry, TableEntry } from './manifest-config.js'
import { parsePrefix } from './prefix.js'

/** Says what is wrong with a value, and where it was given: at one row, by key or index, or as a whole. */
export type Refuse = (what: string, row?: string | number) => InputError

interface Row {
  readonly key: unknown
  readonly value: unknown
  /** What finds it again in a YAML file; undefined where it was part of a text. */
  readonly at?: string | number
}

/** What `lpm_lookup_elem` answers where no prefix matches, -1, as an unsigned number. */
const NO_PREFIX = 0xffff_ffffn

export function parseTable(
  entry: TableEntry,
  given: unknown,
  portCount: number,
  refuse: Refuse,
): ReadonlyMap<bigint, bigint> {
  const rows = rowsOf(given, entry.maxLength, refuse)
  const table = new Map<bigint, bigint>()
  for (const row of rows) {
    const key = parseScalar(entry.key, row.key, { portCount, values: [] })
    if (typeof key === 'string') throw refuse(key, row.at)
    if (table.has(key)) throw refuse(`${String(row.key)} stands twice`, row.at)
    table.set(key, rowValue(entry, row, portCount, refuse))
  }
  return table
}

export function parsePrefixes(entry: PrefixesEntry, given: unknown, portCount: number, refuse: Refuse): PrefixRows {
  const seen = new Set<string>()
  const prefixes = rowsOf(given, entry.maxRows, refuse).map((row): PrefixRow => {
    const prefix = parsePrefix(row.key)
    if (typeof prefix === 'string') throw refuse(prefix, row.at)
    const identity = `${prefix.prefix}/${prefix.length}`
    if (seen.has(identity)) throw refuse(`${String(row.key)} stands twice`, row.at)
    seen.add(identity)
    const value = rowValue(entry, row, portCount, refuse)
    if (value === NO_PREFIX) {
      throw refuse(`${String(row.key)}: ${String(row.value)} is what a lookup answers where no prefix matches`, row.at)
    }
    return { ...prefix, value: Number(value) }
  })
  return { prefixes }
}

function rowValue(entry: TableEntry | PrefixesEntry, row: Row, portCount: number, refuse: Refuse): bigint {
  const value = parseScalar(entry.value, row.value, { portCount, values: [] })
  if (typeof value === 'string') throw refuse(`${String(row.key)}: ${value}`, row.at)
  return value
}

function rowsOf(given: unknown, most: number, refuse: Refuse): readonly Row[] {
  const rows = splitRows(given, refuse)
  if (rows.length > most) throw refuse(`${rows.length} rows, at most ${most}`)
  return rows
}

function splitRows(given: unknown, refuse: Refuse): readonly Row[] {
  if (given === null || given === '') return []
  if (typeof given === 'string') return given.split(',').map((row) => splitRow(row, refuse))
  if (Array.isArray(given)) return given.map((row: unknown, index) => rowOf(row, index, refuse))
  if (typeof given === 'object') return Object.entries(given).map(([key, value]) => ({ key, value, at: key }))
  throw refuse('is not a mapping of keys to values')
}

function splitRow(row: string, refuse: Refuse): Row {
  const [key, value, ...rest] = row.split('=').map((part) => part.trim())
  if (key === undefined || value === undefined || rest.length > 0) throw refuse(`"${row}" is not key=value`)
  return { key, value }
}

function rowOf(row: unknown, index: number, refuse: Refuse): Row {
  if (typeof row === 'object' && row !== null && 'key' in row && 'value' in row) {
    return { key: row.key, value: row.value, at: index }
  }
  throw refuse(`${JSON.stringify(row)} is not { key, value }`, index)
}
