/** C sources with all that they include of their own project and of the kit, read once: what the result is known by. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { InputError } from '../../errors.js'
import { packageRoot } from '../../package-root.js'

export const kitFolder = join(packageRoot, 'libvig/c')

/** What a network function in C is written against: the kit's own functions, or those of Vigor (docs/vigor.md). */
export type CApi = 'vigil' | 'vigor'

/** Compiled into every network function of an interface. */
export function kitSources(api: CApi): readonly string[] {
  const names = api === 'vigor' ? ['memory.c', 'vigor/entry.c', 'vigor/packet.c', 'vigor/structures.c'] : ['memory.c']
  return names.map((name) => join(kitFolder, name))
}

/** Where headers are looked for, in this order. */
export function headerFolders(api: CApi): readonly string[] {
  return api === 'vigor' ? [join(kitFolder, 'vigor'), kitFolder] : [kitFolder]
}

const INCLUDE = /^[ \t]*#[ \t]*include\b[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>|(.*))/gm

/**
 * Texts by path, relative to `root`. Headers that are found neither beside what includes them nor in the kit are the
 * compiler's own, or missing, which it says.
 */
export function readCSources(root: string, files: readonly string[], api: CApi): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  const pending = [...files, ...kitSources(api)]
  for (const file of files) {
    if (readText(file) === undefined) throw new InputError('cannot be read', { file, hint: 'no such source file' })
  }
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const name = nameOf(root, file)
    const text = texts.has(name) ? undefined : readText(file)
    if (text === undefined) continue
    texts.set(name, text)
    pending.push(...includedBy(file, text, headerFolders(api)))
  }
  return texts
}

/** The kit is known by the same name wherever the sources are. */
function nameOf(root: string, file: string): string {
  const inKit = relative(kitFolder, file)
  return (inKit.startsWith('..') ? relative(root, file) : `libvig/c/${inKit}`).split('\\').join('/')
}

function includedBy(file: string, text: string, folders: readonly string[]): string[] {
  return [...text.matchAll(INCLUDE)].flatMap(({ 1: quoted, 2: angled, 3: other, index }) => {
    const name = quoted ?? angled
    const beside = quoted === undefined ? [] : [dirname(file)]
    if (name !== undefined) return [...beside, ...folders].map((folder) => join(folder, name))
    const line = text.slice(0, index).split('\n').length
    const hint = 'what is included is part of what a build is known by'
    throw new InputError(`#include ${other ?? ''}: is not the name of a file`, { file, line, hint })
  })
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
