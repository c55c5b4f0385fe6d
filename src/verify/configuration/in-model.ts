/** What a model says of a configuration that is left open, as a person would give it. */
import { tableName } from '../../domains/symbolic/config.js'
import { formatScalar } from '../../nf/config-types.js'
import type { ResolvedEntry, ResolvedPrefixes, ResolvedTable } from '../../nf/config-values.js'
import { bitVecSort, boolSort, type Model, type Terms, type Value } from '../../smt/index.js'
import { INDEX_BITS, keyBitsOf, type OpenConfig, VALUE_BITS } from './open-config.js'

/** `name=value` for each open parameter; undefined where a table has rows without end. */
export function wordsIn(open: OpenConfig, terms: Terms, model: Model): readonly string[] | undefined {
  const words: string[] = []
  for (const name of open.names) {
    const found = open.config.entries.get(name)
    const text = found && textOf(open, terms, model, name, found)
    if (text === undefined) return undefined
    words.push(`${name}=${text}`)
  }
  return words
}

function textOf(open: OpenConfig, terms: Terms, model: Model, name: string, found: ResolvedEntry): string | undefined {
  if (found.kind !== 'scalars') return rowsOf(open, terms, model, name, found)
  const { entry, raw } = found
  const bounds = open.boundsOf(entry)
  const written = (value: bigint): string =>
    entry.type === 'ports' && value === 0n ? '' : formatScalar(entry.type, value, entry.values)
  if (typeof raw === 'bigint') {
    const { symbol } = open.variable(terms, name) ?? {}
    return written(symbol === undefined ? raw : numberIn(model.variable(symbol)))
  }
  const symbol = terms.declareFunction(`config.${name}`, [bitVecSort(INDEX_BITS)], bitVecSort(bounds.bits))
  const values = raw.map((configured, index) => {
    const value = numberIn(model.apply(symbol, [BigInt(index)]))
    // Where nobody asked for it, it may be anything.
    return value >= bounds.least && value <= bounds.most ? value : configured
  })
  return values.map(written).join(entry.type === 'ports' ? ';' : ',')
}

/** The rows that the model speaks of, addresses as whole prefixes; whatever else it says everywhere must be that there is none. */
function rowsOf(
  open: OpenConfig,
  terms: Terms,
  model: Model,
  name: string,
  { entry }: ResolvedTable | ResolvedPrefixes,
): string | undefined {
  const [key, get, end] =
    entry.shape === 'table' ? ([entry.key, 'get', ''] as const) : (['ipv4', 'lookup', '/32'] as const)
  const sort = bitVecSort(keyBitsOf(key))
  const has = model.functions.get(terms.declareFunction(`${tableName(name)}.has`, [sort], boolSort))
  if (has === undefined) return ''
  if (has.fallback === true) return undefined
  const value = terms.declareFunction(`${tableName(name)}.${get}`, [sort], bitVecSort(VALUE_BITS))
  const most = open.table(name)?.most ?? 0n
  const rows = [...has.points()].flatMap(({ args, result }) => {
    const [at] = args
    if (result !== true || typeof at !== 'bigint') return []
    const given = numberIn(model.apply(value, [at]))
    return [`${formatScalar(key, at, [])}${end}=${formatScalar(entry.value, given > most ? 0n : given, [])}`]
  })
  return rows.join(',')
}

function numberIn(value: Value): bigint {
  if (typeof value !== 'bigint') throw new TypeError('not a number')
  return value
}
