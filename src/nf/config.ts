/**
 * The configuration of one instance: what nf.yaml declares, with what the user gave, read, bounded and related. What
 * comes out fits: the binary's imports, the specification and the report all read from it.
 */
import { InputError } from '../errors.js'
import type { SpecConfig, SpecValue } from '../spec/values.js'
import { type ConfigOverride, type ConfigSource, readOverrides } from './config-overrides.js'
import { formatScalar, specNumberOf, specValueOf } from './config-types.js'
import { parseEntry, type ResolvedEntry } from './config-values.js'
import type { NfManifest } from './manifest.js'
import { formatPrefix } from './prefix.js'
import { holds, namesIn } from './relations.js'

export type { ResolvedEntry } from './config-values.js'

/** Fits `SpecConfig`: `values` has the named options too. */
export interface ResolvedConfig extends SpecConfig {
  readonly values: ReadonlyMap<string, SpecValue>
  readonly portCount: number
  readonly entries: ReadonlyMap<string, ResolvedEntry>
  /** The alternative of each named option of the specification. */
  readonly options: ReadonlyMap<string, string>
  /** A value as a person writes it; an InputError for a name that is not there. */
  text(name: string): string
}

export interface ResolveOptions {
  readonly config?: ConfigSource
  readonly portCount?: number
}

export function resolveConfig(manifest: NfManifest, given: ResolveOptions = {}): ResolvedConfig {
  const config = resolveValues(manifest, given)
  checkRelations(manifest, config.entries, config.portCount, overridesIn(given))
  return config
}

/** As `resolveConfig`, but whatever the relations between values: for proofs in which some of them are left open. */
export function resolveValues(manifest: NfManifest, given: ResolveOptions = {}): ResolvedConfig {
  const overrides = overridesIn(given)
  const portCount = portCountOf(manifest, overrides.get('portCount'), given.portCount)
  for (const override of overrides.values()) refuseUnknown(manifest, override)
  const entries = new Map<string, ResolvedEntry>()
  for (const [name, entry] of manifest.config) {
    entries.set(name, parseEntry(entry, overrides.get(name), portCount))
  }
  const values = new Map<string, SpecValue>(manifest.options)
  for (const [name, resolved] of entries) values.set(name, specValue(resolved))
  return { values, portCount, entries, options: manifest.options, text: (name) => textOf(manifest, entries, name) }
}

function overridesIn({ config = [] }: ResolveOptions): ReadonlyMap<string, ConfigOverride> {
  return new Map(readOverrides(config).map((override) => [override.name, override]))
}

function portCountOf(manifest: NfManifest, override: ConfigOverride | undefined, given: number | undefined): number {
  const { count, min, max } = manifest.ports
  const portCount = override === undefined ? (given ?? count) : Number(override.value)
  if (Number.isInteger(portCount) && portCount >= min && portCount <= max) return portCount
  const range = min === max ? `exactly ${min}` : `${min} to ${max}`
  throw new InputError(`${manifest.name} has ${range} ports, not ${String(override?.value ?? given)}`, override?.where)
}

function refuseUnknown(manifest: NfManifest, { name, where }: ConfigOverride): void {
  if (name === 'portCount' || manifest.config.has(name)) return
  if (manifest.options.has(name)) {
    const what = `${name} is an option of the specification: ${manifest.name} implements ${manifest.options.get(name)}`
    throw new InputError(what, { ...where, hint: 'another binary may implement another; its nf.yaml says so' })
  }
  const known = [...manifest.config.keys()].join(', ')
  throw new InputError(`${manifest.name} has no configuration value ${name}`, {
    ...where,
    hint: known === '' ? 'it has none' : `it has ${known}`,
  })
}

function checkRelations(
  manifest: NfManifest,
  entries: ReadonlyMap<string, ResolvedEntry>,
  portCount: number,
  overrides: ReadonlyMap<string, ConfigOverride>,
): void {
  const values = new Map<string, bigint>([['portCount', BigInt(portCount)]])
  for (const [name, { raw }] of entries) {
    if (typeof raw === 'bigint') values.set(name, raw)
    else if (Array.isArray(raw)) values.set(`${name}Count`, BigInt(raw.length))
  }
  for (const relation of manifest.relations) {
    if (holds(relation, values)) continue
    const names = [...namesIn(relation).keys()]
    const facts = names.map((name) => `${name} = ${values.get(name) ?? ''}`).join(', ')
    const culprit = names.map((name) => overrides.get(name)?.where).find((where) => where?.file !== undefined)
    throw new InputError(`${relation.text} does not hold: ${facts}`, culprit ?? relation.where)
  }
}

function specValue({ kind, entry, raw }: ResolvedEntry): SpecValue {
  if (kind === 'table') return new Map([...raw].map(([key, value]) => [Number(key), Number(value)]))
  if (kind === 'prefixes') return raw
  if (typeof raw === 'bigint') return specValueOf(entry.type, raw, entry.values)
  return raw.map((value) => specNumberOf(entry.type, value))
}

function textOf(manifest: NfManifest, entries: ReadonlyMap<string, ResolvedEntry>, name: string): string {
  const found = entries.get(name)
  if (found === undefined) throw new InputError(`${manifest.name} has no configuration value ${name}`)
  return formatEntry(found)
}

/** The rows of a table or list of prefixes as people write them, each with its value. */
export function rowsOf({ kind, entry, raw }: ResolvedEntry): readonly (readonly [key: string, value: string])[] {
  if (kind === 'table') {
    return [...raw].map(([key, value]) => [formatScalar(entry.key, key, []), formatScalar(entry.value, value, [])])
  }
  if (kind !== 'prefixes') return []
  return raw.prefixes.map((row) => [formatPrefix(row), formatScalar(entry.value, BigInt(row.value), [])])
}

function formatEntry(resolved: ResolvedEntry): string {
  const { kind, entry, raw } = resolved
  if (kind !== 'scalars') {
    return (
      rowsOf(resolved)
        .map(([key, value]) => `${key} = ${value}`)
        .join(', ') || 'empty'
    )
  }
  if (typeof raw === 'bigint') return formatScalar(entry.type, raw, entry.values)
  return raw.map((value) => formatScalar(entry.type, value, entry.values)).join(', ')
}
