/** Compiled modules by key: a folder each under `.cache/vigil` of the package, or of the user where that is read-only. */
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

import { packageRoot } from './package-root.js'

export interface CachedModule {
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly sourceMap: string
}

/** The cache folder; `VIGIL_CACHE` names another. */
export function cacheFolder(): string {
  const named = process.env.VIGIL_CACHE
  if (named !== undefined && named !== '') return named
  const user = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vigil')
  return isWritable(packageRoot) ? join(packageRoot, '.cache/vigil') : user
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

export function readCached(key: string, name: string): CachedModule | undefined {
  for (const root of [cacheFolder(), fallbackFolder()]) {
    try {
      const folder = join(root, key)
      const sourceMap = readFileSync(join(folder, `${name}.wasm.map`), 'utf8')
      return { wasm: new Uint8Array(readFileSync(join(folder, `${name}.wasm`))), sourceMap }
    } catch {
      // Not there: try the next, then compile.
    }
  }
  return undefined
}

/** Stores a module; what another process stored meanwhile is the same. */
export function writeCached(key: string, name: string, module: CachedModule): void {
  for (const root of [cacheFolder(), fallbackFolder()]) {
    try {
      store(root, key, name, module)
      return
    } catch {
      // Cannot be written: the next place; without any, every run compiles.
    }
  }
}

function fallbackFolder(): string {
  return join(tmpdir(), `vigil-cache-${process.getuid?.() ?? 'user'}`)
}

/** Whole or not at all: written beside, then renamed. */
function store(root: string, key: string, name: string, module: CachedModule): void {
  mkdirSync(root, { recursive: true })
  const temporary = mkdtempSync(join(root, 'new-'))
  try {
    writeFileSync(join(temporary, `${name}.wasm`), module.wasm)
    writeFileSync(join(temporary, `${name}.wasm.map`), module.sourceMap)
    renameSync(temporary, join(root, key))
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}
