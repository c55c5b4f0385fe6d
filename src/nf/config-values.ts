/** One configuration value from what was given or the default, by its shape. */
import { InputError } from '../errors.js'
import type { PrefixRows } from '../spec/values.js'
import type { ConfigOverride } from './config-overrides.js'
import { parsePrefixes, parseTable, type Refuse } from './config-rows.js'
import { parseScalar } from './config-types.js'
import type { ConfigEntry, PrefixesEntry, ScalarEntry, TableEntry } from './manifest-config.js'

/** One value: as declared, and its content as whole numbers whatever the type. */
export type ResolvedEntry = ResolvedScalars | ResolvedTable | ResolvedPrefixes

/** One value, or one for each port or place in a list. */
export interface ResolvedScalars {
  readonly kind: 'scalars'
  readonly entry: ScalarEntry
  readonly raw: bigint | readonly bigint[]
}

export interface ResolvedTable {
  readonly kind: 'table'
  readonly entry: TableEntry
  readonly raw: ReadonlyMap<bigint, bigint>
}

export interface ResolvedPrefixes {
  readonly kind: 'prefixes'
  readonly entry: PrefixesEntry
  readonly raw: PrefixRows
}

export function parseEntry(entry: ConfigEntry, override: ConfigOverride | undefined, portCount: number): ResolvedEntry {
  const { where, rowWhere } = override ?? entry
  // What the text of a row is, and so its place, is known only where YAML gave it.
  const refuse: Refuse = (what, row) =>
    new InputError(`${entry.name}: ${what}`, row === undefined ? where : (rowWhere?.(row) ?? where))
  const given = override === undefined ? entry.default : override.value
  if (given === undefined) {
    throw new InputError(`${entry.name} has no default and must be given`, {
      ...entry.where,
      hint: `--config ${entry.name}=...`,
    })
  }
  switch (entry.shape) {
    case 'table':
      return { kind: 'table', entry, raw: parseTable(entry, given, portCount, refuse) }
    case 'prefixes':
      return { kind: 'prefixes', entry, raw: parsePrefixes(entry, given, portCount, refuse) }
    case 'scalar':
      return { kind: 'scalars', entry, raw: parseOne(entry, given, portCount, refuse) }
    case 'list':
      return { kind: 'scalars', entry, raw: parseList(entry, given, portCount, refuse) }
    case 'perPort':
      return { kind: 'scalars', entry, raw: parsePerPort(entry, given, portCount, refuse) }
  }
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
