/** nf.yaml: what a network function says of itself. Its form is docs/schemas/nf.schema.json. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

import type { Where } from '../errors.js'
import type { CApi } from './c/sources.js'
import { type ConfigEntry, readEntries } from './manifest-config.js'
import { checkForm, type RawLike, type RawManifest, type RawWhole } from './manifest-form.js'
import { DEFAULT_MEMORY, LEAST_MEMORY, MAX_PORTS, MOST_MEMORY, PAGE } from './memory-map.js'
import { parseBytes, parseDuration } from './quantities.js'
import { namesIn, parseRelation, type Relation, RelationError } from './relations.js'
import { YamlSource } from './yaml-source.js'

export interface NfManifest {
  readonly file: string
  readonly name: string
  readonly title: string
  /**
   * Source or ready module: a full path. Of C there may be other sources beside. A black box has none: what it is is set up
   * by a topology.
   */
  readonly code:
    | {
        readonly kind: 'source' | 'binary'
        readonly file: string
        readonly others: readonly string[]
        /** What sources in C are written against. */
        readonly api: CApi
      }
    | undefined
  /** Full path. */
  readonly spec: string | undefined
  /** Bytes, a multiple of 64 KiB. */
  readonly memory: number
  readonly ports: {
    readonly count: number
    readonly min: number
    readonly max: number
    /** The numbers of ports that a proof for any configuration goes through, ascending. */
    readonly anyConfig: readonly number[]
  }
  readonly roles: unknown
  readonly config: ReadonlyMap<string, ConfigEntry>
  readonly relations: readonly (Relation & { readonly where: Where })[]
  /** The alternative of each named option of the specification that this network function implements. */
  readonly options: ReadonlyMap<string, string>
  /** Free form: defaults for replay. */
  readonly replay: unknown
  readonly topology: string | undefined
  /** Nanoseconds by which the clock of a black box goes in steps, or is late. */
  readonly timeGranularity: bigint
  /** Whether a black box sends datagrams without what follows them in their frames. */
  readonly removesTrailers: boolean
  readonly load: {
    /** Load tests send from outside, not from inside. */
    readonly isFromOutside: boolean
    /** What becomes of a frame hangs on its own conversation alone, and on choices of the device. */
    readonly isApart: boolean
  }
}

export function readManifest(file: string): NfManifest {
  return manifestOf(YamlSource.read(file))
}

export function manifestOf(source: YamlSource): NfManifest {
  const raw = checkForm(source)
  return raw.like === undefined ? wholeOf(source, raw) : likeOf(source, raw)
}

/** Another binary of the same kind. */
function likeOf(source: YamlSource, raw: RawLike): NfManifest {
  const folder = dirname(resolve(source.file))
  const other = YamlSource.read(present(source, 'like', folder, raw.like))
  const kind = checkForm(other)
  // One step only: so there is no way round in a circle.
  if (kind.like !== undefined) throw source.fail(['like'], `like: ${raw.like} is itself like another`)
  const code = codeOf(source, folder, raw)
  return { ...wholeOf(other, kind), file: source.file, name: raw.name, title: raw.title ?? raw.name, code }
}

function wholeOf(source: YamlSource, raw: RawWhole): NfManifest {
  const folder = dirname(resolve(source.file))
  const ports = portsOf(source, raw.ports)
  const config = readEntries(source, raw.config ?? {})
  return {
    file: source.file,
    name: raw.name,
    title: raw.title ?? raw.name,
    code: codeOf(source, folder, raw),
    spec: raw.spec === undefined ? undefined : present(source, 'spec', folder, raw.spec),
    memory: memoryOf(source, raw.memory),
    ports,
    roles: raw.roles,
    config,
    relations: (raw.relations ?? []).map((text, index) => relationOf(source, text, index, config)),
    options: optionsOf(source, raw.options ?? {}, config),
    replay: raw.replay,
    topology: raw.topology,
    timeGranularity: granularityOf(source, raw.timeGranularity),
    removesTrailers: raw.trailers === 'removed',
    load: { isFromOutside: raw.load?.enters === 'outside', isApart: raw.load?.conversations === 'apart' },
  }
}

function granularityOf(source: YamlSource, text: string | undefined): bigint {
  if (text === undefined) return 0n
  const nanoseconds = parseDuration(text)
  if (typeof nanoseconds === 'string') throw source.fail(['timeGranularity'], `timeGranularity: ${nanoseconds}`)
  return nanoseconds
}

function portsOf(source: YamlSource, raw: RawWhole['ports']): NfManifest['ports'] {
  const { count, min = 1, max = MAX_PORTS, anyConfig } = raw
  const inRange = (ports: number): boolean => ports >= min && ports <= max
  if (!inRange(count)) throw source.fail(['ports', 'count'], `count ${count} is not from min ${min} to max ${max}`)
  if (anyConfig === undefined) return { count, min, max, anyConfig: [count] }
  const all = Array.from({ length: MAX_PORTS }, (_, at) => at + 1).filter(inRange)
  const covered = anyConfig === 'any' ? all : [...new Set(anyConfig.oneOf)].sort((a, b) => a - b)
  const stray = covered.find((ports) => !inRange(ports))
  if (stray === undefined) return { count, min, max, anyConfig: covered }
  throw source.fail(['ports', 'anyConfig'], `anyConfig: ${stray} is not from min ${min} to max ${max}`)
}

function codeOf(source: YamlSource, folder: string, raw: RawManifest): NfManifest['code'] {
  if (raw.like === undefined && raw.blackBox === true) {
    const odd = (['source', 'binary', 'api'] as const).find((key) => raw[key] !== undefined)
    if (odd !== undefined) throw source.fail([odd], `a black box has no ${odd}`)
    return undefined
  }
  if (raw.source !== undefined && raw.binary !== undefined) {
    throw source.fail(['binary'], 'source and binary are both given', 'keep one of them')
  }
  if (raw.binary !== undefined) {
    if (raw.api !== undefined) throw source.fail(['api'], 'api is of sources in C, and binary names a module')
    return { kind: 'binary', file: present(source, 'binary', folder, raw.binary), others: [], api: 'vigil' }
  }
  const { api = 'vigil' } = raw
  const sources = sourcesOf(source, folder, raw.source)
  if (api === 'vigor' && !sources.file.endsWith('.c')) {
    throw source.fail(['api'], `api: vigor is of sources in C, and ${basename(sources.file)} is none`)
  }
  return { kind: 'source', ...sources, api }
}

/** Without a name nf.ts, or nf.c where only that is there. */
function sourcesOf(source: YamlSource, folder: string, named: RawManifest['source']) {
  const usual = existsSync(join(folder, 'nf.c')) && !existsSync(join(folder, 'nf.ts')) ? 'nf.c' : 'nf.ts'
  const [first = usual, ...others] = named === undefined ? [] : typeof named === 'string' ? [named] : named
  const odd = [first, ...others].find((name) => others.length > 0 && !name.endsWith('.c'))
  if (odd !== undefined) {
    throw source.fail(['source'], `source: ${odd} is not C, of which alone there may be several files`)
  }
  const found = (name: string) => present(source, 'source', folder, name)
  return { file: found(first), others: others.map(found) }
}

function present(source: YamlSource, key: string, folder: string, name: string): string {
  const file = join(folder, name)
  if (!existsSync(file)) throw source.fail([key], `${key}: there is no file ${file}`)
  return file
}

function memoryOf(source: YamlSource, text: string | number | undefined): number {
  if (text === undefined) return DEFAULT_MEMORY
  const bytes = parseBytes(String(text))
  if (typeof bytes === 'string') throw source.fail(['memory'], `memory: ${bytes}`)
  if (bytes < LEAST_MEMORY || bytes > MOST_MEMORY || bytes % BigInt(PAGE) !== 0n) {
    throw source.fail(['memory'], `memory: ${text} is not a multiple of 64 KiB from 20 MiB to 2 GiB`)
  }
  return Number(bytes)
}

function relationOf(
  source: YamlSource,
  text: string,
  index: number,
  config: ReadonlyMap<string, ConfigEntry>,
): Relation & { readonly where: Where } {
  const where = source.where(['relations', index])
  try {
    const relation = parseRelation(text)
    for (const [name, column] of namesIn(relation)) {
      if (!isComparable(name, config))
        throw new RelationError(`${name} is not a single number of the configuration`, column)
    }
    return { ...relation, where }
  } catch (error) {
    if (!(error instanceof RelationError)) throw error
    throw source.fail(['relations', index], `relation "${text}", column ${error.column}: ${error.message}`)
  }
}

/** A name that a relation may use: a scalar, the length of a list, or `portCount`. */
function isComparable(name: string, config: ReadonlyMap<string, ConfigEntry>): boolean {
  if (name === 'portCount') return true
  const entry = config.get(name)
  if (entry !== undefined) return entry.shape === 'scalar'
  return name.endsWith('Count') && config.get(name.slice(0, -'Count'.length))?.shape === 'list'
}

function optionsOf(
  source: YamlSource,
  options: Readonly<Record<string, string | boolean>>,
  config: ReadonlyMap<string, ConfigEntry>,
): ReadonlyMap<string, string> {
  for (const name of Object.keys(options)) {
    if (config.has(name)) throw source.fail(['options', name], `${name} is a configuration value already`)
  }
  return new Map(Object.entries(options).map(([name, value]) => [name, String(value)]))
}
