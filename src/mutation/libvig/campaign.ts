/** Mutants of libVig, judged by its own proof, with what an earlier run has found. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

import { type Change, changed } from '../../mutants/index.js'
import { packageRoot } from '../../package-root.js'
import { scopesUpTo } from '../../verify/libvig/scopes.js'
import type { Progress } from '../campaign.js'
import { type ListedFreedom, readFreedoms } from '../freedoms.js'
import { judgeAll } from '../pool.js'
import { Outcomes } from '../record.js'
import { loadLibvig } from './original.js'
import { type LibvigOutcome, type LibvigTask, placeOf } from './outcome.js'
import { sampleOfFunctions } from './sample.js'

export interface LibvigCampaignOptions {
  /** Mutants; undefined for all. */
  readonly sample: number | undefined
  readonly seed: number
  /** Most entries of a structure. */
  readonly capacity: number
  readonly workers: number
  /** Seconds of one operation in one scope. */
  readonly patience: number
  /** Folder of the record. */
  readonly folder: string
  readonly isFresh: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** Default: a sample of all. */
  readonly numbers?: readonly number[]
}

export interface LibvigCampaign {
  /** Changes that can be made to what is proved; not all are valid. */
  readonly changes: number
  readonly sampled: number
  /** Of the sample, those that were judged. */
  readonly outcomes: readonly LibvigOutcome[]
  readonly freedoms: readonly ListedFreedom[]
}

const worker = new URL('./worker.js', import.meta.url)

export async function runLibvigCampaign(options: LibvigCampaignOptions): Promise<LibvigCampaign> {
  const { seed, capacity, folder, isFresh, signal, workers, patience, onProgress, numbers } = options
  const { wasm, sha256, changes, lineOf, reached } = await loadLibvig(capacity)
  const isValid = (change: Change): boolean => changed(wasm, change) !== undefined
  const wanted = numbers === undefined ? changes : changes.filter(({ number }) => numbers.includes(number))
  const sample = sampleOfFunctions(wanted, options.sample ?? wanted.length, seed, isValid)
  const scopes = createHash('sha256')
    .update(JSON.stringify(scopesUpTo(capacity)))
    .digest('hex')
  const key = { binary: sha256, libvig: sha256, spec: scopes }
  const record = new Outcomes<LibvigOutcome>(join(folder, 'libvig.jsonl'), key, isFresh)
  // What is soon judged comes first, so that most is known where the run is interrupted.
  const order = [...sample].sort((a, b) => reached.work(a.functionIndex) - reached.work(b.functionIndex))
  const tasks = order.flatMap(({ number }): LibvigTask[] =>
    record.get(number) === undefined ? [{ nf: 'libvig', number, capacity, without: [] }] : [],
  )
  let done = sample.length - tasks.length
  const add = (outcome: LibvigOutcome): void => {
    record.add(outcome)
    done += 1
  }
  await judgeAll<LibvigTask, string, LibvigOutcome>(tasks, {
    worker,
    workers,
    traces: folder,
    signal,
    patienceOf: () => patience,
    // What does not end in time is left out and said to be so.
    retry: (task, stage) => {
      if (stage === undefined || stage === 'loading' || task.without.includes(stage)) return undefined
      return { ...task, without: [...task.without, stage] }
    },
    onReply: ({ number }, reply) => {
      if (reply.kind === 'done') add(reply.outcome)
      if (reply.kind === 'stage') onProgress({ done, all: sample.length, what: `libvig ${number}: ${reply.stage}` })
    },
    onGivenUp: ({ number }, why) => {
      const change = sample.find((each) => each.number === number)
      if (change !== undefined) add({ ...placeOf(change, lineOf), verdict: 'undecided', causes: [why], seconds: 0 })
    },
  })
  return {
    changes: changes.length,
    sampled: sample.length,
    outcomes: sample.flatMap(({ number }) => record.get(number) ?? []),
    freedoms: readFreedoms(join(packageRoot, 'libvig', 'mutants.yaml')),
  }
}
