/** A process that judges one mutant of libVig after the other, as it is told. What hangs in it is ended with it. */
import { endWithParent } from '../../end-with-parent.js'
import { changed } from '../../mutants/index.js'
import { openSyncSolver } from '../../smt/index.js'
import { decodeModule } from '../../wasm/index.js'
import type { Reply } from '../messages.js'
import { classifyLibvig } from './classify.js'
import { loadLibvig, type OriginalLibvig } from './original.js'
import { type LibvigOutcome, type LibvigTask, placeOf } from './outcome.js'

const solver = await openSyncSolver({ backends: ['z3-embedded'] })
let loaded: OriginalLibvig | undefined

async function judge({ number, capacity, without }: LibvigTask): Promise<LibvigOutcome> {
  const begun = performance.now()
  tell({ kind: 'stage', stage: 'loading' })
  loaded ??= await loadLibvig(capacity)
  const change = loaded.changes.find((each) => each.number === number)
  const wasm = change && changed(loaded.wasm, change)
  if (change === undefined || wasm === undefined) throw new RangeError(`libVig has no mutant ${number}`)
  const judged = classifyLibvig({ wasm, module: decodeModule(wasm) }, loaded.reached.of(change.functionIndex), {
    original: loaded,
    solver,
    without: new Set(without),
    onStage: (stage) => tell({ kind: 'stage', stage }),
  })
  const seconds = Math.round((performance.now() - begun) / 100) / 10
  return { ...placeOf(change, loaded.lineOf), ...judged, seconds }
}

function tell(reply: Reply<string, LibvigOutcome>): void {
  process.send?.(reply)
}

process.on('message', (task: LibvigTask) => {
  judge(task).then(
    (outcome) => tell({ kind: 'done', outcome }),
    (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
endWithParent('process')
tell({ kind: 'ready' })
