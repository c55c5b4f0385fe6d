/** An AssemblyScript source with all it imports, read once: what is hashed is what is compiled. */
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

import { InputError } from '../errors.js'
import { packageRoot } from '../package-root.js'

/** Paths are relative to the root, with forward slashes. */
export interface Sources {
  readonly root: string
  readonly entry: string
  readonly texts: ReadonlyMap<string, string>
}

const IMPORT = /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]/g

/** Reads `entry` (relative to `root`) and every file it imports, directly or not. */
export function readSources(root: string, entry: string): Sources {
  const texts = new Map<string, string>()
  const text = readSource(root, entry)
  if (text === undefined)
    throw new InputError('cannot be read', { file: join(root, entry), hint: 'no such source file' })
  texts.set(entry, text)
  // A map is iterated in the order of insertion, what is added meanwhile included.
  for (const [path, source] of texts) {
    for (const specifier of importsOf(source)) {
      const found = resolve(root, path, specifier)
      if (found !== undefined && !texts.has(found.path)) texts.set(found.path, found.text)
    }
  }
  return { root, entry, texts }
}

/**
 * The text of a source. libVig's files are taken from this package where the project has none of its own, so that an
 * author's `../../libvig/api` works outside this package too.
 */
export function readSource(root: string, path: string): string | undefined {
  const own = readText(join(root, path))
  if (own !== undefined) return own
  const library = /(?:^|\/)libvig\/(\w[\w-]*\.ts)$/.exec(path)?.[1]
  return library === undefined ? undefined : readText(join(packageRoot, 'libvig', library))
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '')
}

function resolve(root: string, from: string, specifier: string): { path: string; text: string } | undefined {
  const base = specifier.startsWith('.') ? posix.join(dirname(from), specifier) : specifier
  for (const path of [`${base}.ts`, `${base}/index.ts`, base]) {
    const text = path.endsWith('.ts') ? readSource(root, path) : undefined
    if (text !== undefined) return { path, text }
  }
  return undefined
}
