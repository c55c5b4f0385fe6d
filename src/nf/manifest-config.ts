/** The entries of `config:` in nf.yaml, checked: which attributes go together, bounds that can be read. */
import type { Where } from '../errors.js'
import { isOrdered, largestOf, parseScalar, type ScalarType, scalarTypes } from './config-types.js'
import type { RawEntry } from './manifest-form.js'
import { MAX_PORTS } from './memory-map.js'
import type { YamlPath, YamlSource } from './yaml-source.js'

interface EntryBase {
  readonly name: string
  readonly doc: string
  /** As written; undefined where a value must be given. */
  readonly default: unknown
  readonly where: Where
  /** Where a row of the default stands, by its key or index. */
  readonly rowWhere: (row: string | number) => Where
  /** How a proof for any configuration treats it; undefined: as it is. */
  readonly anyConfig: 'any' | { readonly oneOf: readonly unknown[] } | undefined
}

/** A value, a value for each port, or a list of values. */
export interface ScalarEntry extends EntryBase {
  readonly shape: 'scalar' | 'perPort' | 'list'
  readonly type: ScalarType
  readonly min: bigint
  readonly max: bigint
  /** The names of a `oneOf`. */
  readonly values: readonly string[]
  /** Of a list. */
  readonly maxLength: number
}

/** A read-only table that the host fills, asked for whole keys. */
export interface TableEntry extends EntryBase {
  readonly shape: 'table'
  readonly key: 'mac' | 'ipv4'
  readonly value: TableValue
  readonly maxLength: number
}

/** A read-only table that the host fills, asked for the longest prefix of an IPv4 address. */
export interface PrefixesEntry extends EntryBase {
  readonly shape: 'prefixes'
  readonly value: TableValue
  readonly maxRows: number
}

/** What a table gives. */
export type TableValue = 'port' | 'u32' | 'ipv4'

export type ConfigEntry = ScalarEntry | TableEntry | PrefixesEntry

const DEFAULT_LIST_LENGTH = 256
const DEFAULT_TABLE_LENGTH = 65_536

/** Names that are imports already. */
const RESERVED = ['portCount']

export function readEntries(
  source: YamlSource,
  raw: Readonly<Record<string, RawEntry>>,
): ReadonlyMap<string, ConfigEntry> {
  const entries = new Map(Object.entries(raw).map(([name, entry]) => [name, readEntry(source, name, entry)]))
  for (const [name, entry] of entries) {
    if (RESERVED.includes(name)) throw source.fail(['config', name], `config.${name} is the number of ports already`)
    const counter = `${name}Count`
    if (entry.shape === 'list' && entries.has(counter)) {
      throw source.fail(['config', counter], `config.${counter} is the length of the list ${name} already`)
    }
  }
  return entries
}

function readEntry(source: YamlSource, name: string, raw: RawEntry): ConfigEntry {
  const path: YamlPath = ['config', name]
  refuseStrays(source, path, raw)
  const base: EntryBase = {
    name,
    doc: raw.doc ?? '',
    default: raw.default ?? raw.rows,
    where: source.where(path),
    rowWhere: (row) => source.where([...path, raw.default === undefined ? 'rows' : 'default', row]),
    anyConfig: raw.anyConfig,
  }
  const type = scalarTypes.find((known) => known === raw.type)
  if (type === undefined) {
    return raw.type === 'prefixes' ? prefixesEntry(source, path, raw, base) : tableEntry(source, path, raw, base)
  }
  const shape = raw.each === 'port' ? 'perPort' : raw.list === true ? 'list' : 'scalar'
  const values = raw.values ?? []
  const bound = (key: 'min' | 'max', otherwise: bigint): bigint => {
    const given = raw[key]
    if (given === undefined) return otherwise
    const parsed = parseScalar(type, given, { portCount: MAX_PORTS, values })
    if (typeof parsed === 'string') throw source.fail([...path, key], `config.${name}.${key}: ${parsed}`)
    return parsed
  }
  const min = bound('min', 0n)
  const max = bound('max', largestOf(type))
  if (min > max) throw source.fail([...path, 'min'], `config.${name}: min is above max`)
  return { ...base, shape, type, min, max, values, maxLength: raw.maxLength ?? DEFAULT_LIST_LENGTH }
}

function tableEntry(source: YamlSource, path: YamlPath, raw: RawEntry, base: EntryBase): TableEntry {
  const { key, value } = raw
  if (key === undefined || value === undefined) {
    throw source.fail(path, `config.${base.name}: a table needs key (mac or ipv4) and value (port, u32 or ipv4)`)
  }
  return { ...base, shape: 'table', key, value, maxLength: raw.maxLength ?? DEFAULT_TABLE_LENGTH }
}

function prefixesEntry(source: YamlSource, path: YamlPath, raw: RawEntry, base: EntryBase): PrefixesEntry {
  const { value, maxRows = DEFAULT_TABLE_LENGTH } = raw
  if (value === undefined) throw source.fail(path, `config.${base.name}: prefixes need value (port, u32 or ipv4)`)
  return { ...base, shape: 'prefixes', value, maxRows }
}

/** Attributes that mean nothing for the type. */
function refuseStrays(source: YamlSource, path: YamlPath, raw: RawEntry): void {
  const isTable = raw.type === 'table'
  const hasRows = isTable || raw.type === 'prefixes'
  const type = scalarTypes.find((known) => known === raw.type)
  const ordered = type !== undefined && isOrdered(type)
  const strays: readonly (readonly [boolean, keyof RawEntry, string])[] = [
    [raw.values !== undefined && raw.type !== 'oneOf', 'values', 'only a oneOf has values'],
    [raw.values === undefined && raw.type === 'oneOf', 'type', 'a oneOf needs values'],
    [raw.key !== undefined && !isTable, 'key', 'only a table has key'],
    [raw.value !== undefined && !hasRows, 'value', 'only a table and prefixes have a value'],
    [raw.rows !== undefined && !hasRows, 'rows', 'only a table and prefixes have rows'],
    [raw.rows !== undefined && raw.default !== undefined, 'rows', 'rows is the default of a table: give one of them'],
    [raw.min !== undefined && !ordered, 'min', `min means nothing for ${raw.type}`],
    [raw.max !== undefined && !ordered, 'max', `max means nothing for ${raw.type}`],
    [raw.each !== undefined && (raw.list === true || hasRows), 'each', 'each: port goes with single values only'],
    [raw.list === true && hasRows, 'list', 'a table is no list'],
    [raw.maxLength !== undefined && !isTable && raw.list !== true, 'maxLength', 'only lists and tables have a length'],
    [raw.maxRows !== undefined && raw.type !== 'prefixes', 'maxRows', 'only prefixes have maxRows'],
  ]
  const stray = strays.find(([wrong]) => wrong)
  if (stray !== undefined) throw source.fail([...path, stray[1]], `${path.join('.')}: ${stray[2]}`)
}
