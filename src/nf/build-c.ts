/**
 * Builds network functions in C, and remembers the result by content as `build.ts` does. Which clang it was is not part of
 * the key: so what was built is used where there is none.
 */
import { createHash } from 'node:crypto'
import { join, relative, resolve } from 'node:path'

import { readCached, writeCached } from '../cache.js'
import { packageRoot } from '../package-root.js'
import { type Compiled, prebuiltModule } from './build.js'
import { type BuildAs, compilerFlags, linkerFlags, type Project } from './c/commands.js'
import { compileC } from './c/compile.js'
import { type CApi, readCSources } from './c/sources.js'

const MODULE = 'nf.wasm'

export interface COptions extends Partial<BuildAs> {
  /** Default: the kit's own. */
  readonly api?: CApi
}

/** A network function in C, of one file or several. */
export function compileCNf(sources: readonly string[], { api = 'vigil', ...given }: COptions = {}): Compiled {
  const as: BuildAs = { optimisation: '-O2', isDebug: false, ...given }
  const files = sources.map((source) => resolve(source))
  const [main = ''] = files
  const inPackage = relative(packageRoot, main).split('\\').join('/')
  const isPackaged = !inPackage.startsWith('..')
  // As for AssemblyScript: two folders up from the source.
  const root = isPackaged ? packageRoot : resolve(main, '../../..')
  const project = { root, files, api }
  const key = keyOf(project, as)
  const prebuilt = isPackaged
    ? prebuiltModule(join(packageRoot, 'build', inPackage.replace(/\.c$/, '')), key)
    : undefined
  if (prebuilt !== undefined) return { wasm: prebuilt, sourceMap: undefined, key, from: 'prebuilt' }
  const [cached] = readCached(key, [MODULE]) ?? []
  if (cached !== undefined) return { wasm: cached, sourceMap: undefined, key, from: 'cache' }
  const wasm = compileC(project, as)
  writeCached(key, { [MODULE]: wasm })
  return { wasm, sourceMap: undefined, key, from: 'compiler' }
}

function keyOf({ root, files, api }: Project, as: BuildAs): string {
  const texts = readCSources(root, files, api)
  const names = files.map((file) => relative(root, file).split('\\').join('/'))
  const hash = createHash('sha256')
  hash.update(JSON.stringify(['C', names, compilerFlags(as, api), linkerFlags(0)]))
  for (const path of [...texts.keys()].sort()) hash.update(JSON.stringify([path, texts.get(path)]))
  return hash.digest('hex')
}
