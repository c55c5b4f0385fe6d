/** The proof of one network function, from its name to its entry in the result. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { MachineError, VigilError } from '../../errors.js'
import type { SolverUse, UnfinishedNf, VerifiedNf } from '../../result/index.js'
import { type BackendStatistics, openSyncSolver, type SyncSolver } from '../../smt/index.js'
import { type LoadedProperty, loadInstrumentedPropertiesOf, loadPropertiesOf } from '../../spec/load/properties.js'
import { Random } from '../../testbed/random.js'
import { listObligations } from '../list-obligations.js'
import { LOCK_NAME, lockText, readLock } from '../lock/index.js'
import { type ProofOptions, prepare } from '../prepare.js'
import { prove } from '../prove.js'
import { proveProperty } from '../prove-property.js'
import { loadSubject, type Subject } from '../subject.js'
import { type ListedNf, listedNf } from './listed-nf.js'
import type { Task, TaskResult } from './task.js'
import { type Proofs, verifiedNf } from './verified-nf.js'

/** Never throws: what is wrong is the entry. */
export async function verifyNf(task: Task, onProgress: (what: string) => void): Promise<TaskResult> {
  try {
    return await proved(task, onProgress)
  } catch (error) {
    return failed(task.nf, error)
  }
}

async function proved(task: Task, onProgress: (what: string) => void): Promise<VerifiedNf | ListedNf> {
  const { nf, config, anyConfig, binary, longest, mostPaths, seed = 0 } = task
  const random = new Random(seed, 'layouts')
  onProgress('loading')
  const subject = await loadSubject(nf, {
    config,
    ...(anyConfig === undefined ? {} : { anyConfig }),
    ...(binary === undefined ? {} : { binary }),
  })
  const solver = await openSolver(task, subject.nf.manifest.name)
  try {
    const options: ProofOptions = {
      solver,
      random: () => random.fraction(),
      onProgress,
      ...(longest === undefined ? {} : { longest }),
      ...(mostPaths === undefined ? {} : { mostPaths }),
    }
    const file = binary ?? subject.nf.manifest.code.file
    if (task.isListing === true) return listedNf(subject, listObligations(subject, options), file)
    const proofs = await proofsOf(task, subject, options)
    if (task.lock === true) keep(proofs, lockFileOf(subject))
    return verifiedNf(subject, proofs, {
      binary: file,
      solver: solverUse(task, solver.statistics()),
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      replayed: {
        nf,
        binary,
        config: config.map((each) => (typeof each === 'string' ? each : `${each.name}=${each.value}`)),
        longest,
      },
    })
  } finally {
    await solver.close()
  }
}

/** What is asked for, on common ground; the specification first. */
async function proofsOf({ properties }: Task, subject: Subject, options: ProofOptions): Promise<Proofs> {
  const started = performance.now()
  if (properties === undefined) {
    const lock = readLock(lockFileOf(subject))
    const proof = prove(subject, { ...options, ...(lock === undefined ? {} : { lock }) })
    return { proof, properties: [], hasLock: lock !== undefined, seconds: (performance.now() - started) / 1000 }
  }
  // Properties rest on layouts that are looked at closely, so that these are found out anew.
  const asked = await propertiesOf(subject, properties)
  const sharing = { ...options, prepared: prepare(subject, options) }
  const isSpecAsked = properties === 'all'
  const proof = isSpecAsked ? prove(subject, sharing) : undefined
  const results = asked.map(({ property, fast }) => proveProperty(subject, property, { ...sharing, fast }))
  return { proof, properties: results, hasLock: false, seconds: (performance.now() - started) / 1000 }
}

function lockFileOf({ nf }: Subject): string {
  return join(dirname(nf.manifest.file), LOCK_NAME)
}

/** Writes the lock of what is proved, and nothing else; where there are no states there is nothing to keep. */
function keep({ proof }: Proofs, file: string): void {
  const left = proof?.explored.packets?.left
  if (proof?.verdict !== 'proved' || left === undefined || proof.pairing.length === 0) return
  try {
    writeFileSync(file, lockText(proof.pairing, left))
  } catch (cause) {
    throw new MachineError('cannot be written', { file, hint: 'leave out --lock' }, { cause })
  }
}

interface AskedProperty {
  readonly property: LoadedProperty
  readonly fast: LoadedProperty
}

async function propertiesOf({ spec }: Subject, asked: NonNullable<Task['properties']>): Promise<AskedProperty[]> {
  const [all, plain] = await Promise.all([loadInstrumentedPropertiesOf(spec.file), loadPropertiesOf(spec.file)])
  return all.flatMap((property) => {
    const fast = plain.find(({ name }) => name === property.name)
    if (fast === undefined || (asked !== 'all' && !asked.includes(property.name))) return []
    return [{ property, fast }]
  })
}

function openSolver({ solvers = ['z3-embedded'], crossCheck, limits, dump }: Task, name: string): Promise<SyncSolver> {
  return openSyncSolver({
    backends: solvers,
    ...(crossCheck === undefined ? {} : { crossCheck }),
    ...(limits === undefined ? {} : { limits }),
    ...(dump === undefined ? {} : { dump: join(dump, name) }),
  })
}

/** The one who re-checks answers is asked for nothing else. */
function solverUse({ solvers = ['z3-embedded'], crossCheck }: Task, all: readonly BackendStatistics[]): SolverUse {
  const asked = all.filter(({ by }) => solvers.some((name) => name === by))
  const second = all.find(({ by }) => by === crossCheck)
  return {
    name: solvers.join(', '),
    queries: asked.reduce((sum, { sat, unsat, unknown }) => sum + sat + unsat + unknown, 0),
    seconds: [...asked, ...(second === undefined ? [] : [second])].reduce((sum, { seconds }) => sum + seconds, 0),
    ...(crossCheck === undefined
      ? {}
      : {
          crossCheck: {
            name: crossCheck,
            confirmed: (second?.sat ?? 0) + (second?.unsat ?? 0),
            unknown: second?.unknown ?? 0,
          },
        }),
  }
}

/** Errors of the user's files and of this machine keep their exit codes; anything else is Vigil's own. */
export function failed(nf: string, error: unknown): UnfinishedNf {
  const exitCode = error instanceof VigilError ? error.exitCode : 70
  const cause = error instanceof Error ? error.message : String(error)
  return { kind: 'unfinished', nf, instance: nf, verdict: 'error', cause: cause.replace(/\s*\n\s*/g, ' '), exitCode }
}
