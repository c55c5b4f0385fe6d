/** A network function from its sources, in whichever language they are. */
import { InputError } from '../errors.js'
import { type Compiled, compileAssemblyScript } from './build.js'
import { compileCNf } from './build-c.js'

export async function compileNf(...sources: readonly string[]): Promise<Compiled> {
  if (isC(sources)) return compileCNf(sources)
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
