/** What a suite is derived of: a specification in one configuration. */
import { isPrime } from '../domains/concrete/maglev.js'
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

/** Tables are made this small where the configuration gives their size: so they can be filled. */
export const SMALL = 2
/** Tables of this size are small already. */
export const LARGE = 8
/** Rows of a ring are as few as nf.yaml allows, and at least these: filling it anew for each case takes most of its time. */
const LEAST_ROWS = 67n

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
  const made = { manifest, given: new Set(given.map(nameIn)), reading }
  const small = smallTables(made, given)
  const words = isRealTime ? shortTimeouts(made, small) : small
  return { nf: manifest.name, manifest, specFile: manifest.spec, words, spec, ...reading(words) }
}

interface Made {
  readonly manifest: NfManifest
  /** Names of what is configured already. */
  readonly given: ReadonlySet<string>
  readonly reading: (words: readonly string[]) => { readonly config: ResolvedConfig; readonly reading: SymbolicReading }
}

function nameIn(word: string): string {
  return word.split('=')[0]?.trim() ?? ''
}

/** Tables as small as the configuration can make them. Nobody configures a black box: it is as its topology sets it up. */
function smallTables({ manifest, given, reading }: Made, before: readonly string[]): readonly string[] {
  if (manifest.code === undefined) return before
  let words = before
  for (const [parameter, entry] of manifest.config) {
    if (given.has(parameter) || entry.shape !== 'scalar') continue
    const { declarations } = reading(words).reading
    const isSmaller = (value: number, sizes: (declarations: StateDeclarations) => readonly number[], large: number) => {
      const after = attempt(() => sizes(reading([...words, `${parameter}=${value}`]).reading.declarations))
      const old = sizes(declarations)
      return after?.some((size, at) => size === value && (old[at] ?? 0) > large) === true
    }
    const rows = primeFrom(entry.min)
    if (isSmaller(SMALL, sizesOf, LARGE)) words = [...words, `${parameter}=${SMALL}`]
    else if (isSmaller(rows, rowsOf, rows)) words = [...words, `${parameter}=${rows}`]
  }
  return words
}

function shortTimeouts({ manifest, given, reading }: Made, before: readonly string[]): readonly string[] {
  let words = before
  for (const [parameter, entry] of manifest.config) {
    if (given.has(parameter) || entry.shape !== 'scalar' || entry.type !== 'duration') continue
    const raw = reading(words).config.entries.get(parameter)?.raw
    const tried = [...words, `${parameter}=1s`]
    if (typeof raw === 'bigint' && raw > SHORT && attempt(() => reading(tried)) !== undefined) words = tried
  }
  return words
}

function sizesOf(declarations: StateDeclarations): number[] {
  return Object.values(declarations).flatMap((declaration) =>
    declaration.kind === 'expiringMap' ? [declaration.capacity] : [],
  )
}

function rowsOf(declarations: StateDeclarations): number[] {
  return Object.values(declarations).flatMap((declaration) =>
    declaration.kind === 'maglev' ? [declaration.height] : [],
  )
}

function primeFrom(least: bigint): number {
  let rows = Number(least < LEAST_ROWS ? LEAST_ROWS : least)
  while (!isPrime(rows)) rows += 1
  return rows
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
