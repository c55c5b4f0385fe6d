/** Opening doors: to which back-ends, and in which order they are asked. */
import { MachineError } from '../errors.js'
import { type BackendName, type Chosen, find, installed } from './backends.js'
import { AnswerCache } from './cache.js'
import { AwaitedSolver, BlockingSolver } from './door.js'
import type { Engine, ProgramProfile, SyncEngine } from './engine.js'
import { BlockingForeseer } from './foresight.js'
import { Portfolio } from './portfolio.js'
import { ProcessEngine } from './process-engine.js'
import { SyncProcessEngine } from './process-sync.js'
import type { ForeseeingSolver, Limits, Solver, SyncSolver } from './solver.js'
import { Statistics } from './statistics.js'
import { Z3Beside } from './z3-beside.js'
import { InlineZ3 } from './z3-inline.js'
import type { RecycleLimits } from './z3-thread.js'
import { BlockingZ3, ThreadedZ3 } from './z3-threads.js'

export interface SolverOptions {
  /**
   * Whom to ask, in this order, until one answers; one that is named and missing is an error. Default: the embedded Z3,
   * then whichever of z3, cvc5 and bitwuzla is on the PATH.
   */
  readonly backends?: readonly (BackendName | ProgramProfile)[]
  /** Another back-end that re-checks every answer: see DisagreementError. */
  readonly crossCheck?: BackendName | ProgramProfile
  /** Default: effort 10,000 (some five seconds), time 30,000 ms, for each back-end. */
  readonly limits?: Limits
  /** Answers by content: in memory by default, also in a folder, shared with other solvers, or not at all. */
  readonly cache?: AnswerCache | { readonly folder: string } | false
  /** A folder in which every query that reaches a back-end is left as an `.smt2` file. */
  readonly dump?: string
  /** Where to count; shared by several solvers, if given. */
  readonly statistics?: Statistics
  /** When the worker of the embedded Z3 is replaced. */
  readonly recycle?: RecycleLimits
}

/** Throws MachineError where a back-end that is named is missing. */
export async function openSolver(options: SolverOptions = {}): Promise<Solver> {
  const statistics = options.statistics ?? new Statistics()
  const engines = await openEngines(options)
  return new AwaitedSolver(portfolio(engines, options, statistics), engines, statistics)
}

/** The engines themselves, for texts that come from elsewhere. Throws MachineError where one that is named is missing. */
export async function openEngines(options: SolverOptions = {}): Promise<Engine[]> {
  const engines: Engine[] = []
  for (const { backend, version } of choose(options)) {
    if (typeof backend !== 'string') engines.push(new ProcessEngine(backend, version))
    else if (backend === 'z3-embedded') engines.push(await ThreadedZ3.start(options.recycle))
    else throw new MachineError('z3-inline blocks: it is there for openSyncSolver only')
  }
  return engines
}

/** Throws MachineError where a back-end that is named is missing. */
export async function openSyncSolver(options: SolverOptions = {}): Promise<SyncSolver> {
  const statistics = options.statistics ?? new Statistics()
  const engines: SyncEngine[] = []
  for (const { backend, version } of choose(options)) {
    if (typeof backend !== 'string') engines.push(new SyncProcessEngine(backend, version))
    else engines.push(backend === 'z3-inline' ? await InlineZ3.start() : await BlockingZ3.start(options.recycle))
  }
  return new BlockingSolver(portfolio(engines, options, statistics), engines, statistics)
}

/** Asks the embedded Z3, and of a second instance what is foreseen. */
export async function openForeseeingSolver(
  options: Omit<SolverOptions, 'backends' | 'crossCheck' | 'dump'> = {},
): Promise<ForeseeingSolver> {
  const { cache = new AnswerCache(), statistics = new Statistics(), recycle } = options
  const engine = await BlockingZ3.start(recycle)
  const shared = { ...options, cache }
  const [own, ahead] = [portfolio([engine], shared, statistics), portfolio([engine], shared, statistics)]
  return new BlockingForeseer(own, engine, statistics, ahead, new Z3Beside(recycle))
}

function portfolio(
  engines: readonly (Engine | SyncEngine)[],
  options: SolverOptions,
  statistics: Statistics,
): Portfolio {
  const { cache, limits = {}, dump, crossCheck } = options
  return new Portfolio(engines, crossCheck !== undefined, {
    limits: { effort: 10_000, time: 30_000, ...limits },
    cache: cache === false ? undefined : cache instanceof AnswerCache ? cache : new AnswerCache(cache?.folder),
    statistics,
    dump,
  })
}

function choose({ backends, crossCheck }: SolverOptions): Chosen[] {
  const chosen = backends === undefined ? installed() : backends.map(find)
  if (crossCheck !== undefined) chosen.push(find(crossCheck))
  return chosen
}
