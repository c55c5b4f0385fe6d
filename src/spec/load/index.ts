/**
 * Loads a specification from its TypeScript source. The module that runs is the author's, with two changes that do not
 * touch its meaning: types are blanked out, and verdict calls carry their place in the source.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { VigilError } from '../../errors.js'
import { instrumentedLanguage, language } from '../addresses.js'
import { SpecError } from '../error.js'
import { type AnySpec, asSpec } from '../spec.js'
import { instrumentSpec } from './instrument.js'
import { addressOf, type Linking, modulesOf, withoutAddresses } from './link.js'
import { transformSpec } from './transform.js'

export interface LoadedSpec {
  readonly file: string
  readonly source: string
  /** With that of the modules that it imports: see `sha256Of`. */
  readonly sha256: string
  readonly spec: AnySpec
}

const asItIs: Linking = {
  transform: transformSpec,
  language,
  mark: '',
}
const instrumented: Linking = {
  transform: instrumentSpec,
  language: instrumentedLanguage,
  // Errors thrown there are told from those of what it calls: see domains/symbolic/placed.ts.
  mark: '?instrumented',
}

/** Loads the specification that `file` exports by default, to be run as it is. */
export async function loadSpec(file: string): Promise<LoadedSpec> {
  return specIn(file, await loadModule(file))
}

/**
 * Loads the specification that `file` exports by default in a form that runs over symbolic values too (see
 * ../instrumented): a module of its own, beside the one that runs as it is.
 */
export async function loadInstrumentedSpec(file: string): Promise<LoadedSpec> {
  return specIn(file, await loadInstrumentedModule(file))
}

function specIn(file: string, { module, source }: LoadedModule): LoadedSpec {
  const spec = asSpec(module.default)
  if (spec === undefined) {
    throw new SpecError('has no default export made by spec({ title, config, state, process })', { file })
  }
  return { file, source, sha256: sha256Of(resolve(file), source), spec }
}

/** A module of the specification language. */
export interface LoadedModule {
  readonly module: Readonly<Record<string, unknown>>
  readonly source: string
  readonly sha256: string
}

/** To be run as it is. */
export function loadModule(file: string): Promise<LoadedModule> {
  return load(file, asItIs)
}

/** To be run over symbolic values too, with everything of the language that it imports. */
export function loadInstrumentedModule(file: string): Promise<LoadedModule> {
  return load(file, instrumented)
}

async function load(file: string, linking: Linking): Promise<LoadedModule> {
  const path = resolve(file)
  const source = await readSource(path)
  const module = await importModule(addressIn(file, path, source, linking), path)
  return { module, source, sha256: createHash('sha256').update(source).digest('hex') }
}

/** Of the text of a module, an absolute path, and after it of those of the language that it imports. */
export function sha256Of(path: string, source: string): string {
  const hash = createHash('sha256')
  for (const each of modulesOf({ file: path, source })) hash.update(each.source)
  return hash.digest('hex')
}

/** Errors in the file itself name it as the caller does. */
function addressIn(file: string, path: string, source: string, linking: Linking): string {
  try {
    return addressOf(path, source, linking)
  } catch (error) {
    if (file !== path) linking.transform(source, file)
    throw error
  }
}

async function readSource(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new SpecError('cannot be read', { file: path, hint: 'is the path right?' }, { cause: error })
  }
}

async function importModule(url: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(url)
  } catch (error) {
    if (error instanceof VigilError && error.where.file !== undefined) throw error
    const what = error instanceof Error ? withoutAddresses(error.message) : String(error)
    throw new SpecError(`cannot be loaded: ${what}`, placeOf(error, file), { cause: error })
  }
}

/** The line of `file` that `error` was thrown from, by its stack. */
export function placeOf(error: unknown, file: string): { file: string; line?: number } {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const place = stack.split('\n').find((line) => line.includes(pathToFileURL(resolve(file)).href))
  const line = /(\d+):\d+\)?$/.exec(place ?? '')?.[1]
  return line === undefined ? { file } : { file, line: Number(line) }
}
