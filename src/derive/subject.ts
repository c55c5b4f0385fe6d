/** What a suite is derived of: a specification in one configuration. */
import { SymbolicReading } from '../domains/symbolic/reading.js'
import { InputError } from '../errors.js'
import { findNf, type NfManifest, type ResolvedConfig, readManifest, resolveConfig } from '../nf/index.js'
import { type LoadedSpec, loadInstrumentedSpec } from '../spec/load/index.js'
import type { StateDeclarations } from '../spec/state.js'

export interface SpecSubject {
  readonly nf: string
  readonly manifest: NfManifest
  readonly specFile: string
  readonly config: ResolvedConfig
  /** `name=value` each: what was given, and tables made small. */
  readonly words: readonly string[]
  readonly spec: LoadedSpec
  readonly reading: SymbolicReading
}

/**
 * Tables are made this small where the configuration gives their size: so they can be filled. Nobody configures a black box, which
 * is as its topology sets it up.
 */
const SMALL = 2
/** Tables of this size are small already. */
const LARGE = 8

/** Nanoseconds: longer durations are made as short where somebody has to wait for them. */
const SHORT = 1_000_000_000n

/**
 * `isRealTime`: for real ports, where waits take their time.
 *
 * @throws InputError, SpecError for whatever of the network function, its configuration or specification is wrong.
 */
export async function loadSpecSubject(
  name: string,
  given: readonly string[] = [],
  isRealTime = false,
): Promise<SpecSubject> {
  const manifest = readManifest(findNf(name))
  if (manifest.spec === undefined) {
    throw new InputError(`${manifest.name} has no specification`, {
      file: manifest.file,
      hint: 'name one: spec: spec.ts',
    })
  }
  const spec = await loadInstrumentedSpec(manifest.spec)
  const reading = (words: readonly string[]): { config: ResolvedConfig; reading: SymbolicReading } => {
    const config = resolveConfig(manifest, { config: words })
    return { config, reading: new SymbolicReading(spec.spec, config, spec.file) }
  }
  let words = given
  const namedIn = (word: string): string => word.split('=')[0]?.trim() ?? ''
  const named = new Set(given.map(namedIn))
  for (const [parameter, { shape }] of manifest.config) {
    if (manifest.code === undefined || named.has(parameter) || shape !== 'scalar') continue
    const before = sizesOf(reading(words).reading.declarations)
    const tried = [...words, `${parameter}=${SMALL}`]
    const after = attempt(() => sizesOf(reading(tried).reading.declarations))
    if (after?.some((size, at) => size === SMALL && (before[at] ?? 0) > LARGE) === true) words = tried
  }
  for (const [parameter, entry] of manifest.config) {
    if (!isRealTime || named.has(parameter) || entry.shape !== 'scalar' || entry.type !== 'duration') continue
    const raw = reading(words).config.entries.get(parameter)?.raw
    const tried = [...words, `${parameter}=1s`]
    if (typeof raw === 'bigint' && raw > SHORT && attempt(() => reading(tried)) !== undefined) words = tried
  }
  return { nf: manifest.name, manifest, specFile: manifest.spec, words, spec, ...reading(words) }
}

function sizesOf(declarations: StateDeclarations): number[] {
  return Object.values(declarations).flatMap((declaration) =>
    declaration.kind === 'expiringMap' ? [declaration.capacity] : [],
  )
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
