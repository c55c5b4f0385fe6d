/** Where every packet starts: `nf_init` is run, and states and structures are paired by kind and size. */
import { Integers } from '../domains/symbolic/integer.js'
import type { Terms } from '../smt/index.js'
import { Causes } from './causes.js'
import { type Exploration, type ExploreOptions, explore } from './exploration/explore.js'
import { jointStructures } from './joint-structures.js'
import { type Run, runInit, type Start } from './machine/index.js'
import { type Pairing, pairings } from './pairing.js'
import { recursions } from './recursions.js'
import type { Subject } from './subject.js'

export interface Started {
  /** Undefined where `nf_init` or the pairing is in the way, which the causes say. */
  readonly start: Start | undefined
  /** Every way to pair states and structures, without layouts; none where there is no start. */
  readonly pairings: readonly Pairing[]
  readonly init: Exploration<unknown>
  readonly causes: Causes
}

export function started(subject: Subject, terms: Terms, exploring: ExploreOptions): Started {
  const causes = new Causes()
  for (const { what, place } of recursions(subject.machine.module)) causes.add(what, place)
  if (causes.list.length > 0) return { start: undefined, pairings: [], init: NOTHING, causes }
  const init = explore((path) => runInit(subject.machine, path), exploring)
  causes.judge(init, 'nf_init')
  const [only, ...others] = init.paths
  if (only?.end.kind !== 'ended' || only.end.result.end.kind !== 'returned' || others.length > 0) {
    causes.add('nf_init does not end in one way')
    return { start: undefined, pairings: [], init, causes }
  }
  noteEntries(only.end.result, causes)
  if (causes.list.length > 0) return { start: undefined, pairings: [], init, causes }
  const integers = new Integers(terms)
  const { start: left, states } = only.end.result
  const start = { ...left, structures: [...left.structures, ...jointStructures(integers, states)] }
  const found = pairings(integers, subject.reading.declarationsIn(terms), start.structures)
  if (found.length === 0) causes.add('some state of the specification has no structure of its kind and size')
  return { start: found.length === 0 ? undefined : start, pairings: found, init, causes }
}

const NOTHING: Exploration<never> = {
  paths: [],
  isComplete: true,
  isStopped: false,
  statistics: { decisions: 0, forced: 0, queries: 0, seconds: 0 },
}

/** The specification begins empty, and invariants are not asked of what is there from the start. */
function noteEntries({ states }: Run, causes: Causes): void {
  for (const [{ name }, state] of states) {
    const isTouched =
      (state.structure === 'expiring_map' || state.structure === 'dchain') && state.state.updates.length > 0
    if (isTouched) causes.add(`nf_init leaves entries in ${name}, which is not followed`)
  }
}
