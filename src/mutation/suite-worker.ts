/**
 * A process that runs mutants through suites, one after the other, as it is told. What hangs in it is ended with it. Its
 * first argument: a folder for its own files, removed by who started it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { runCase, type TimedPacket, timed } from '../conform/run-case.js'
import { readSuite } from '../derive/suite/folder.js'
import { endWithParent } from '../end-with-parent.js'
import { InputError } from '../errors.js'
import { type Mutant, mutantsOf } from '../mutants/index.js'
import { type LoadedNf, loadNf } from '../nf/index.js'
import { type LoadedSpec, loadSpec } from '../spec/load/index.js'
import type { Reply, SuiteTask } from './messages.js'
import type { SuiteOutcome, SuiteVerdict } from './suite-outcome.js'

interface Loaded {
  readonly nf: string
  readonly spec: LoadedSpec
  readonly mutants: readonly Mutant[]
  readonly suites: Map<string, LoadedSuite>
}

interface Running {
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
  readonly suite: LoadedSuite
  readonly isOriginal: boolean
}

interface LoadedSuite {
  readonly folder: string
  readonly config: readonly string[]
  readonly cases: readonly { readonly name: string; readonly packets: readonly TimedPacket[] }[]
}

const START = 'nf_init'

class Worker {
  readonly #file: string
  #loaded: Loaded | undefined

  /** `file`: where a mutant's binary is written. */
  constructor(file: string) {
    this.#file = file
  }

  async judge({ nf, number, suites }: SuiteTask): Promise<SuiteOutcome> {
    tell({ kind: 'stage', stage: 'loading' })
    const loaded = await this.#load(nf)
    const mutant = loaded.mutants[number]
    if (mutant === undefined) throw new RangeError(`${nf} has no mutant ${number}`)
    for (const folder of suites) {
      const suite = loaded.suites.get(folder) ?? (await this.#loadSuite(loaded, folder))
      writeFileSync(this.#file, mutant.binary)
      const binary = await loadNf(nf, { binary: this.#file, config: suite.config })
      const verdict = await run({ nf: binary, spec: loaded.spec, suite, isOriginal: false })
      if (verdict.verdict !== 'survivor') return { nf, number, ...verdict }
    }
    return { nf, number, verdict: 'survivor' }
  }

  async #load(nf: string): Promise<Loaded> {
    if (this.#loaded?.nf === nf) return this.#loaded
    const { manifest, wasm } = await loadNf(nf)
    if (manifest.spec === undefined) throw new InputError('names no specification', { file: manifest.file })
    this.#loaded = { nf, spec: await loadSpec(manifest.spec), mutants: mutantsOf(wasm), suites: new Map() }
    return this.#loaded
  }

  /** A suite that the original does not pass says nothing of mutants. */
  async #loadSuite({ nf, spec, suites }: Loaded, folder: string): Promise<LoadedSuite> {
    const { config, cases } = readSuite(folder)
    const suite = { folder, config, cases: cases.map(({ name, packets }) => ({ name, packets: timed(packets) })) }
    const verdict = await run({ nf: await loadNf(nf, { config }), spec, suite, isOriginal: true })
    if (verdict.verdict === 'killed') {
      throw new InputError(`${nf} itself does not pass its suite: ${verdict.kill.what}`, { file: folder })
    }
    suites.set(folder, suite)
    return suite
  }
}

/** `isOriginal`: that it does not end is no kill. */
async function run({ nf, spec, suite: { cases, folder: suite }, isOriginal }: Running): Promise<SuiteVerdict> {
  const stage = (name: string): void => tell({ kind: 'stage', stage: isOriginal ? 'loading' : name })
  stage(START)
  const refused = refusalOf(nf)
  if (refused !== undefined) return { verdict: 'killed', kill: { suite, in: START, what: refused, isStopped: true } }
  for (const { name, packets } of cases) {
    stage(name)
    // What was told leaves before a mutant can hang.
    await setImmediate()
    const { violation } = runCase({ nf, spec }, name, packets)
    if (violation === undefined) continue
    const { summary: what, kind } = violation
    return { verdict: 'killed', kill: { suite, in: name, what, isStopped: kind === 'trap' || kind === 'hang' } }
  }
  return { verdict: 'survivor' }
}

/** Why `nf_init` fails, if it does. */
function refusalOf(nf: LoadedNf): string | undefined {
  try {
    nf.instantiate()
    return undefined
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

function tell(reply: Reply<string, SuiteOutcome>): void {
  process.send?.(reply)
}

const [, , scratch = ''] = process.argv
const worker = new Worker(join(scratch, `${process.pid}.wasm`))
process.on('message', (task: SuiteTask) => {
  worker.judge(task).then(
    (outcome) => tell({ kind: 'done', outcome }),
    (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
endWithParent('process')
tell({ kind: 'ready' })
