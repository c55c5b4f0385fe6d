/**
 * What both sides store on a path. The specification runs there on tables of its own, in our own layout, which say what
 * the fields of each record are; what the network function stored is bytes.
 */
import { Extent } from '../contracts/symbolic/index.js'
import { sizeOf } from '../domains/symbolic/before-packets.js'
import { AnyChoices } from '../domains/symbolic/choices.js'
import { SymbolicExpiringMap } from '../domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../domains/symbolic/index-allocator-base.js'
import { Integer, Integers } from '../domains/symbolic/integer.js'
import { SymbolicMaglev } from '../domains/symbolic/maglev.js'
import type { Path } from '../domains/symbolic/path.js'
import type { RecordCodec } from '../domains/symbolic/record-codec.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import { recordCodec, type StateBinding } from '../domains/symbolic/state-binding.js'
import type { StateEvent } from '../domains/symbolic/tables.js'
import { bitVecSort, type Term } from '../smt/index.js'
import { followed, type NfOnPath, type PacketProof, runAnyPacket } from './any-packet-run.js'
import type { Fork, PathReport } from './exploration/explore.js'
import { anyPacket, type PacketInput, type PacketRun, runPacket, type Start } from './machine/index.js'
import { jointsIn, type Pair, type Pairing } from './pairing.js'
import type { Subject } from './subject.js'

/** Names of what belongs to the specification's own state and choices there, and to nobody else. */
export const OWN = /^specification\.| chosen(!|$)| of \d+$/

/** What a path showed of the layouts of one state: a record's fields, and the bytes that the NF stored for it. */
export interface Seen {
  readonly state: string
  readonly part: 'key' | 'value'
  readonly fields: ReadonlyMap<string, Integer>
  readonly bytes: readonly Term[]
}

/** A path of the network function alone, and what both sides stored on it. */
export interface StoredOnPath extends NfOnPath {
  readonly seen: readonly Seen[]
}

/** Runs both sides on a path, the specification only where something is stored; nothing is known of the state before. */
export function storedOn(subject: Subject, start: Start, pairing: Pairing, longest: number, path: Path): StoredOnPath {
  const { portCount } = subject
  const integers = new Integers(path.terms)
  const given = anyPacket(path, { portCount, longest })
  const most = (1n << 62n) - 1n
  const now = integers.unsigned(given.now, 0n, most)
  const last = integers.unsigned(given.last, 0n, most)
  const nf = runPacket(start, { ...given, frame: given.frame.copy() }, path, { joints: jointsIn(pairing) })
  const [nfFacts, nfSteps] = [path.factCount, path.stepCount]
  const seen = nf.end.kind === 'returned' ? storedBeside(subject, pairing, { given, nf, now, last }, path) : []
  return { nf, nfFacts, nfSteps, seen }
}

/** The same from states that the pairing's layouts and invariant allow: what any proof asks of those paths is asked here. */
export function storedFrom(proof: PacketProof, path: Path): StoredOnPath {
  const { subject, pairing } = proof
  const { nf, nfFacts, nfSteps, given, now, last } = runAnyPacket(proof, path)
  return { nf, nfFacts, nfSteps, seen: storedBeside(subject, pairing, { given, nf, now, last }, path) }
}

/**
 * Where to begin with the paths on which something is stored: behind the network function's own part of each, as a complete
 * exploration of the same function from the same states has found them. From the start where some path did not end, which
 * may hide others.
 */
export function storing(paths: readonly PathReport<NfOnPath>[], pairing: Pairing): readonly Fork[] {
  const forks = new Map<string, Fork>()
  for (const { end, steps, satisfied } of paths) {
    if (end.kind !== 'ended') return [{ steps: [] }]
    const { nf, nfSteps } = end.result
    if (pairing.every((pair) => storesOf(pair, nf).length === 0)) continue
    const own = steps.slice(0, nfSteps)
    const name = own.map(({ value }) => (value ? '1' : '0')).join('')
    const model = satisfied.kind === 'yes' ? satisfied.model : undefined
    if (forks.get(name)?.model === undefined) forks.set(name, { steps: own, model })
  }
  return [...forks.values()]
}

interface PacketStored {
  readonly given: PacketInput
  readonly nf: PacketRun
  readonly now: Integer
  readonly last: Integer
}

/** What the specification stores where the network function has stored something. */
function storedBeside(
  { portCount, reading }: Subject,
  pairing: Pairing,
  { given, nf, now, last }: PacketStored,
  path: Path,
): readonly Seen[] {
  if (pairing.every((pair) => storesOf(pair, nf).length === 0)) return []
  const integers = new Integers(path.terms)
  const scope = { path, integers, last }
  const tables = new Map<string, SymbolicExpiringMap>()
  const states = new Map(pairing.map((pair) => [pair.state, ownState(pair, scope, tables)] as const))
  const { log } = followed(() =>
    reading.run({
      path,
      frame: given.frame.copy(),
      ingress: integers.unsigned(given.port, 0n, BigInt(portCount) - 1n),
      now,
      states,
      choices: new AnyChoices(path, integers),
    }),
  )
  const run = new SpecRun(path, portCount, now)
  return pairing.flatMap((pair) => seenIn(pair, nf, log, tables.get(pair.state), run))
}

/** Keys that the network function put into the structure, with the slot. */
function storesOf({ structure }: Pair, { calls }: PacketRun): { readonly key: Term; readonly slot: Integer }[] {
  return calls.flatMap(({ name, arguments: given, chosen }) => {
    if (structure === undefined) return []
    const { key, value } = given
    if (key === undefined || typeof key === 'string' || key instanceof Extent || !('op' in key)) return []
    if (structure.parts !== undefined) {
      const isPut = name === 'map_put' && given.map === structure.parts.map.name
      return isPut && value instanceof Integer ? [{ key, slot: value }] : []
    }
    const isInsert = name === 'expiring_map_insert' && Object.values(given).includes(structure.name)
    return isInsert && chosen !== undefined ? [{ key, slot: chosen }] : []
  })
}

function ownState(
  { state, declaration }: Pair,
  scope: { readonly path: Path; readonly integers: Integers; readonly last: Integer },
  tables: Map<string, SymbolicExpiringMap>,
): StateBinding {
  const { integers } = scope
  const name = `specification.${state}`
  switch (declaration.kind) {
    case 'expiringMap': {
      const shape = {
        name,
        capacity: sizeOf(integers, declaration.capacity),
        keyBits: recordCodec(name, declaration.key).bits,
        valueBits: declaration.value === undefined ? 0 : recordCodec(name, declaration.value).bits,
      }
      const map = new SymbolicExpiringMap(new ExpiringMapBase(scope, shape, 'arbitrary'))
      tables.set(state, map)
      return { kind: 'expiringMap', state: map }
    }
    case 'indexSet': {
      const shape = { name, capacity: sizeOf(integers, declaration.capacity) }
      return { kind: 'indexSet', state: new SymbolicIndexAllocator(new IndexAllocatorBase(scope, shape, 'arbitrary')) }
    }
    case 'maglev': {
      const sizes = {
        height: sizeOf(integers, declaration.height),
        backends: sizeOf(integers, declaration.backends),
      }
      const ring = new SymbolicMaglev(scope, { name, ...sizes })
      const { terms } = scope.path
      const rowOf = (key: Term): Integer => {
        const hash = terms.declareFunction(`${name}.hash`, [key.sort], bitVecSort(32))
        return ring.rowOf(integers.unsigned(terms.apply(hash, key)))
      }
      return { kind: 'maglev', state: { ring, rowOf } }
    }
    case 'chosenBy':
      return { kind: 'chosenBy' }
  }
}

function seenIn(
  pair: Pair,
  nf: PacketRun,
  log: readonly StateEvent[],
  table: SymbolicExpiringMap | undefined,
  run: SpecRun,
): Seen[] {
  const { state, declaration, structure } = pair
  if (declaration.kind !== 'expiringMap' || table === undefined || structure === undefined) return []
  const inserted = log.filter((event) => event.table === state && event.operation === 'insert')
  const stored = storesOf(pair, nf)
  const found = [...nf.states].find(([each]) => each.name === structure.name)?.[1]
  return stored.flatMap(({ key, slot }, index) => {
    const event = inserted[index]
    if (event?.key === undefined || event.slot === undefined) return []
    const keySeen = seen(state, 'key', recordCodec(state, declaration.key), run, event.key, key)
    const wanted = table.valueAt(event.slot)
    const got = found?.structure === 'expiring_map' ? found.state.valueAt(slot) : undefined
    if (declaration.value === undefined || wanted === undefined || got === undefined) return [keySeen]
    return [keySeen, seen(state, 'value', recordCodec(state, declaration.value), run, wanted, got)]
  })
}

function seen(state: string, part: Seen['part'], codec: RecordCodec, run: SpecRun, record: Term, bytes: Term): Seen {
  const fields = new Map([...codec.fields.keys()].map((name) => [name, codec.fieldIn(run, name, record)] as const))
  const count = bytes.width / 8
  return {
    state,
    part,
    fields,
    bytes: Array.from({ length: count }, (_, at) => run.terms.byte(count - 1 - at, bytes)),
  }
}
