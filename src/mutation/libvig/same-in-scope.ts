/**
 * Whether a mutant of libVig does in one scope what the original does: from every state and with all arguments that the
 * contract allows it gives the same result and leaves the same bytes, whatever products of 64 bits are, as long as they are
 * the same for both. That the original keeps its contract there is taken for granted: `vigil verify --libvig` proves it.
 */

import type { Obligation, Path, Place } from '../../domains/symbolic/path.js'
import type { Sort } from '../../smt/index.js'
import { type Limits, type SyncSolver, Term, Terms } from '../../smt/index.js'
import { explore, type PathReport } from '../../verify/exploration/explore.js'
import { modelsWithHashes } from '../../verify/libvig/model-with-hashes.js'
import type { Made } from '../../verify/libvig/operation.js'
import type { LibvigBinary } from '../../verify/libvig/proof.js'
import { type Case, casesOfAsked, followed, withNumbers } from '../../verify/libvig/prove.js'
import type { ScopedOperation } from '../../verify/libvig/scopes.js'
import { type Difference, differenceOf } from './difference.js'

export type Sameness =
  | { readonly kind: 'same' }
  /** On real binaries. `broken`: what it breaks of the contract; an access where none is allowed may show no difference. */
  | { readonly kind: 'different'; readonly difference: Difference | undefined; readonly broken: string | undefined }
  | { readonly kind: 'unknown'; readonly cause: string }

const LIMITS: Limits = { effort: 200_000, time: 120_000 }
/** Models of one path in which the contract is looked at. */
const MOST_MODELS = 4
/** Paths that are not shown to be the same, after which no other is looked at. */
const MOST_OPEN = 2

export function sameInScope(
  original: LibvigBinary,
  mutant: LibvigBinary,
  asked: ScopedOperation,
  solver: SyncSolver,
): Sameness {
  const { operation } = asked
  const terms = new Terms()
  const found: Sameness[] = []
  let isComplete = true
  for (const each of casesOfAsked(asked)) {
    const explored = explore((path) => bothOn(each, path), {
      terms,
      solver,
      limits: { deciding: LIMITS, judging: LIMITS },
      isLast: (path) => {
        const sameness = onPath(each, path)
        if (sameness.kind === 'same') return false
        found.push(sameness)
        return (sameness.kind === 'different' && sameness.broken !== undefined) || found.length >= MOST_OPEN
      },
    })
    isComplete = explored.isComplete
    if (!isComplete) break
  }
  const told = found.find((each) => each.kind === 'different' && each.broken !== undefined)
  const worst = told ?? found.find(({ kind }) => kind === 'different') ?? found[0]
  return worst ?? (isComplete ? { kind: 'same' } : unknown('too many paths'))

  function bothOn(each: Case, path: Path): Made {
    const { made } = followed(original.module, each, new PathWithContract(path))
    requireSame(path, operation, made, mutant)
    return made
  }

  function onPath(each: Case, { end, obligations, satisfied }: PathReport<Made>): Sameness {
    const failed = obligations.find(({ answer }) => answer.kind !== 'holds')
    if (failed?.answer.kind === 'unknown') return unknown(`${failed.obligation.what}: ${failed.answer.reason}`)
    if (failed?.answer.kind === 'fails') {
      const { what, holds } = failed.obligation
      if (end.kind !== 'ended') return unknown(what)
      return seen(each, end.result, [...failed.answer.known, terms.not(holds)]) ?? unknown(what)
    }
    if (end.kind === 'undecidable' && satisfied.kind !== 'no') return unknown(end.reason)
    return { kind: 'same' }
  }

  /** On the real binaries; what breaks the contract is looked for in several models. */
  function seen(each: Case, made: Made, facts: readonly Term[]): Sameness | undefined {
    let shown: Sameness | undefined
    let tried = 0
    for (const model of modelsWithHashes(terms, solver, facts, made)) {
      const difference = differenceOf(original.wasm, mutant.wasm, operation, made, model)
      const ending = withNumbers(mutant, each, terms, model)
      const broken = ending?.verdict === 'refuted' ? ending.cause : undefined
      if (broken !== undefined) return { kind: 'different', difference, broken }
      if (difference !== undefined) shown ??= { kind: 'different', difference, broken }
      tried += 1
      if (tried === MOST_MODELS) break
    }
    return shown
  }
}

function unknown(cause: string): Sameness {
  return { kind: 'unknown', cause }
}

/** The same call again, of the mutant, in the memory that the original found. */
function requireSame(path: Path, operation: string, made: Made, { module }: LibvigBinary): void {
  const { terms } = path
  const oblige = (what: string, holds: Term): void => path.oblige({ guarantee: 'state', what, place: undefined, holds })
  const again = made.machine.another(module, path)
  again.memory.restore(made.before)
  again.globals = made.globals.before
  again.memory.regions = made.regions
  const end = again.call(operation, made.arguments)
  if (end.kind !== 'returned' || made.after === undefined) return
  if (made.result !== undefined && end.result !== undefined) {
    oblige('the same result', terms.eq(made.result, end.result))
  }
  oblige('the same bytes', made.after.same(again.memory.snapshot()))
  const globals = again.globals.map((value, at) => {
    const [first, second] = [made.globals.after[at], value]
    if (first === second) return terms.true
    return first instanceof Term && second instanceof Term ? terms.eq(first, second) : terms.false
  })
  oblige('the same globals', terms.all(globals))
}

/** What is obliged of the original is a fact. */
class PathWithContract implements Path {
  readonly #path: Path

  constructor(path: Path) {
    this.#path = path
  }

  get terms(): Terms {
    return this.#path.terms
  }

  get factCount(): number {
    return this.#path.factCount
  }

  get stepCount(): number {
    return this.#path.stepCount
  }

  decide(condition: Term, place?: Place): boolean {
    return this.#path.decide(condition, place)
  }

  assume(fact: Term): void {
    this.#path.assume(fact)
  }

  proves(condition: Term): boolean {
    return this.#path.proves(condition)
  }

  oblige({ holds }: Obligation): void {
    this.#path.assume(holds)
  }

  fresh(name: string, sort: Sort): Term {
    return this.#path.fresh(name, sort)
  }
}
