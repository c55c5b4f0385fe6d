/** The specification alone over any one packet: in a state that is known, or in any that its types allow. */

import { AnyChoices } from '../domains/symbolic/choices.js'
import { Integers } from '../domains/symbolic/integer.js'
import type { Path } from '../domains/symbolic/path.js'
import { Run } from '../domains/symbolic/run.js'
import type { StateEvent } from '../domains/symbolic/tables.js'
import type { SyncSolver, Term } from '../smt/index.js'
import { observedBy } from '../spec/instrumented/index.js'
import { followed } from '../verify/any-packet-run.js'
import { type Exploration, explore } from '../verify/exploration/explore.js'
import { anyPacket } from '../verify/machine/packet-input.js'
import { anyStates, MOST_TIME } from './any-states.js'
import { AskedChecksums } from './asked-checksums.js'
import type { Condition } from './conditions.js'
import { type Gap, type Goals, GoalsOfRun } from './goals.js'
import { type Candidate, EntryFields } from './invariant.js'
import { FixedChoices, type Manner } from './known/device.js'
import type { Asked } from './known/entries.js'
import { type KnownState, WorkingState } from './known/state.js'
import type { Reference } from './reference.js'

export interface GoalsOnPath {
  readonly goals: Goals
  /** Numbers that are compared. */
  readonly gaps: ReadonlyMap<Condition, readonly Gap[]>
  /** Lookups of entries that are known. */
  readonly asked: readonly Asked[]
  /** Where tables were looked into, `line:column` each. */
  readonly looked: ReadonlySet<string>
  /** What candidates for an invariant say of what is stored on this path. */
  readonly kept: readonly { readonly candidate: Candidate; readonly field: Term; readonly holds: Term }[]
}

const MOST_PATHS = 2000

/** From a state that is known. */
export function exploreFrom(
  { reading, conditions, terms }: Reference,
  state: KnownState,
  manner: Manner,
  solver: SyncSolver,
): Exploration<GoalsOnPath> {
  const run = (path: Path): GoalsOnPath => {
    const integers = new Integers(terms)
    const input = anyPacket(path, { portCount: reading.portCount })
    path.assume(terms.eq(input.last, terms.bv(state.last, input.last.width)))
    const working = new WorkingState(terms, reading.declarations, state, manner)
    const goals = new GoalsOfRun(conditions, terms)
    const { log } = followed(() =>
      observedBy(goals, () =>
        reading.run({
          path,
          frame: input.frame.copy(),
          ingress: integers.unsigned(input.port, 0n, BigInt(reading.portCount) - 1n),
          now: integers.unsigned(input.now, state.last, MOST_TIME),
          states: working.bindings,
          choices: new FixedChoices(manner, integers, working.lookups),
          checksums: new AskedChecksums(terms),
        }),
      ),
    )
    return { goals: goals.goals, gaps: goals.gaps, asked: working.lookups.asked, looked: placesIn(log), kept: [] }
  }
  return explore(run, { terms, solver, isJudging: false, mostPaths: MOST_PATHS })
}

/** From any state that the types of its fields allow, and of whose entries the candidates hold. */
export function exploreAny(
  { reading, conditions, terms }: Reference,
  solver: SyncSolver,
  candidates: readonly Candidate[] = [],
): Exploration<GoalsOnPath> {
  const fields = new EntryFields(reading.declarations)
  const run = (path: Path): GoalsOnPath => {
    const { portCount } = reading
    const integers = new Integers(terms)
    const input = anyPacket(path, { portCount })
    const last = integers.unsigned(input.last, 0n, MOST_TIME)
    const scope = { path, integers, last }
    const before = new Run(path, portCount, last)
    const goals = new GoalsOfRun(conditions, terms)
    const { log } = followed(() =>
      observedBy(goals, () =>
        reading.run({
          path,
          frame: input.frame.copy(),
          ingress: integers.unsigned(input.port, 0n, BigInt(portCount) - 1n),
          now: integers.unsigned(input.now, 0n, MOST_TIME),
          states: anyStates(scope, before, reading.declarations, { fields, candidates }),
          choices: new AnyChoices(path, integers),
          checksums: new AskedChecksums(terms),
        }),
      ),
    )
    return {
      goals: goals.goals,
      gaps: goals.gaps,
      asked: [],
      looked: placesIn(log),
      kept: keptOn(path, fields, candidates, log),
    }
  }
  return explore(run, { terms, solver, isJudging: false, mostPaths: MOST_PATHS })
}

function placesIn(log: readonly StateEvent[]): ReadonlySet<string> {
  return new Set(log.flatMap(({ place }) => (place?.kind === 'source' ? [`${place.line}:${place.column ?? 0}`] : [])))
}

/** Entries that are made, and values that are set, must be as the candidates say. */
function keptOn(
  path: Path,
  fields: EntryFields,
  candidates: readonly Candidate[],
  log: readonly StateEvent[],
): GoalsOnPath['kept'] {
  return candidates.flatMap((candidate) =>
    log.flatMap(({ table, operation, key, value }) => {
      if (table !== candidate.table || (operation !== 'insert' && operation !== 'setValue')) return []
      const bytes = candidate.part === 'key' ? key : value
      return bytes === undefined
        ? []
        : [{ candidate, field: fields.field(path, candidate, bytes).term, holds: fields.holds(path, candidate, bytes) }]
    }),
  )
}
