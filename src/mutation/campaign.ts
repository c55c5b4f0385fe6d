/** A campaign: samples of the mutants of some network functions, judged, with what an earlier run has found. */
import { dirname, join } from 'node:path'

import { InputError } from '../errors.js'
import { type Mutant, mutantsOf, sampleOf } from '../mutants/index.js'
import { loadNf } from '../nf/index.js'
import { loadSpec } from '../oracle/index.js'
import type { Stage } from './classify.js'
import { type ListedFreedom, readFreedoms } from './freedoms.js'
import { type LineOf, linesOf } from './lines.js'
import type { Task } from './messages.js'
import type { Outcome } from './outcome.js'
import { judgeAll } from './pool.js'
import { Outcomes } from './record.js'

export interface CampaignOptions {
  readonly nfs: readonly string[]
  /** Mutants of each network function; undefined for all. */
  readonly sample: number | undefined
  readonly seed: number
  readonly workers: number
  /** Seconds of one stage of one mutant. */
  readonly patience: number
  readonly mostPaths: number
  /** Folder of the records. */
  readonly folder: string
  /** What earlier runs have found does not count. */
  readonly isFresh: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

export interface Progress {
  readonly done: number
  readonly all: number
  readonly what: string
}

export interface NfCampaign {
  readonly nf: string
  /** Mutants that there are. */
  readonly mutants: number
  readonly sampled: number
  /** Of the sample, those that were judged. */
  readonly outcomes: readonly Outcome[]
  readonly freedoms: readonly ListedFreedom[]
}

interface Prepared {
  readonly nf: string
  readonly mutants: readonly Mutant[]
  readonly sample: readonly Mutant[]
  readonly record: Outcomes<Outcome>
  readonly freedoms: readonly ListedFreedom[]
  readonly lineOf: LineOf
}

const worker = new URL('./worker.js', import.meta.url)
/** Seconds of traffic; all of it takes some two. */
const TRAFFIC = 60
/** Stages that another try can leave out. */
const OPTIONAL: readonly Stage[] = ['packets', 'traffic', 'models', 'equivalence']

/** Time decides nothing but when to give up: what does not end in time is left out, and a proof that does not is undecided. */
function retry(task: Task, stage: Stage | 'loading' | undefined): Task | undefined {
  const optional = OPTIONAL.find((each) => each === stage)
  if (optional === undefined || task.without.includes(optional)) return undefined
  return { ...task, without: [...task.without, optional] }
}

export async function runCampaign(options: CampaignOptions): Promise<readonly NfCampaign[]> {
  const prepared: Prepared[] = []
  for (const nf of options.nfs) prepared.push(await prepare(nf, options))
  const recordOf = new Map(prepared.map(({ nf, record }) => [nf, record]))
  const preparedOf = (task: Task) => prepared.find(({ nf }) => nf === task.nf)
  const tasks = prepared.flatMap(({ nf, sample, record }) =>
    sample.flatMap(({ number }): Task[] =>
      record.get(number) === undefined ? [{ nf, number, without: [], mostPaths: options.mostPaths }] : [],
    ),
  )
  const all = prepared.reduce((sum, { sample }) => sum + sample.length, 0)
  let done = all - tasks.length
  const add = (outcome: Outcome): void => {
    recordOf.get(outcome.nf)?.add(outcome)
    done += 1
  }
  await judgeAll<Task, Stage, Outcome>(tasks, {
    worker,
    workers: options.workers,
    traces: options.folder,
    signal: options.signal,
    patienceOf: (stage) => (stage === 'traffic' ? TRAFFIC : options.patience),
    retry,
    onReply: ({ nf, number }, reply) => {
      if (reply.kind === 'done') add(reply.outcome)
      if (reply.kind === 'stage') options.onProgress({ done, all, what: `${nf} ${number}: ${reply.stage}` })
    },
    onGivenUp: (task, why) => {
      const of = preparedOf(task)
      const mutant = of?.mutants[task.number]
      if (of === undefined || mutant === undefined) return
      const { number, offset, functionName, operator, what } = mutant
      const at = of.lineOf(offset)
      const place = { nf: task.nf, number, offset, functionName, operator, what, ...(at === undefined ? {} : { at }) }
      add({ ...place, verdict: 'undecided', causes: [why], seconds: 0, stages: {} })
    },
  })
  return prepared.map(({ nf, mutants, sample, record, freedoms }) => ({
    nf,
    mutants: mutants.length,
    sampled: sample.length,
    outcomes: sample.flatMap(({ number }) => record.get(number) ?? []),
    freedoms,
  }))
}

async function prepare(name: string, { sample, seed, folder, isFresh }: CampaignOptions): Promise<Prepared> {
  const loaded = await loadNf(name)
  const { manifest, wasm, sha256, libvigSha256 } = loaded
  const { spec: specFile, file } = manifest
  if (specFile === undefined) {
    throw new InputError(`${manifest.name} has no specification`, { file, hint: 'name one: spec: spec.ts' })
  }
  const { sha256: spec } = await loadSpec(specFile)
  const mutants = mutantsOf(wasm)
  const key = { binary: sha256, libvig: libvigSha256, spec }
  return {
    nf: name,
    mutants,
    sample: sample === undefined ? mutants : sampleOf(mutants, sample, seed),
    record: new Outcomes<Outcome>(join(folder, `${manifest.name}.jsonl`), key, isFresh),
    freedoms: readFreedoms(join(dirname(file), 'mutants.yaml')),
    lineOf: linesOf(loaded),
  }
}
