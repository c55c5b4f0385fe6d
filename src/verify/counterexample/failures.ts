/**
 * Where to look for a counterexample: obligations that fail, and ways that could not be followed to their end. Sorted for
 * the search: what can be seen in one packet first, a state that differs last.
 */
import type { Obligation } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'
import type { NfOnPath } from '../any-packet-run.js'
import type { PathReport } from '../exploration/explore.js'

export interface Failure {
  readonly guarantee: Obligation['guarantee'] | 'no end'
  /** What was known before it, and that it does not hold; or all that is known of a way without an end. */
  readonly facts: readonly Term[]
  readonly path: PathReport<NfOnPath>
}

/** Of each obligation this many are tried, on different paths. */
const EACH = 3

const ORDER: readonly Failure['guarantee'][] = [
  'property',
  'verdict',
  'bytes',
  'no trap',
  'precondition',
  'memory',
  'specification',
  'isolation',
  'no end',
  'state',
]

export function failuresOn(paths: readonly PathReport<NfOnPath>[], terms: Terms): Failure[] {
  const found = new Map<string, Failure[]>()
  const add = (name: string, failure: Failure): void => {
    const known = found.get(name) ?? []
    found.set(name, known)
    if (known.length < EACH) known.push(failure)
  }
  for (const path of paths) {
    const { end } = path
    if (end.kind === 'undecidable') add(end.reason, { guarantee: 'no end', facts: path.facts, path })
    for (const { obligation, answer } of path.obligations) {
      if (answer.kind !== 'fails') continue
      const { guarantee, what, place, holds } = obligation
      const name = JSON.stringify([guarantee, what, place])
      add(name, { guarantee, facts: [...answer.known, terms.not(holds)], path })
    }
  }
  return [...found.values()].flat().sort((a, b) => rank(a) - rank(b))
}

function rank({ guarantee }: Failure): number {
  return ORDER.indexOf(guarantee)
}
