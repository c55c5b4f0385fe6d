/** The thread of a helper: explores what it is given, with terms and a solver of its own. */
import { workerData } from 'node:worker_threads'

import { keepCompiledZ3, openSyncSolver, type SyncSolver, type Terms } from '../../smt/index.js'
import { type LoadedProperty, loadInstrumentedPropertiesOf } from '../../spec/load/properties.js'
import { PathConfirmer } from '../confirm-paths.js'
import { explorePath, type Fork, walkAgain } from '../exploration/explore.js'
import { foundPath } from '../exploration/helpers.js'
import { loadSubject, type Subject } from '../subject.js'
import {
  CURRENT,
  forkFrom,
  foundFrom,
  type HelperInput,
  type PlainFork,
  type PlainFound,
  plainFork,
  plainFound,
  type Reply,
  type Request,
  say,
  WANTED,
  type Work,
} from './messages.js'
import { Cases, packetRun, runOf } from './runs.js'

const input: HelperInput = workerData
const { port, shared, employment } = input
keepCompiledZ3(input.code)

class Helper {
  readonly #cases: Cases
  readonly #solver: SyncSolver
  readonly #properties: readonly LoadedProperty[]
  readonly #confirmers = new Map<Subject, PathConfirmer>()
  #work = 0
  #what: Work | undefined

  constructor(cases: Cases, solver: SyncSolver, properties: readonly LoadedProperty[]) {
    this.#cases = cases
    this.#solver = solver
    this.#properties = properties
    this.#idle()
  }

  do(request: Request): void {
    if (request.kind === 'work') {
      this.#work = request.work
      this.#what = request.what
      return
    }
    const what = this.#what
    if (what !== undefined && request.work === this.#work) {
      if (request.kind === 'fork') this.#explore(request.fork, what)
      else this.#confirm(request.number, request.path, what)
    }
    this.#idle()
  }

  get #isCurrent(): boolean {
    return Atomics.load(shared, CURRENT) === this.#work
  }

  #idle(): void {
    this.#say({ kind: 'idle', statistics: this.#solver.statistics() })
  }

  #say(reply: Reply): void {
    say(reply, input)
  }

  /** All that this begins, but for what is given back. */
  #explore(first: PlainFork, what: Work): void {
    const about = this.#cases.of(what)
    const { terms } = about
    const run = runOf(what, about, this.#properties)
    const options = { terms, solver: this.#solver, isJudging: what.kind !== 'storing' }
    const work = this.#work
    const waiting: Fork[] = [forkFrom(first, terms)]
    for (let fork = waiting.pop(); fork !== undefined && this.#isCurrent; fork = waiting.pop()) {
      const { report, forks, queries } = explorePath(run, fork, options)
      const found = foundPath(report, queries)
      this.#say({ kind: 'path', work, found: plainFound(found), forks: forks.map((each) => ({ steps: each.steps })) })
      waiting.push(...forks)
      this.#giveBack(waiting)
    }
  }

  /** What comes last, where someone else has nothing to do. */
  #giveBack(waiting: Fork[]): void {
    while (waiting.length > 1 && this.#isWanted()) {
      const fork = waiting.shift()
      if (fork !== undefined) this.#say({ kind: 'fork', work: this.#work, fork: plainFork(fork) })
    }
  }

  #isWanted(): boolean {
    const wanted = Atomics.load(shared, WANTED)
    return wanted > 0 && Atomics.compareExchange(shared, WANTED, wanted, wanted - 1) === wanted
  }

  #confirm(number: number, path: PlainFound, what: Work): void {
    const about = this.#cases.of(what)
    const { subject, terms } = about
    const { report } = walkAgain(packetRun(what, about), foundFrom(path, terms), { terms, solver: this.#solver })
    const confirmation = this.#confirmer(subject, terms).confirm(report)
    if (confirmation === undefined) throw new RangeError('a path that was found is none here')
    this.#say({ kind: 'confirmed', work: this.#work, number, confirmation })
  }

  #confirmer(subject: Subject, terms: Terms): PathConfirmer {
    const known = this.#confirmers.get(subject) ?? new PathConfirmer(subject, terms, this.#solver)
    this.#confirmers.set(subject, known)
    return known
  }
}

async function hired(): Promise<Helper> {
  const { nf, subject, solver, hasProperties } = employment
  const [loaded, opened] = await Promise.all([loadSubject(nf, subject), openSyncSolver(solver)])
  const properties = hasProperties ? await loadInstrumentedPropertiesOf(loaded.spec.file) : []
  return new Helper(new Cases(loaded, opened), opened, properties)
}

const helper = hired()
// What goes wrong ends the thread, which the foreman says.
port.on('message', async (request: Request) => (await helper).do(request))
