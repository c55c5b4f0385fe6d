/** Proves one operation in one scope: every path of it, every obligation; a failure is made again on the real binary. */
import { contracts, type Operation } from '../../contracts/index.js'
import { type Obligation, type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import { type Limits, type Model, type SyncSolver, type Term, Terms, variablesOf } from '../../smt/index.js'
import type { Module } from '../../wasm/index.js'
import { type ExploreOptions, explore, type Judged, type PathReport } from '../exploration/explore.js'
import { runAllocation } from './allocation.js'
import { LibvigMachine } from './machine.js'
import { modelsWithHashes, modelWithHashes } from './model-with-hashes.js'
import { casesOf, type Followed, type Made, runOperation, type Shapes } from './operation.js'
import { completion, type Ending, type LibvigBinary, type LibvigProof, worst } from './proof.js'
import { replayed } from './real-call.js'
import { type ScopedOperation, scopeText } from './scopes.js'
import { failedWithNumbers } from './with-numbers.js'

const LIMITS: Limits = { effort: 200_000, time: 120_000 }
/** Paths of which something is undecided, after which no other is looked at. */
const MOST_OPEN = 3

/** One of those that make up what is asked: from states of these shapes. */
export interface Case extends ScopedOperation {
  readonly shapes: Shapes
}

/** Where a run cannot be followed to its end: why, and what was hashed before. */
interface Lost extends Pick<Made, 'exact' | 'hashed'> {
  readonly reason: string
  readonly place: Place | undefined
}

type Run = { readonly kind: 'followed'; readonly followed: Followed } | { readonly kind: 'lost'; readonly lost: Lost }
type Report = PathReport<Run>

export function proveOperation(
  binary: LibvigBinary,
  asked: ScopedOperation,
  solver: SyncSolver,
  limits = LIMITS,
): LibvigProof {
  const { operation, scope } = asked
  const terms = new Terms()
  const endings: Ending[] = []
  const outcomes = new Set<string>()
  const counts = { paths: 0, obligations: 0, queries: 0, seconds: 0 }
  let isComplete = true
  let hint: Model | undefined
  for (const each of casesOfAsked(asked)) {
    const options: ExploreOptions<Run> = {
      terms,
      solver,
      limits: { deciding: limits, judging: limits },
      isLast: (path) => {
        const ending = failure(each, path)
        if (ending === undefined) return false
        endings.push(ending)
        return ending.verdict !== 'undecided' || endings.length >= MOST_OPEN
      },
      // What satisfies one case mostly nearly satisfies the next.
      from: [{ steps: [], model: hint }],
    }
    const explored = explore((path) => run(each, path), options)
    const [first] = explored.paths
    if (first?.satisfied.kind === 'yes') hint = first.satisfied.model
    isComplete = explored.isComplete
    counts.paths += explored.paths.length
    counts.queries += explored.statistics.queries
    counts.seconds += explored.statistics.seconds
    for (const { end, obligations, satisfied } of explored.paths) {
      counts.obligations += obligations.length
      for (const outcome of outcomeOf(end, satisfied.kind)) outcomes.add(outcome)
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

  function run(each: Case, path: Path): Run {
    const machine = new LibvigMachine(path, binary.module)
    try {
      return { kind: 'followed', followed: followedOn(machine, each) }
    } catch (error) {
      if (!(error instanceof Undecidable)) throw error
      const { reason, place } = error
      return { kind: 'lost', lost: { reason, place, exact: machine.exactProducts, hashed: machine.hashed } }
    }
  }

  /** What is in the way on a path. */
  function failure(each: Case, path: Report): Ending | undefined {
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
    if (path.satisfied.kind === 'no') return undefined
    if (path.end.kind === 'undecidable') return undecided(path.end)
    if (path.end.kind !== 'ended' || path.end.result.kind === 'followed') return undefined
    const { lost } = path.end.result
    return lostWithNumbers(each, path, lost) ?? undecided(lost)
  }

  function undecided({ reason, place }: Pick<Lost, 'reason' | 'place'>): Ending {
    return { verdict: 'undecided', cause: reason, ...(place === undefined ? {} : { place }) }
  }

  /** What terms cannot be followed through, numbers can. */
  function lostWithNumbers(each: Case, { facts }: Report, lost: Lost): Ending | undefined {
    const parts = variablesOf(facts).filter(({ sort }) => sort.kind === 'bitvec')
    let seed = 0
    for (const model of modelsWithHashes(terms, solver, facts, lost, parts)) {
      seed += 1
      const ending = withNumbers(binary, each, terms, model, seed)
      if (ending !== undefined) return ending
    }
    return undefined
  }

  /** Asks again with the real hash, and makes the call on the real binary. */
  function confirmed({ end }: Report, { obligation }: Judged, known: readonly Term[], what: string): Ending {
    if (end.kind !== 'ended' || end.result.kind === 'lost') {
      return { verdict: 'undecided', cause: `${what}: it fails, and the run does not end` }
    }
    const { made } = end.result.followed
    const { holds } = obligation
    const model = modelWithHashes(terms, solver, [...known, terms.not(holds)], made)
    if (model === undefined) {
      return { verdict: 'undecided', cause: `${what}: it fails for some hash, but was not found to for libVig's own` }
    }
    return seenReally(binary, asked, made, model, obligation)
  }
}

/**
 * What the call with the numbers of a model breaks; undefined where it keeps the contract, or where the model is none with
 * libVig's own hash.
 */
export function withNumbers(
  binary: LibvigBinary,
  each: Case,
  terms: Terms,
  model: Model,
  seed = 0,
): Ending | undefined {
  const failed = failedWithNumbers((path) => followed(binary.module, each, path), terms, model, seed)
  if (failed === undefined) return undefined
  const { obligation, made } = failed
  const { what, place } = obligation
  const found = place === undefined ? {} : { place }
  if (made === undefined) return { verdict: 'refuted', cause: what, ...found }
  return { ...found, ...seenReally(binary, each, made, model, obligation) }
}

/** Makes the call on the real binary. */
function seenReally(
  { wasm }: LibvigBinary,
  { operation }: ScopedOperation,
  made: Made,
  model: Model,
  { guarantee, what }: Pick<Obligation, 'guarantee' | 'what'>,
): Ending {
  // An access where none is allowed shows in nothing that an engine does.
  if (guarantee === 'memory') return { verdict: 'refuted', cause: what }
  const expected = guarantee === 'no trap' ? 'traps' : 'returns'
  if (replayed(wasm, operation, made, model) === expected) return { verdict: 'refuted', cause: what }
  return { verdict: 'error', cause: `${what}: it fails, but the real binary does something else` }
}

/** Every case of what is asked. */
export function casesOfAsked(asked: ScopedOperation): readonly Case[] {
  return casesOf(contractOf(asked.operation), asked.scope).map((shapes) => ({ ...asked, shapes }))
}

/** Follows one path of an operation or an allocator. */
export function followed(module: Module, each: Case, path: Path): Followed {
  return followedOn(new LibvigMachine(path, module), each)
}

function followedOn(machine: LibvigMachine, { operation, scope, shapes }: Case): Followed {
  const contract = contractOf(operation)
  if (scope.allocated !== undefined) return runAllocation(machine, contract, scope.allocated)
  return runOperation(machine, contract, scope, shapes)
}

function contractOf(operation: string): Operation {
  const contract = contracts.get(operation)
  if (contract === undefined) throw new RangeError(`libVig has no operation ${operation}`)
  return contract
}

/** Of what is on the path: the outcome of the contract that it took. */
function outcomeOf(end: Report['end'], satisfied: Report['satisfied']['kind']): readonly string[] {
  if (end.kind !== 'ended' || end.result.kind === 'lost' || satisfied !== 'yes') return []
  const { outcome } = end.result.followed
  return outcome === undefined ? [] : [outcome]
}
