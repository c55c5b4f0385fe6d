/** A network function from its sources, in whichever language they are. */
import { InputError } from '../errors.js'
import { type Compiled, compileAssemblyScript } from './build.js'
import { compileCNf } from './build-c.js'
import type { CApi } from './c/sources.js'

export async function compileNf(...sources: readonly string[]): Promise<Compiled> {
  return compileSources(sources, 'vigil')
}

/** The same of sources in C that are written against `api`. */
export async function compileSources(sources: readonly string[], api: CApi): Promise<Compiled> {
  if (isC(sources)) return compileCNf(sources, { api })
  const [source = '', other] = sources
  if (other === undefined) return compileAssemblyScript(source)
  throw new InputError('only C has several sources; AssemblyScript imports them', { file: other })
}

export function isC(sources: readonly string[]): boolean {
  return sources.length > 0 && sources.every((source) => source.endsWith('.c'))
}

/** Whether a file is a source rather than a module. */
export function isSource(file: string): boolean {
  return /\.(?:ts|c)$/.test(file)
}
