/**
 * What is known of a network function's state before a packet and must hold again after it: what the types of the
 * specification's fields say of every entry, candidates for more, and that no stored time is in the future.
 */

import { JointState } from '../contracts/symbolic/index.js'
import type { ExpiringMapEntry } from '../domains/symbolic/expiring-map-base.js'
import type { Path } from '../domains/symbolic/path.js'
import type { Run as SpecRun } from '../domains/symbolic/run.js'
import { recordCodec } from '../domains/symbolic/state-binding.js'
import type { Term } from '../smt/index.js'
import { candidateFacts } from './candidates.js'
import type { PacketRun } from './machine/index.js'
import type { Pair, Pairing } from './pairing.js'

/** What is known of every entry of a table: what the types of its fields say, and its candidates. */
export function entryFacts(pair: Pair, run: SpecRun, entry: ExpiringMapEntry): Term[] {
  return [...typeFacts(pair, run, entry), ...candidateFacts(pair, run, entry).map(({ holds }) => holds)]
}

/** Obliges the invariant of every structure, as the packet left it; `run` is of this packet's time. */
export function obligeInvariant(path: Path, pairing: Pairing, nf: PacketRun, run: SpecRun): void {
  const { integers } = run
  const { terms } = path
  const state = { guarantee: 'state', place: undefined } as const
  const demand = (what: string, holds: Term): void => path.oblige({ ...state, what, holds })
  for (const [structure, left] of nf.states) {
    const pair = pairing.find((each) => each.structure?.name === structure.name)
    const name = pair?.state ?? structure.name
    if (left.structure === 'expiring_map') {
      const slot = integers.unsigned(path.fresh(`${name}.kept`, left.state.base.slots.sort))
      path.assume(integers.lt(slot, left.state.capacity))
      const entry = left.state.entryAt(slot)
      const whereUsed = (holds: Term): Term => terms.implies(left.state.used(slot), holds)
      if (pair !== undefined) {
        for (const { what, holds } of candidateFacts(pair, run, entry)) {
          path.oblige({ ...state, what, holds: whereUsed(holds), isTried: true })
        }
        for (const fact of typeFacts(pair, run, entry)) {
          demand(`${name}: what the types of its fields say`, whereUsed(fact))
        }
      }
      demand(`${name}: no time is later than now`, whereUsed(integers.le(entry.time, run.now)))
      demand(`${name}: no more entries than its capacity`, integers.le(left.state.count(), left.state.capacity))
    }
    if (left.structure === 'dchain') {
      const index = integers.unsigned(path.fresh(`${name}.kept`, left.state.base.slots.sort))
      path.assume(integers.lt(index, left.state.capacity))
      const holds = terms.implies(left.state.used(index), integers.le(left.state.timeAt(index), run.now))
      demand(`${name}: no time is later than now`, holds)
    }
  }
}

/**
 * Obliges that the structures of each table that is kept in several agree as the packet left them. Where such a table is
 * found equal to the specification's at every key and slot, they do: that one is a table, since no entry is put into it twice.
 */
export function obligeCoherence(path: Path, pairing: Pairing, nf: PacketRun): void {
  for (const [structure, { state }] of nf.states) {
    if (!(state instanceof JointState)) continue
    const name = pairing.find((each) => each.structure?.name === structure.name)?.state ?? structure.name
    for (const { what, holds } of state.coherence()) {
      path.oblige({ guarantee: 'state', place: undefined, what: `${name}: ${what}`, holds })
    }
  }
}

function typeFacts(
  { state, declaration, keyLayout, valueLayout }: Pair,
  run: SpecRun,
  entry: ExpiringMapEntry,
): Term[] {
  if (declaration.kind !== 'expiringMap') return []
  const facts = [...recordCodec(`a key of ${state}`, declaration.key, keyLayout).facts(run, entry.key)]
  if (declaration.value !== undefined && entry.value !== undefined) {
    facts.push(...recordCodec(`a value of ${state}`, declaration.value, valueLayout).facts(run, entry.value))
  }
  return facts
}
