/**
 * What is costly to make and always the same, kept by a key that tells all that it depends on: compiled modules,
 * specifications as JavaScript. A folder each under `.cache/vigil` of the package, or of the user where that is read-only.
 */
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

import { packageRoot } from './package-root.js'

/** The cache folder; `VIGIL_CACHE` names another. */
export function cacheFolder(): string {
  const user = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vigil')
  return namedFolder() ?? (isWritable(packageRoot) ? ofPackage : user)
}

const ofPackage = join(packageRoot, '.cache/vigil')

function namedFolder(): string | undefined {
  const named = process.env.VIGIL_CACHE
  return named === undefined || named === '' ? undefined : named
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The files of a key, in the order of their names; undefined where one is missing. */
export function readCached(key: string, names: readonly string[]): readonly Uint8Array<ArrayBuffer>[] | undefined {
  // Who may not write to the package reads what was kept there by who may.
  const kept = namedFolder() === undefined ? [{ root: ofPackage, isForAll: false }] : []
  for (const { root, isForAll } of [...kept, ...places()]) {
    try {
      if (isForAll && !isOurs(root)) continue
      return names.map((name) => new Uint8Array(readFileSync(join(root, key, name))))
    } catch {
      // Not there: try the next, then it is made.
    }
  }
  return undefined
}

/** Keeps files; what another process kept meanwhile is the same. */
export function writeCached(key: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const { root, isForAll } of places()) {
    try {
      mkdirSync(root, { recursive: true, mode: isForAll ? 0o700 : 0o777 })
      if (isForAll && !isOurs(root)) continue
      store(root, key, files)
      return
    } catch {
      // Cannot be written: the next place; without any, every run makes it.
    }
  }
}

/** The cache folder, and where that cannot be written one beside those of others. */
function places(): readonly { readonly root: string; readonly isForAll: boolean }[] {
  const beside = join(tmpdir(), `vigil-cache-${process.getuid?.() ?? 'user'}`)
  return [
    { root: cacheFolder(), isForAll: false },
    { root: beside, isForAll: true },
  ]
}

/** Where everybody may make folders, only what nobody else can have written is believed. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder)
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

/** Whole or not at all: written beside, then renamed. */
function store(root: string, key: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  const temporary = mkdtempSync(join(root, 'new-'))
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(temporary, name), contents)
    renameSync(temporary, join(root, key))
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}
