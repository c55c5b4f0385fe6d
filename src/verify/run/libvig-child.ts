/** A process that proves operations of libVig, one after the other, and ends where whoever started it is gone. */
import { readFileSync } from 'node:fs'

import { endWithParent } from '../../end-with-parent.js'
import { compileLibvig } from '../../nf/index.js'
import { openSyncSolver, type SyncSolver } from '../../smt/index.js'
import { decodeModule } from '../../wasm/index.js'
import { proveForAnyCapacity } from '../libvig/any-capacity/prove.js'
import type { LibvigBinary } from '../libvig/proof.js'
import { proveOperation } from '../libvig/prove.js'
import type { LibvigAnswer, LibvigTask } from './libvig-task.js'

endWithParent('group')

let solver: SyncSolver | undefined
let binary: LibvigBinary | undefined

function say(answer: LibvigAnswer): void {
  process.send?.(answer)
}

async function carryOut(task: LibvigTask): Promise<void> {
  if (task.kind === 'begin') {
    const wasm = task.binary === undefined ? (await compileLibvig()).wasm : new Uint8Array(readFileSync(task.binary))
    solver = await openSyncSolver({ backends: task.solvers })
    binary = { wasm, module: decodeModule(wasm) }
    say({ kind: 'ready' })
    return
  }
  if (solver === undefined || binary === undefined) throw new Error('asked for a proof before it began')
  const prove = task.asked.scope.anyCapacity === undefined ? proveOperation : proveForAnyCapacity
  say({ kind: 'proved', proof: prove(binary, task.asked, solver), statistics: solver.statistics() })
}

process.on('message', (task: LibvigTask) => {
  carryOut(task).catch((error: unknown) => {
    say({ kind: 'failed', cause: error instanceof Error ? error.message : String(error) })
  })
})
