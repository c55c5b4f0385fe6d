/**
 * Loads a specification from its TypeScript source. The module that runs is the author's, with two changes that do not
 * touch its meaning: types are blanked out, and verdict calls carry their place in the source.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { VigilError } from '../../errors.js'
import { SpecError } from '../error.js'
import { type AnySpec, asSpec } from '../spec.js'
import { transformSpec } from './transform.js'

export interface LoadedSpec {
  readonly file: string
  readonly source: string
  readonly sha256: string
  readonly spec: AnySpec
}

/** Loads the specification that `file` exports by default. */
export async function loadSpec(file: string): Promise<LoadedSpec> {
  const { module, source, sha256 } = await loadModule(file)
  const spec = asSpec(module.default)
  if (spec === undefined) {
    throw new SpecError('has no default export made by spec({ title, config, state, process })', { file })
  }
  return { file, source, sha256, spec }
}

/** A module of the specification language. */
export interface LoadedModule {
  readonly module: Readonly<Record<string, unknown>>
  readonly source: string
  readonly sha256: string
}

let hooked = false

export async function loadModule(file: string): Promise<LoadedModule> {
  const path = resolve(file)
  const source = await readSource(path)
  // Errors of the source itself are found here, in this thread, where they keep their type.
  transformSpec(source, file)
  if (!hooked) {
    register('./hooks.js', import.meta.url)
    hooked = true
  }
  const { mtimeMs } = await stat(path)
  const module = await importModule(`${pathToFileURL(path).href}?${mtimeMs}`, path)
  return { module, source, sha256: createHash('sha256').update(source).digest('hex') }
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
    throw new SpecError(
      `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      placeOf(error, file),
      { cause: error },
    )
  }
}

/** The line of `file` that `error` was thrown from, by its stack. */
export function placeOf(error: unknown, file: string): { file: string; line?: number } {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const place = stack.split('\n').find((line) => line.includes(pathToFileURL(resolve(file)).href))
  const line = /(\d+):\d+\)?$/.exec(place?.replace(/\?[\d.]+/, '') ?? '')?.[1]
  return line === undefined ? { file } : { file, line: Number(line) }
}
