/**
 * What a mutant of libVig is. First whether it is the original: the same instructions, or proved to do the same in every
 * scope of the operations that come to what is changed, which is cheaper than their proofs. A call in which it does not may
 * break the contract. Where none is found, the operations are proved again, up to the first that is refuted.
 */
import { contracts } from '../../contracts/index.js'
import type { SyncSolver } from '../../smt/index.js'
import type { LibvigBinary } from '../../verify/libvig/proof.js'
import { proveOperation } from '../../verify/libvig/prove.js'
import { type ScopedOperation, scopeText } from '../../verify/libvig/scopes.js'
import { haveSameCode } from '../same-code.js'
import type { LibvigJudged, Refutation } from './outcome.js'
import type { Reaching } from './reached.js'
import { sameInScope } from './same-in-scope.js'

export interface LibvigMeans {
  readonly original: LibvigBinary
  readonly solver: SyncSolver
  /** Stages that are left out, for they did not end. */
  readonly without: ReadonlySet<string>
  readonly onStage: (stage: string) => void
}

export function classifyLibvig(mutant: LibvigBinary, reaching: Reaching, means: LibvigMeans): LibvigJudged {
  if (haveSameCode(means.original.wasm, mutant.wasm)) return { verdict: 'equivalent' }
  const asked = [...reaching.called, ...reaching.made]
  const { refutation, by, ...why } = toldApart(mutant, asked, means)
  if (refutation !== undefined) return { verdict: 'refuted', refutation, ...why }
  if (by === undefined) return { verdict: 'equivalent in scope', scopes: asked.length }
  const others = [...reaching.called, ...reaching.setUp].filter((each) => each !== by)
  return { ...proved(mutant, [by, ...others], means), ...why }
}

interface Told extends Pick<LibvigJudged, 'difference' | 'notEquivalent'> {
  /** Where it is not shown to be the same. */
  readonly by?: ScopedOperation
  /** Where what it does in a call is nothing that the contract allows. */
  readonly refutation?: Refutation
}

function toldApart(mutant: LibvigBinary, asked: readonly ScopedOperation[], means: LibvigMeans): Told {
  const { original, solver, without, onStage } = means
  let shown: Told | undefined
  let open: Told | undefined
  for (const by of asked) {
    const stage = stageOf('the same', by)
    onStage(stage)
    const found = without.has(stage)
      ? ({ kind: 'unknown', cause: 'it takes too long' } as const)
      : sameInScope(original, mutant, by, solver)
    if (found.kind === 'different') {
      const { broken } = found
      const difference = found.difference === undefined ? {} : { difference: found.difference }
      const { operation, scope } = by
      if (broken !== undefined) {
        return { by, ...difference, refutation: { operation, scope: scopeText(scope), what: broken } }
      }
      shown ??= { by, ...difference }
    }
    if (found.kind === 'unknown') open ??= { by, notEquivalent: `${nameOf(by)}: ${found.cause}` }
  }
  return shown ?? open ?? {}
}

function proved(mutant: LibvigBinary, asked: readonly ScopedOperation[], means: LibvigMeans): LibvigJudged {
  const causes: string[] = []
  const outcomes = new Map<string, Set<string>>()
  for (const each of asked) {
    const stage = stageOf('proof', each)
    if (means.without.has(stage)) {
      causes.push(`${nameOf(each)}: it takes too long`)
      continue
    }
    means.onStage(stage)
    const proof = proveOperation(mutant, each, means.solver)
    const { operation, scope, verdict, cause = '' } = proof
    if (verdict === 'refuted') return { verdict, refutation: { operation, scope, what: cause } }
    if (verdict !== 'proved')
      causes.push(`${nameOf(each)}: ${verdict === 'error' ? 'a fault of the proof: ' : ''}${cause}`)
    const led = outcomes.get(operation) ?? new Set()
    for (const outcome of proof.outcomes) led.add(outcome)
    outcomes.set(operation, led)
  }
  causes.push(...neverReached(outcomes))
  return causes.length === 0 ? { verdict: 'survivor' } : { verdict: 'undecided', causes }
}

/** A proof that never comes to an outcome says less than it seems to. */
function neverReached(outcomes: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...outcomes].flatMap(([operation, led]) =>
    (contracts.get(operation)?.outcomes ?? []).flatMap(({ name }) =>
      led.has(name) ? [] : [`${operation}: nothing leads to the outcome ${JSON.stringify(name)}`],
    ),
  )
}

function stageOf(what: string, asked: ScopedOperation): string {
  return `${what}, ${nameOf(asked)}`
}

function nameOf({ operation, scope }: ScopedOperation): string {
  return `${operation} of ${scopeText(scope)}`
}
