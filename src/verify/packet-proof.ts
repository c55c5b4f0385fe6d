/**
 * One packet on one path: the network function runs, then its specification on the same packet and an equal state, and
 * what they did is compared: where the packet goes, its bytes, and the state they leave.
 */
import type { SymbolicState } from '../contracts/symbolic/index.js'
import { expiringMapsEqual, indexAllocatorsEqual } from '../domains/symbolic/equality.js'
import type { SymbolicExpiringMap } from '../domains/symbolic/expiring-map.js'
import type { ExpiringMapEntry } from '../domains/symbolic/expiring-map-base.js'
import type { SymbolicIndexAllocator } from '../domains/symbolic/index-allocator.js'
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { type Obligation, type Path, Undecidable } from '../domains/symbolic/path.js'
import type { SymbolicOutcome } from '../domains/symbolic/reading.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import { recordCodec, type StateBinding } from '../domains/symbolic/state-binding.js'
import { bitVecSort, type Term } from '../smt/index.js'
import { SpecError } from '../spec/error.js'
import {
  anyPacket,
  type PacketInput,
  type PacketRun,
  runPacket,
  type Start,
  type Structure,
  type Written,
} from './machine/index.js'
import { BytesAsExpected } from './obligations/bytes.js'
import type { Demand } from './obligations/demand.js'
import { isMeaningful, sendsTo } from './obligations/ports.js'
import type { ConstantBits, Pair, Pairing } from './pairing.js'
import type { Subject } from './subject.js'
import { Witnesses } from './witnesses.js'

export interface PacketProof {
  readonly subject: Subject
  readonly start: Start
  readonly pairing: Pairing
  readonly left: Written
  /** Bytes of the longest packet. */
  readonly longest: number
}

/** The network function's run on a path. */
export interface NfOnPath {
  readonly nf: PacketRun
  /** How many of the path's facts it has left: the first ones. */
  readonly nfFacts: number
}

/** What a path showed. */
export interface PacketOnPath extends NfOnPath {
  readonly spec: SymbolicOutcome
  readonly written: Written
}

export function provePacket(proof: PacketProof, path: Path): PacketOnPath {
  const { subject, start, pairing, left } = proof
  const { portCount } = subject
  const integers = new Integers(path.terms)
  const given = anyPacket(path, { portCount, longest: proof.longest })
  const last = integers.unsigned(given.last, 0n, (1n << 62n) - 1n)
  const now = integers.unsigned(given.now, 0n, (1n << 62n) - 1n)
  const ingress = integers.unsigned(given.port, 0n, BigInt(portCount) - 1n)
  const before = new SpecRun(path, portCount, last)
  const nf = runPacket(start, { ...given, frame: given.frame.copy() }, path, {
    left,
    refinements: (structure) => {
      const pair = pairing.find((each) => each.structure?.name === structure.name)
      if (pair?.declaration.kind !== 'expiringMap') return undefined
      return { expiringMap: (entry) => entryFacts(pair, before, entry) }
    },
  })
  const nfFacts = path.factCount
  const { end } = nf
  if (end.kind === 'trapped') {
    path.oblige({ guarantee: 'no trap', what: `trap: ${end.what}`, place: undefined, holds: path.terms.false })
  }
  if (end.kind !== 'returned') throw new Undecidable(`${end.kind}: ${end.what}`)
  if (nf.leftovers.length > 0) {
    const [first] = nf.leftovers
    throw new Undecidable(`${first?.what} depends on memory that an earlier packet wrote`, first?.place)
  }
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
  compareVerdicts(path, proof, given, nf, end.result, spec)
  for (const pair of pairing) compareStates(path, pair, nf, states, new SpecRun(path, portCount, now))
  return { nf, spec, written: nf.written, nfFacts }
}

/** A specification that is wrong in itself on a path cannot be followed there. */
export function followed<R>(run: () => R): R {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const { file, line } = error.where
    const place = file === undefined || line === undefined ? undefined : ({ kind: 'source', file, line } as const)
    throw new Undecidable(`the specification: ${error.message}`, place)
  }
}

/** What is known of every entry of a table: what the types of its fields say, and its candidates. */
function entryFacts(pair: Pair, run: SpecRun, entry: ExpiringMapEntry): Term[] {
  const { state, declaration, keyLayout, valueLayout } = pair
  if (declaration.kind !== 'expiringMap') return []
  const facts = [...recordCodec(`a key of ${state}`, declaration.key, keyLayout).facts(run, entry.key)]
  if (declaration.value !== undefined && entry.value !== undefined) {
    facts.push(...recordCodec(`a value of ${state}`, declaration.value, valueLayout).facts(run, entry.value))
  }
  return [...facts, ...candidateFacts(pair, run, entry).map(({ holds }) => holds)]
}

/** Names a candidate in the obligation to keep it. */
export function candidateName({ state }: Pair, { part, offset }: ConstantBits): string {
  return `${state}: the bits of byte ${offset} of each ${part} that seem never to change`
}

function candidateFacts(pair: Pair, { terms }: SpecRun, { key, value }: ExpiringMapEntry): Demand[] {
  return (pair.constant ?? []).flatMap((candidate): Demand[] => {
    const { part, offset, mask, bits } = candidate
    const bytes = part === 'key' ? key : value
    if (bytes === undefined) return []
    const byte = terms.byte(bytes.width / 8 - 1 - offset, bytes)
    const holds = terms.eq(terms.bvand(byte, terms.bv(mask, 8)), terms.bv(bits, 8))
    return [{ what: candidateName(pair, candidate), holds }]
  })
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
  for (const { state, structure, keyLayout, valueLayout } of pairing) {
    const layouts = {
      ...(keyLayout === undefined ? {} : { keyLayout }),
      ...(valueLayout === undefined ? {} : { valueLayout }),
    }
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

function stateOf(nf: PacketRun, structure: Structure): SymbolicState {
  for (const [found, state] of nf.states) if (found.name === structure.name) return state
  throw new RangeError(`there is no structure ${structure.name}`)
}

/** The slots that the network function took, by the name that the specification's choice has. */
function chosenBy(pairing: Pairing, { calls }: PacketRun): Map<string, Integer[]> {
  const chosen = new Map<string, Integer[]>()
  for (const { state, structure } of pairing) {
    const slots = calls.flatMap((call) =>
      call.chosen !== undefined && Object.values(call.arguments).includes(structure?.name ?? '') ? [call.chosen] : [],
    )
    chosen.set(`${state} slot`, slots)
  }
  return chosen
}

function compareVerdicts(
  path: Path,
  proof: PacketProof,
  given: PacketInput,
  nf: PacketRun,
  answer: Term,
  { verdict }: SymbolicOutcome,
): void {
  const { terms } = path
  const integers = new Integers(terms)
  const { portCount } = proof.subject
  const ports = { count: portCount, ingress: given.port }
  const { site } = verdict
  const place: Obligation['place'] = site && { kind: 'source', file: site.file, line: site.line }
  path.oblige({
    guarantee: 'verdict',
    what: 'an answer that means something',
    place,
    holds: isMeaningful(terms, answer, ports),
  })
  if (verdict.kind === 'any') return
  const port = path.fresh('anyPort', bitVecSort(32))
  path.assume(terms.ult(port, terms.bv(BigInt(portCount), 32)))
  const wanted = verdict.leavesOn(integers.unsigned(port, 0n, BigInt(portCount) - 1n))
  path.oblige({
    guarantee: 'verdict',
    what: 'the ports that the packet leaves by',
    place,
    holds: terms.iff(sendsTo(terms, answer, port, ports), wanted),
  })
  if (verdict.expected === undefined) return
  const frames = { seen: nf.frame, expected: verdict.expected }
  for (const { what, holds } of new BytesAsExpected(path, nf.checksums, frames).demands()) {
    path.oblige({ guarantee: 'bytes', what, place, holds: terms.implies(wanted, holds) })
  }
}

function compareStates(path: Path, pair: Pair, nf: PacketRun, states: SpecStates, run: SpecRun): void {
  const { state, structure } = pair
  if (structure === undefined) return
  const left = stateOf(nf, structure)
  const { integers } = run
  // Equal outright, whatever is expired: stricter than after an expiry, and nothing need be shown of the specification.
  const threshold = integers.of(0n)
  const demand = (what: string, holds: Term): void => path.oblige({ guarantee: 'state', what, place: undefined, holds })
  const map = states.maps.get(state)
  if (left.structure === 'expiring_map' && map !== undefined) {
    for (const { what, holds } of expiringMapsEqual(left.state, map, threshold)) demand(what, holds)
    const slot = integers.unsigned(path.fresh(`${state}.kept`, left.state.base.slots.sort))
    path.assume(integers.lt(slot, left.state.capacity))
    const entry = { ...left.state.entryAt(slot) }
    const inUse = left.state.used(slot)
    for (const { what, holds } of candidateFacts(pair, run, entry)) demand(what, path.terms.implies(inUse, holds))
    const facts = [...entryFacts({ ...pair, constant: [] }, run, entry), integers.le(entry.time, run.now)]
    for (const fact of facts) demand(`${state}: what the types of its fields say`, path.terms.implies(inUse, fact))
    demand(`${state}: no more entries than its capacity`, integers.le(left.state.count(), left.state.capacity))
  }
  const chain = states.chains.get(state)
  if (left.structure === 'dchain' && chain !== undefined) {
    for (const { what, holds } of indexAllocatorsEqual(left.state, chain, threshold)) demand(what, holds)
    const index = integers.unsigned(path.fresh(`${state}.kept`, left.state.base.slots.sort))
    path.assume(integers.lt(index, left.state.capacity))
    demand(
      `${state}: no time is later than now`,
      path.terms.implies(left.state.used(index), integers.le(left.state.timeAt(index), run.now)),
    )
  }
}
