/** Proves one operation in one scope: every path of it, every obligation; a failure is made again on the real binary. */
import { contracts, type Operation } from '../../contracts/index.js'
import type { Path, Place } from '../../domains/symbolic/path.js'
import type { ProofVerdict } from '../../result/index.js'
import { type Limits, type Model, type SyncSolver, type Term, Terms } from '../../smt/index.js'
import type { Module } from '../../wasm/index.js'
import { type ExploreOptions, explore, type Judged, type PathReport } from '../exploration/explore.js'
import { runAllocation } from './allocation.js'
import { modelWithHashes } from './model-with-hashes.js'
import { casesOf, type Followed, runOperation } from './operation.js'
import { replayed } from './real-call.js'
import { type Scope, type ScopedOperation, scopeText } from './scopes.js'

export interface LibvigProof {
  readonly operation: string
  readonly scope: string
  /** `error`: the real binary does not do what was found of it, which is a fault of the proof. */
  readonly verdict: ProofVerdict | 'error'
  /** Why it is not proved. */
  readonly cause?: string
  readonly place?: Place
  /** Outcomes of the contract that some state and arguments lead to. */
  readonly outcomes: readonly string[]
  readonly paths: number
  readonly obligations: number
  readonly queries: number
  readonly seconds: number
}

export interface LibvigBinary {
  readonly wasm: Uint8Array
  readonly module: Module
}

const LIMITS: Limits = { effort: 200_000, time: 120_000 }

type Report = PathReport<Followed>
type Ending = Pick<LibvigProof, 'verdict' | 'cause' | 'place'>

export function proveOperation(
  binary: LibvigBinary,
  { operation, scope }: ScopedOperation,
  solver: SyncSolver,
  limits = LIMITS,
): LibvigProof {
  const contract = contracts.get(operation)
  if (contract === undefined) throw new RangeError(`libVig has no operation ${operation}`)
  const terms = new Terms()
  const options: ExploreOptions<Followed> = {
    terms,
    solver,
    limits: { deciding: limits, judging: limits },
    isLast: ({ obligations }) => obligations.some(({ answer }) => answer.kind === 'fails'),
  }
  const endings: Ending[] = []
  const outcomes = new Set<string>()
  const counts = { paths: 0, obligations: 0, queries: 0, seconds: 0 }
  let isComplete = true
  let hint: Model | undefined
  for (const run of runsOf(binary.module, contract, scope)) {
    // What satisfies one case mostly nearly satisfies the next.
    const explored = explore(run, { ...options, from: [{ steps: [], model: hint }] })
    const [first] = explored.paths
    if (first?.satisfied.kind === 'yes') hint = first.satisfied.model
    isComplete &&= explored.isComplete
    counts.paths += explored.paths.length
    counts.queries += explored.statistics.queries
    counts.seconds += explored.statistics.seconds
    for (const path of explored.paths) {
      counts.obligations += path.obligations.length
      for (const outcome of outcomeOf(path.end, path.satisfied.kind)) outcomes.add(outcome)
      const ending = failure(path)
      if (ending !== undefined) endings.push(ending)
    }
    if (!isComplete) break
  }
  return {
    operation,
    scope: scopeText(scope),
    ...(worst(endings) ?? completion(isComplete, outcomes.size)),
    outcomes: [...outcomes],
    ...counts,
  }

  /** What is in the way on a path. */
  function failure(path: Report): Ending | undefined {
    const failed = path.obligations.find(({ answer }) => answer.kind === 'fails')
    if (failed?.answer.kind === 'fails') {
      const { what, place } = failed.obligation
      const found = place === undefined ? {} : { place }
      return { ...found, ...confirmed(path, failed, failed.answer.known, what) }
    }
    const open = path.obligations.find(({ answer }) => answer.kind === 'unknown')
    if (open?.answer.kind === 'unknown') {
      return { verdict: 'undecided', cause: `${open.obligation.what}: ${open.answer.reason}` }
    }
    if (path.end.kind !== 'undecidable' || path.satisfied.kind === 'no') return undefined
    const { reason, place } = path.end
    return { verdict: 'undecided', cause: reason, ...(place === undefined ? {} : { place }) }
  }

  /** Asks again with the real hash, and makes the call on the real binary. */
  function confirmed(
    { end }: Report,
    { obligation: { holds, guarantee } }: Judged,
    known: readonly Term[],
    what: string,
  ): Ending {
    if (end.kind !== 'ended') return { verdict: 'undecided', cause: `${what}: it fails, and the run does not end` }
    const { made } = end.result
    const model = modelWithHashes(terms, solver, [...known, terms.not(holds)], made)
    if (model === undefined) {
      return { verdict: 'undecided', cause: `${what}: it fails for some hash, but was not found to for libVig's own` }
    }
    // An access where none is allowed shows in nothing that an engine does.
    if (guarantee === 'memory') return { verdict: 'refuted', cause: what }
    const expected = guarantee === 'no trap' ? 'traps' : 'returns'
    if (replayed(binary.wasm, operation, made, model) === expected) return { verdict: 'refuted', cause: what }
    return { verdict: 'error', cause: `${what}: it fails, but the real binary does something else` }
  }
}

type Run = (path: Path) => Followed

/** One run for each case. */
function runsOf(module: Module, contract: Operation, scope: Scope): readonly Run[] {
  const { allocated } = scope
  if (allocated !== undefined) return [(path) => runAllocation(module, contract, allocated, path)]
  return casesOf(contract, scope).map((shapes) => (path) => runOperation(module, contract, scope, shapes, path))
}

/** Of what is on the path: the outcome of the contract that it took. */
function outcomeOf(end: Report['end'], satisfied: Report['satisfied']['kind']): readonly string[] {
  if (end.kind !== 'ended' || end.result.outcome === undefined || satisfied !== 'yes') return []
  return [end.result.outcome]
}

function worst(endings: readonly Ending[]): Ending | undefined {
  const order = ['refuted', 'error', 'undecided'] as const
  for (const verdict of order) {
    const found = endings.find((each) => each.verdict === verdict)
    if (found !== undefined) return found
  }
  return undefined
}

function completion(isComplete: boolean, outcomes: number): Ending {
  if (!isComplete) return { verdict: 'undecided', cause: 'too many paths' }
  if (outcomes === 0) return { verdict: 'undecided', cause: 'vacuous: no state and arguments were found' }
  return { verdict: 'proved' }
}
