/**
 * A process that judges one mutant after the other, as it is told. What hangs in it is ended with it. Its arguments: a folder
 * for its own files, removed by who started it, and one for traces, which stay.
 */
import { join } from 'node:path'

import { endWithParent } from '../end-with-parent.js'
import { openSyncSolver, type SyncSolver } from '../smt/index.js'
import { classify, type Stage } from './classify.js'
import type { Reply, Task } from './messages.js'
import { loadOriginal, type Original } from './original.js'
import type { Outcome } from './outcome.js'
import { type Run, runsWith } from './traffic.js'

interface Folders {
  readonly scratch: string
  readonly traces: string
}

class Worker {
  readonly #folders: Folders
  readonly #solver: SyncSolver
  #loaded: { readonly original: Original; readonly runs: readonly Run[] } | undefined

  constructor(folders: Folders, solver: SyncSolver) {
    this.#folders = folders
    this.#solver = solver
  }

  async judge({ nf, number, without, mostPaths }: Task): Promise<Outcome> {
    const loaded = await this.#load(nf)
    const { original, runs } = loaded
    const mutant = original.mutants[number]
    if (mutant === undefined) throw new RangeError(`${nf} has no mutant ${number}`)
    const clock = new StageClock()
    const verdict = await classify(mutant, {
      original,
      runs,
      solver: this.#solver,
      file: join(this.#folders.scratch, `${process.pid}.wasm`),
      mostPaths,
      without: new Set(without),
      onStage: (stage) => {
        clock.begin(stage)
        tell({ kind: 'stage', stage })
      },
    })
    const { offset, functionName, operator, what } = mutant
    const at = original.lineOf(offset)
    const place = { number, offset, functionName, operator, what, ...(at === undefined ? {} : { at }) }
    return { nf, ...place, ...verdict, ...clock.end() }
  }

  async #load(nf: string) {
    if (this.#loaded?.original.name === nf) return this.#loaded
    tell({ kind: 'stage', stage: 'loading' })
    const original = await loadOriginal(nf, this.#solver)
    this.#loaded = { original, runs: runsWith(original.subject.nf.manifest, this.#folders.traces) }
    return this.#loaded
  }
}

class StageClock {
  readonly #stages: Record<string, number> = {}
  #stage: Stage | undefined
  #since = performance.now()

  begin(stage: Stage): void {
    this.#close()
    this.#stage = stage
  }

  end(): Pick<Outcome, 'seconds' | 'stages'> {
    this.#close()
    const seconds = Object.values(this.#stages).reduce((sum, each) => sum + each, 0)
    return { seconds: rounded(seconds), stages: this.#stages }
  }

  #close(): void {
    const now = performance.now()
    if (this.#stage !== undefined) this.#stages[this.#stage] = rounded((now - this.#since) / 1000)
    this.#since = now
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10
}

function tell(reply: Reply<Stage, Outcome>): void {
  process.send?.(reply)
}

const [, , scratch = '', traces = ''] = process.argv
const worker = new Worker({ scratch, traces }, await openSyncSolver({ backends: ['z3-embedded'] }))
process.on('message', (task: Task) => {
  worker.judge(task).then(
    (outcome) => tell({ kind: 'done', outcome }),
    (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
endWithParent('process')
tell({ kind: 'ready' })
