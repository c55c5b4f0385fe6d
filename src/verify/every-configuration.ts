/** A proof in cases: one for each part of the configurations, all of which have to be proved. */
import { InputError } from '../errors.js'
import { type SyncSolver, Terms } from '../smt/index.js'
import type { Cause } from './causes.js'
import type { Proof } from './prove.js'
import { configurations, type Subject } from './subject.js'

export interface CaseProof extends Omit<Proof, 'seconds' | 'configuration'> {
  /** Nothing is ever forwarded: right for some configurations (a port without a partner), not for all. */
  readonly isVacuous: boolean
}

const VACUOUS: Cause = { what: 'vacuous: nothing is ever forwarded', place: undefined, paths: 1 }

/** Proves each case in which some configuration is allowed. Throws InputError where there is none at all. */
export function overCases(
  subject: Subject,
  solver: SyncSolver,
  one: (subject: Subject) => CaseProof,
): Omit<Proof, 'seconds'> {
  const { nf, configuration } = subject
  const all = configurations(subject)
  const allowed = all.filter((each) => isAllowed(each, solver))
  if (allowed.length === 0) {
    throw new InputError(`${nf.manifest.name}: no configuration is allowed: its relations cannot all hold`, {
      file: nf.manifest.file,
    })
  }
  const proofs = allowed.map((each) => ({ proof: one(each), name: each.configuration.name }))
  const without = all.filter((each) => !allowed.includes(each)).map((each) => each.configuration.name)
  const text = without.length === 0 ? configuration.text : `${configuration.text}; not allowed: ${without.join(' | ')}`
  const causes = proofs.flatMap(({ proof, name }) => proof.causes.map((cause) => inCase(cause, name)))
  if (proofs.every(({ proof }) => proof.isVacuous)) causes.push(VACUOUS)
  const refuted = proofs.find(({ proof }) => proof.verdict === 'refuted')
  const shown = refuted ?? proofs.find(({ proof }) => proof.verdict !== 'proved') ?? proofs[0]
  return {
    verdict: refuted !== undefined ? 'refuted' : causes.length === 0 ? 'proved' : 'undecided',
    counterexample: refuted?.proof.counterexample,
    causes,
    paths: sum(proofs.map(({ proof }) => proof.paths)),
    obligations: sum(proofs.map(({ proof }) => proof.obligations)),
    pairing: shown?.proof.pairing ?? [],
    explored: shown?.proof.explored ?? { terms: new Terms() },
    configuration: text,
    isLocked: proofs.every(({ proof }) => proof.isLocked),
  }
}

/** Whether bounds and relations leave a configuration. Where the solver does not know, the paths will say. */
function isAllowed({ configuration: { open } }: Subject, solver: SyncSolver): boolean {
  return open === undefined || solver.check(open.facts(new Terms())).status !== 'unsat'
}

function inCase(cause: Cause, name: string): Cause {
  return name === '' ? cause : { ...cause, what: `with ${name}: ${cause.what}` }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
