/**
 * One packet on one path: the network function runs, then its specification on the same packet and an equal state, and
 * what they did is compared: where the packet goes, its bytes, and the state they leave.
 */
import { expiringMapsEqual, indexAllocatorsEqual } from '../domains/symbolic/equality.js'
import type { SymbolicExpiringMap } from '../domains/symbolic/expiring-map.js'
import type { SymbolicIndexAllocator } from '../domains/symbolic/index-allocator.js'
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import type { SymbolicOutcome } from '../domains/symbolic/reading.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import type { StateBinding } from '../domains/symbolic/state-binding.js'
import { bitVecSort, type Term } from '../smt/index.js'
import { followed, type NfOnPath, type PacketProof, runAnyPacket, stateOf } from './any-packet-run.js'
import { obligeInvariant } from './invariant.js'
import type { PacketInput, PacketRun, Written } from './machine/index.js'
import { obligeMeaningful, obligeVerdict, placeOf } from './obligations/verdicts.js'
import { layoutsIn, namesOf, type Pair, type Pairing } from './pairing.js'
import { Witnesses } from './witnesses.js'

/** What a path showed. */
export interface PacketOnPath extends NfOnPath {
  readonly input: PacketInput
  readonly spec: SymbolicOutcome
  readonly written: Written
}

export function provePacket(proof: PacketProof, path: Path): PacketOnPath {
  const { subject, pairing } = proof
  const { portCount } = subject
  const { nf, given, ingress, now, answer, nfFacts, nfSteps } = runAnyPacket(proof, path)
  const integers = new Integers(path.terms)
  const states = specStates(pairing, nf, integers)
  const spec = followed(() =>
    subject.reading.run({
      path,
      frame: given.frame.copy(),
      ingress,
      now,
      states: states.bindings,
      choices: new Witnesses(path, integers, chosenBy(pairing, nf)),
    }),
  )
  const ports = { count: portCount, ingress: given.port }
  const done = { answer, frame: nf.frame, checksums: nf.checksums, ports }
  obligeMeaningful(path, done, placeOf(spec.verdict.site))
  obligeVerdict(path, done, spec.verdict)
  for (const pair of pairing) compareStates(path, pair, nf, states, integers)
  obligeInvariant(path, pairing, nf, new SpecRun(path, portCount, now))
  return { input: given, nf, spec, written: nf.written, nfFacts, nfSteps }
}

/** The specification's state: the same as the network function's before the packet, updated on its own. */
interface SpecStates {
  readonly bindings: ReadonlyMap<string, StateBinding>
  readonly maps: ReadonlyMap<string, SymbolicExpiringMap>
  readonly chains: ReadonlyMap<string, SymbolicIndexAllocator>
}

function specStates(pairing: Pairing, nf: PacketRun, integers: Integers): SpecStates {
  const bindings = new Map<string, StateBinding>()
  const maps = new Map<string, SymbolicExpiringMap>()
  const chains = new Map<string, SymbolicIndexAllocator>()
  for (const pair of pairing) {
    const { state, structure } = pair
    const layouts = layoutsIn(pair)
    const found = structure && stateOf(nf, structure)
    if (found === undefined) bindings.set(state, { kind: 'chosenBy', ...layouts })
    else if (found.structure === 'expiring_map') {
      const map = found.state.over()
      maps.set(state, map)
      bindings.set(state, { kind: 'expiringMap', state: map, ...layouts })
    } else if (found.structure === 'dchain') {
      const chain = found.state.over()
      chains.set(state, chain)
      bindings.set(state, { kind: 'indexSet', state: chain })
    } else if (found.structure === 'cht') {
      const ring = found.state
      const rowOf = (key: Term): Integer => ring.rowOf(hashOf(integers, key))
      bindings.set(state, { kind: 'maglev', state: { ring, rowOf }, ...layouts })
    } else throw new Undecidable(`${state} is paired with a ${found.structure}, which is not followed`)
  }
  return { bindings, maps, chains }
}

/** libVig's hash of some bytes, as its contract knows it: the row of a key is a function of the key. */
function hashOf(integers: Integers, key: Term): Integer {
  const { terms } = integers
  const hash = terms.declareFunction(`hash.${key.width / 8}`, [key.sort], bitVecSort(32))
  return integers.unsigned(terms.apply(hash, key))
}

/** The slots that the network function took, by the name that the specification's choice has. */
function chosenBy(pairing: Pairing, { calls }: PacketRun): Map<string, Integer[]> {
  const chosen = new Map<string, Integer[]>()
  for (const { state, structure } of pairing) {
    const names = structure === undefined ? [] : namesOf(structure)
    const slots = calls.flatMap((call) =>
      call.chosen !== undefined && names.some((name) => Object.values(call.arguments).includes(name))
        ? [call.chosen]
        : [],
    )
    chosen.set(`${state} slot`, slots)
  }
  return chosen
}

function compareStates(path: Path, pair: Pair, nf: PacketRun, states: SpecStates, integers: Integers): void {
  const { state, structure } = pair
  if (structure === undefined) return
  const left = stateOf(nf, structure)
  // Equal outright, whatever is expired: stricter than after an expiry, and nothing need be shown of the specification.
  const threshold = integers.of(0n)
  const map = states.maps.get(state)
  const chain = states.chains.get(state)
  const agreements =
    left.structure === 'expiring_map' && map !== undefined
      ? expiringMapsEqual(left.state, map, threshold)
      : left.structure === 'dchain' && chain !== undefined
        ? indexAllocatorsEqual(left.state, chain, threshold)
        : []
  for (const { what, holds } of agreements) path.oblige({ guarantee: 'state', what, place: undefined, holds })
}
