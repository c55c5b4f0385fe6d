/** Obligations that fail, sorted for the search: what can be seen in one packet first, a state that differs last. */
import type { Obligation } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'
import type { PathReport } from '../explore.js'
import type { NfOnPath } from '../packet-proof.js'

export interface Failure {
  readonly obligation: Obligation
  /** What was known before it, and that it does not hold. */
  readonly facts: readonly Term[]
  readonly path: PathReport<NfOnPath>
}

/** Of each obligation this many are tried, on different paths. */
const EACH = 3

const ORDER: readonly Obligation['guarantee'][] = [
  'verdict',
  'bytes',
  'no trap',
  'precondition',
  'memory',
  'specification',
  'isolation',
  'state',
]

export function failuresOn(paths: readonly PathReport<NfOnPath>[], terms: Terms): Failure[] {
  const found = new Map<string, Failure[]>()
  for (const path of paths) {
    for (const { obligation, answer } of path.obligations) {
      if (answer.kind !== 'fails') continue
      const { guarantee, what, place, holds } = obligation
      const name = JSON.stringify([guarantee, what, place])
      const known = found.get(name) ?? []
      found.set(name, known)
      if (known.length < EACH) known.push({ obligation, facts: [...answer.known, terms.not(holds)], path })
    }
  }
  return [...found.values()].flat().sort((a, b) => rank(a) - rank(b))
}

function rank({ obligation }: Failure): number {
  return ORDER.indexOf(obligation.guarantee)
}
