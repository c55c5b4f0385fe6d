/** Proves one operation for any capacity: every path of it, every obligation; a failure is made again on the real binary. */
import { contracts } from '../../../contracts/index.js'
import type { Path } from '../../../domains/symbolic/path.js'
import { type Limits, type SyncSolver, Terms } from '../../../smt/index.js'
import { explore, type Judged, type PathReport } from '../../exploration/explore.js'
import { completion, type Ending, type LibvigBinary, type LibvigProof, worst } from '../proof.js'
import { type ScopedOperation, scopeText } from '../scopes.js'
import type { Followed } from './call.js'
import { AnyCapacityMachine } from './machine.js'
import { REAL_MEMORY, replayed } from './real-call.js'
import { runVectorOperation } from './vector-operations.js'
import { lemmas } from './word-products.js'

const LIMITS: Limits = { effort: 200_000, time: 60_000 }
/** A loop over entries whose number is not known never ends: it is given up. */
const MOST_DECISIONS = 60
const MOST_PATHS = 200

export function proveForAnyCapacity(
  { wasm, module }: LibvigBinary,
  { operation, scope }: ScopedOperation,
  solver: SyncSolver,
  { deciding, judging }: { readonly deciding: Limits; readonly judging: Limits } = {
    deciding: LIMITS,
    judging: LIMITS,
  },
): LibvigProof {
  const contract = contracts.get(operation)
  if (contract === undefined) throw new RangeError(`libVig has no operation ${operation}`)
  const terms = new Terms()
  const endings: Ending[] = []
  const unproved = lemmas(terms).find(({ holds }) => solver.check([terms.not(holds)], LIMITS).status !== 'unsat')
  if (unproved !== undefined) endings.push({ verdict: 'undecided', cause: `a lemma on products: ${unproved.what}` })
  const run = (path: Path): Followed => runVectorOperation(new AnyCapacityMachine(path, module), contract)
  const explored = explore(run, {
    terms,
    solver,
    limits: { deciding, judging },
    mostDecisions: MOST_DECISIONS,
    mostPaths: MOST_PATHS,
    isLast: (path) => {
      const ending = failure(path)
      if (ending !== undefined) endings.push(ending)
      return ending !== undefined
    },
  })
  const outcomes = new Set(explored.paths.flatMap(outcomeOf))
  return {
    operation,
    scope: scopeText(scope),
    ...(worst(endings) ?? completion(explored.isComplete, outcomes.size)),
    outcomes: [...outcomes],
    paths: explored.paths.length,
    obligations: explored.paths.reduce((sum, { obligations }) => sum + obligations.length, 0),
    queries: explored.statistics.queries,
    seconds: explored.statistics.seconds,
  }

  /** What is in the way on a path. */
  function failure({ end, obligations, satisfied }: PathReport<Followed>): Ending | undefined {
    const failed = obligations.find(({ answer }) => answer.kind === 'fails')
    if (failed !== undefined) return confirmed(end, failed)
    const open = obligations.find(({ answer }) => answer.kind === 'unknown')
    if (open?.answer.kind === 'unknown') {
      return { verdict: 'undecided', cause: `${open.obligation.what}: ${open.answer.reason}` }
    }
    if (satisfied.kind === 'unknown') return { verdict: 'undecided', cause: satisfied.reason }
    if (satisfied.kind === 'no' || end.kind === 'impossible') return undefined
    if (end.kind === 'ended') {
      // The run was given up for something that holds after all.
      return end.result.outcome === undefined ? { verdict: 'undecided', cause: 'not decided in time' } : undefined
    }
    return { verdict: 'undecided', cause: end.reason, ...(end.place === undefined ? {} : { place: end.place }) }
  }

  /** Asks again with real products, in a memory that an engine has, and makes the call there. */
  function confirmed(end: PathReport<Followed>['end'], { obligation, answer }: Judged): Ending {
    const { what, place, guarantee, holds } = obligation
    const found = place === undefined ? {} : { place }
    const undecided = (why: string): Ending => ({ verdict: 'undecided', cause: `${what}: ${why}`, ...found })
    if (answer.kind !== 'fails' || end.kind !== 'ended') return undecided('it fails, and the run does not end')
    const { made } = end.result
    const isSmall = terms.ule(made.heap.end, terms.bv(REAL_MEMORY, 32))
    const products = made.machine.products.exact.map(({ product, real }) => terms.eq(product, real))
    const real = solver.check([...answer.known, terms.not(holds), ...products, isSmall], LIMITS)
    if (real.status !== 'sat') return undecided(`it fails for some products, but was not found to for real ones`)
    // An access where none is allowed shows in nothing that an engine does.
    if (guarantee === 'memory') return { verdict: 'refuted', cause: what, ...found }
    const expected = guarantee === 'no trap' ? 'traps' : 'returns'
    if (replayed(wasm, operation, made, real.model) === expected) return { verdict: 'refuted', cause: what, ...found }
    return { verdict: 'error', cause: `${what}: it fails, but the real binary does something else`, ...found }
  }
}

/** Of what is on the path: the outcome of the contract that it took. */
function outcomeOf({ end, satisfied }: PathReport<Followed>): readonly string[] {
  if (end.kind !== 'ended' || satisfied.kind !== 'yes' || end.result.outcome === undefined) return []
  return [end.result.outcome]
}
