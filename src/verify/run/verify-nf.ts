/** The proof of one network function, from its name to its entry in the result. */

import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MachineError, VigilError } from '../../errors.js'
import { codeFile, overrideWord, readOverrides } from '../../nf/index.js'
import { once } from '../../once.js'
import type { SolverUse, UnfinishedNf, VerifiedNf } from '../../result/index.js'
import { type BackendStatistics, openSyncSolver, type SyncSolver } from '../../smt/index.js'
import { type LoadedProperty, loadInstrumentedPropertiesOf, loadPropertiesOf } from '../../spec/load/properties.js'
import { Random } from '../../testbed/random.js'
import { Crew } from '../crew/crew.js'
import type { Employment } from '../crew/messages.js'
import { leastInvariants } from '../least-invariants.js'
import { listObligations } from '../list-obligations.js'
import { LOCK_NAME, lockedPairing, lockOf, lockText, readLock } from '../lock/index.js'
import { hasNeeds } from '../needs.js'
import type { Pairing } from '../pairing.js'
import { type ProofOptions, prepare } from '../prepare.js'
import { prove } from '../prove.js'
import { isProvedUnder, proveProperty } from '../prove-property.js'
import { loadSubject, type Subject } from '../subject.js'
import { withInvariantsOf, withoutCandidates } from '../weeding.js'
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
  const { nf, binary, seed = 0, longest, mostPaths } = task
  const random = new Random(seed, 'layouts')
  onProgress('loading')
  const lost: string[] = []
  const crew = crewFor(task, (why) => lost.push(why))
  const loading = loadSubject(nf, subjectOf(task))
  const opening = opened(task, loading)
  try {
    const [subject, solver] = await Promise.all([loading, opening])
    const options: ProofOptions = {
      solver,
      crew,
      random: () => random.fraction(),
      onProgress,
      ...(longest === undefined ? {} : { longest }),
      ...(mostPaths === undefined ? {} : { mostPaths }),
    }
    const file = binary ?? codeFile(subject.nf.manifest)
    if (task.isListing === true) return listedNf(subject, listObligations(subject, options), file)
    const proofs = await proofsOf(task, subject, options)
    if (task.lock === true) keep(proofs, task, { subject, options })
    return verifiedNf(subject, proofs, {
      binary: file,
      solver: solverUse(task, [...solver.statistics(), ...(crew?.statistics() ?? [])]),
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      lost,
      replayed: {
        nf,
        binary,
        config: task.config.map((each) => (typeof each === 'string' ? each : overrideWord(each))),
        settings: readOverrides(task.config).map(overrideWord),
        longest,
      },
    })
  } finally {
    await Promise.allSettled([opening.then((solver) => solver.close()), crew?.close()])
  }
}

/** The solver, which starts while the subject is loaded; but a folder for its queries has the name of the subject. */
async function opened(task: Task, loading: Promise<Subject>): Promise<SyncSolver> {
  const { dump } = task
  if (dump === undefined) return openSyncSolver(solverOf(task))
  const { nf } = await loading
  return openSyncSolver({ ...solverOf(task), dump: join(dump, nf.manifest.name) })
}

/** Who helps, if anyone. Queries are dumped in their order, by one alone. */
function crewFor(task: Task, onLost: (why: string) => void): Crew | undefined {
  const { nf, helpers = 0, properties, dump, isListing } = task
  if (helpers === 0 || dump !== undefined || isListing === true) return undefined
  const employment = {
    nf,
    subject: subjectOf(task),
    solver: solverOf(task),
    hasProperties: properties !== undefined,
  }
  return new Crew(helpers, employment, { onLost })
}

function subjectOf({ config, anyConfig, binary }: Task): Employment['subject'] {
  return {
    config,
    ...(anyConfig === undefined ? {} : { anyConfig }),
    ...(binary === undefined ? {} : { binary }),
  }
}

/** What is asked for, on common ground; the specification first. */
async function proofsOf({ properties }: Task, subject: Subject, options: ProofOptions): Promise<Proofs> {
  const started = performance.now()
  const lock = readLock(lockFileOf(subject))
  const locked = { ...options, ...(lock === undefined ? {} : { lock }) }
  const since = (): number => (performance.now() - started) / 1000
  if (properties === undefined) {
    return {
      proof: prove(subject, locked),
      properties: [],
      passedOver: [],
      hasLock: lock !== undefined,
      seconds: since(),
    }
  }
  const { asked, passedOver } = await propertiesOf(subject, properties, options.longest)
  const sharing = { ...locked, prepared: prepare(subject, locked), anew: once(() => prepare(subject, options)) }
  const proof = properties === 'all' ? prove(subject, sharing) : undefined
  const results = asked.map(({ property, fast }) => proveProperty(subject, property, { ...sharing, fast }))
  return { proof, properties: results, passedOver, hasLock: lock !== undefined, seconds: since() }
}

function lockFileOf({ nf }: Subject): string {
  return join(dirname(nf.manifest.file), LOCK_NAME)
}

/** Writes the lock of what is proved, and nothing else; where there are no states there is nothing to keep. */
function keep(
  { proof, properties }: Proofs,
  { properties: asked }: Task,
  { subject, options }: { readonly subject: Subject; readonly options: ProofOptions },
): void {
  const left = proof?.explored.packets?.left
  if (proof?.verdict !== 'proved' || left === undefined || proof.pairing.length === 0) return
  const file = lockFileOf(subject)
  const proved = properties.filter(({ verdict }) => verdict === 'proved')
  const isProved = (property: LoadedProperty, pairing: Pairing): boolean =>
    isProvedUnder(lockOf(pairing, left), subject, property, options)
  // Of properties that were not proved anew stays what they needed when they were.
  const before = asked === 'all' ? undefined : readLock(file)
  const known = before && lockedPairing(before, [withoutCandidates(proof.pairing)])
  const pairing = withInvariantsOf(leastInvariants(proof.pairing, proved, isProved), known === undefined ? [] : [known])
  try {
    writeFileSync(file, lockText(pairing, left))
  } catch (cause) {
    throw new MachineError('cannot be written', { file, hint: 'leave out --lock' }, { cause })
  }
}

interface AskedProperty {
  readonly property: LoadedProperty
  readonly fast: LoadedProperty
}

interface AskedProperties {
  readonly asked: readonly AskedProperty[]
  readonly passedOver: readonly LoadedProperty[]
}

/** Where all are asked for, those of which the configuration lacks what they need are passed over. */
async function propertiesOf(
  { nf, spec }: Subject,
  names: NonNullable<Task['properties']>,
  longest: number | undefined,
): Promise<AskedProperties> {
  const [all, plain] = await Promise.all([loadInstrumentedPropertiesOf(spec.file), loadPropertiesOf(spec.file)])
  const passedOver = names === 'all' ? plain.filter((each) => !hasNeeds(each, nf.config, longest)) : []
  const asked = all.flatMap((property) => {
    const fast = plain.find(({ name }) => name === property.name)
    if (fast === undefined || passedOver.includes(fast)) return []
    return names === 'all' || names.includes(property.name) ? [{ property, fast }] : []
  })
  return { asked, passedOver }
}

function solverOf({ solvers = ['z3-embedded'], crossCheck, limits }: Task): Employment['solver'] {
  return {
    backends: solvers,
    ...(crossCheck === undefined ? {} : { crossCheck }),
    ...(limits === undefined ? {} : { limits }),
  }
}

/** The one who re-checks answers is asked for nothing else. */
function solverUse({ solvers = ['z3-embedded'], crossCheck }: Task, all: readonly BackendStatistics[]): SolverUse {
  const asked = all.filter(({ by }) => solvers.some((name) => name === by))
  const second = all.filter(({ by }) => by === crossCheck)
  return {
    name: solvers.join(', '),
    queries: sumOf(asked, ({ sat, unsat, unknown }) => sat + unsat + unknown),
    seconds: sumOf([...asked, ...second], ({ seconds }) => seconds),
    ...(crossCheck === undefined
      ? {}
      : {
          crossCheck: {
            name: crossCheck,
            confirmed: sumOf(second, ({ sat, unsat }) => sat + unsat),
            unknown: sumOf(second, ({ unknown }) => unknown),
          },
        }),
  }
}

function sumOf(all: readonly BackendStatistics[], pick: (each: BackendStatistics) => number): number {
  return all.reduce((sum, each) => sum + pick(each), 0)
}

/** Errors of the user's files and of this machine keep their exit codes; anything else is Vigil's own. */
export function failed(nf: string, error: unknown): UnfinishedNf {
  const exitCode = error instanceof VigilError ? error.exitCode : 70
  const cause = error instanceof Error ? error.message : String(error)
  return { kind: 'unfinished', nf, instance: nf, verdict: 'error', cause: cause.replace(/\s*\n\s*/g, ' '), exitCode }
}
