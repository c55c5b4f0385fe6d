/**
 * The cases of a proof for every configuration: nf.yaml says which parameters are left open in all of them, and which are
 * gone through value by value; what is given beside it, and what nf.yaml marks in no way, is as configured.
 */
import {
  type ConfigOverride,
  type NfManifest,
  type ResolvedConfig,
  type ResolveOptions,
  readOverrides,
  resolveValues,
} from '../../nf/index.js'
import type { ConfigEntry } from '../../nf/manifest-config.js'
import { OpenConfig } from './open-config.js'

/** One case: a configuration with some values left open. */
export interface ConfigurationCase {
  /** What tells it from the other cases, such as `ports = 2`; empty where it is the only one. */
  readonly name: string
  readonly config: ResolvedConfig
  readonly open: OpenConfig
  /** What is given beside nf.yaml, and the values that are gone through. */
  readonly given: readonly ConfigOverride[]
  /** The values that are gone through and the number of ports, `name=value` each. */
  readonly words: readonly string[]
}

export interface Cases {
  /** What is covered, in one line. */
  readonly text: string
  readonly cases: readonly [ConfigurationCase, ...ConfigurationCase[]]
}

/** A parameter that is gone through, and its values. */
interface Split {
  readonly name: string
  readonly values: readonly unknown[]
}

/** Throws InputError where a parameter has no value, or cannot be treated as nf.yaml says. */
export function casesOf(manifest: NfManifest, given: ResolveOptions): Cases {
  const overrides = readOverrides(given.config ?? [])
  const isGiven = (name: string): boolean => overrides.some((override) => override.name === name)
  const entries = [...manifest.config.values()].filter(({ name }) => !isGiven(name))
  const splits = entries.flatMap(splitOf)
  const open = new Set(entries.filter((entry) => entry.anyConfig === 'any' && splitOf(entry).length === 0).map(nameOf))
  const isPortsGiven = given.portCount !== undefined || isGiven('portCount')
  const counts = isPortsGiven ? [given.portCount] : manifest.ports.anyConfig
  const cases = counts.flatMap((portCount) =>
    choices(splits).map((chosen): ConfigurationCase => {
      const own = chosen.map(({ name, value }) => ({ name, value, where: whereOf(manifest, name) }))
      const all = [...overrides, ...own]
      const config = resolveValues(manifest, { config: all, ...(portCount === undefined ? {} : { portCount }) })
      const ports = counts.length > 1 ? [`ports = ${config.portCount}`] : []
      const several = chosen.filter(({ name }) => (splits.find((split) => split.name === name)?.values.length ?? 0) > 1)
      const name = [...ports, ...several.map((each) => `${each.name} = ${config.text(each.name)}`)].join(', ')
      const words = chosen.map((each) => `${each.name}=${config.text(each.name)}`)
      return {
        name,
        config,
        open: new OpenConfig(config, open, manifest.relations),
        given: all,
        words: [...words, `portCount=${config.portCount}`],
      }
    }),
  )
  const [first, ...others] = cases
  if (first === undefined) throw new RangeError('there is no case')
  return { cases: [first, ...others], text: textOf(manifest, [first, ...others], open, splits) }
}

/** Of truth values and names every value is a case of its own. */
function splitOf(entry: ConfigEntry): Split[] {
  const { name, anyConfig, shape } = entry
  if (anyConfig === undefined) return []
  if (anyConfig !== 'any') return [{ name, values: anyConfig.oneOf }]
  if (shape !== 'scalar') return []
  if (entry.type === 'bool') return [{ name, values: [false, true] }]
  return entry.type === 'oneOf' ? [{ name, values: entry.values }] : []
}

/** Every way to take one value of each. */
function choices(splits: readonly Split[]): (readonly { readonly name: string; readonly value: unknown }[])[] {
  let found: { readonly name: string; readonly value: unknown }[][] = [[]]
  for (const { name, values } of splits) {
    found = found.flatMap((chosen) => values.map((value) => [...chosen, { name, value }]))
  }
  return found
}

function textOf(
  manifest: NfManifest,
  cases: Cases['cases'],
  open: ReadonlySet<string>,
  splits: readonly Split[],
): string {
  const [{ config }] = cases
  const symbolic = [...open].map((name) => `${name}${sizeIn(config, name)}`)
  const counts = [...new Set(cases.map((each) => each.config.portCount))]
  const split = splits.map(({ name }) => {
    const texts = new Set(cases.map((each) => each.config.text(name)))
    return `${name} (${[...texts].join(', ')})`
  })
  const fixed = [...manifest.config.keys()].filter((name) => !open.has(name) && splits.every((s) => s.name !== name))
  return [
    `every configuration: ${symbolic.length === 0 ? 'nothing' : symbolic.join(', ')} symbolic`,
    ...(split.length === 0 ? [] : [`split over ${split.join(' and ')}`]),
    `ports: ${rangesIn(counts)}${counts.length > 1 ? ', one by one' : ''}`,
    ...(fixed.length === 0
      ? []
      : [`as configured: ${fixed.map((name) => `${name} = ${config.text(name)}`).join('; ')}`]),
  ].join('; ')
}

/** `1 to 3, 8` */
function rangesIn(numbers: readonly number[]): string {
  const starts = numbers.filter((number) => !numbers.includes(number - 1))
  const ends = numbers.filter((number) => !numbers.includes(number + 1))
  return starts.map((start, at) => (start === ends[at] ? start : `${start} to ${ends[at]}`)).join(', ')
}

/** How long a list is, which is not left open. */
function sizeIn({ entries }: ResolvedConfig, name: string): string {
  const found = entries.get(name)
  if (found?.kind !== 'scalars' || found.entry.shape !== 'list' || typeof found.raw === 'bigint') return ''
  return ` (${found.raw.length} of them)`
}

function whereOf({ config }: NfManifest, name: string): ConfigEntry['where'] {
  return config.get(name)?.where ?? {}
}

function nameOf({ name }: ConfigEntry): string {
  return name
}
