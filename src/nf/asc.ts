/**
 * The AssemblyScript compiler behind a small typed door. It is loaded only when something must be compiled, and by a
 * name that TypeScript does not follow: its declarations redefine globals such as `console` for the whole program.
 */

import { loadForShort } from '../wasm-tiers.js'

interface TextStream {
  toString(): string
}

interface AscFiles {
  readonly stdout: TextStream
  readFile(path: string): string | null
  writeFile(path: string, contents: Uint8Array | string): void
  listFiles(path: string): string[]
}

interface Asc {
  main(args: readonly string[], files: AscFiles): Promise<{ readonly error: Error | null; readonly stderr: TextStream }>
  createMemoryStream(): TextStream
}

export async function loadAsc(): Promise<Asc> {
  const name = 'assemblyscript/asc'
  const module: unknown = await loadForShort(() => import(name))
  if (!isAsc(module)) throw new Error(`${name} is not the compiler that was expected`)
  return module
}

function isAsc(module: unknown): module is Asc {
  return typeof module === 'object' && module !== null && 'main' in module && 'createMemoryStream' in module
}
