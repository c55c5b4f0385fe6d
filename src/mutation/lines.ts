/** Which line of its source a mutant is in: by a source map, or, of C, by what the binary says itself. */
import { basename } from 'node:path'

import type { LoadedNf } from '../nf/index.js'
import { decodeModule, readLineTable, readSourceMap } from '../wasm/index.js'

/** `nf.c:37` of a byte offset in the binary; undefined where no line is known. */
export type LineOf = (offset: number) => string | undefined

export function linesOf({
  wasm,
  sourceMap,
  manifest,
}: Pick<LoadedNf, 'wasm' | 'sourceMap'> & { readonly manifest: Pick<LoadedNf['manifest'], 'name'> }): LineOf {
  const module = decodeModule(wasm)
  const map =
    sourceMap === undefined ? readLineTable(module) : readSourceMap(sourceMap, `${manifest.name}'s source map`)
  return (offset) => {
    // Optimisers leave instructions between lines to none: they belong to what came before.
    const start = module.code.findLast((code) => code.start <= offset)?.start ?? offset
    const found = sourceMap === undefined ? map?.near(offset, start) : map?.locate(offset)
    return found === undefined ? undefined : `${basename(found.file)}:${found.line}`
  }
}
