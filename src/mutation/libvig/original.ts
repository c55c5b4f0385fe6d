/** libVig as it is, with the changes that can be made to what is proved of it. */
import { createHash } from 'node:crypto'

import { type Change, changesOf } from '../../mutants/index.js'
import { compileLibvig } from '../../nf/index.js'
import type { LibvigBinary } from '../../verify/libvig/proof.js'
import { decodeModule } from '../../wasm/index.js'
import { type LineOf, linesOf } from '../lines.js'
import { Reached } from './reached.js'

export interface OriginalLibvig extends LibvigBinary {
  readonly sha256: string
  readonly reached: Reached
  /** Of functions that proved operations come to. */
  readonly changes: readonly Change[]
  readonly lineOf: LineOf
}

export async function loadLibvig(capacity: number): Promise<OriginalLibvig> {
  const { wasm, sourceMap } = await compileLibvig()
  const module = decodeModule(wasm)
  const reached = new Reached(module, capacity)
  const { functions } = reached
  return {
    wasm,
    module,
    sha256: createHash('sha256').update(wasm).digest('hex'),
    reached,
    changes: changesOf(wasm).filter(({ functionIndex }) => functions.has(functionIndex)),
    lineOf: linesOf({ wasm, sourceMap, manifest: { name: 'libvig' } }),
  }
}
