/**
 * How the network function lays out the specification's records in the bytes of its keys and values:
 * told from paths on which both insert. The specification runs there on tables of its own, in our own layout, which say
 * what the fields of each record are; the same terms are looked for among the bytes that the network function stored.
 */
import { Extent } from '../contracts/symbolic/index.js'
import { sizeOf } from '../domains/symbolic/before-packets.js'
import { AnyChoices } from '../domains/symbolic/choices.js'
import { SymbolicExpiringMap } from '../domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../domains/symbolic/index-allocator-base.js'
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { type Inferred, type Insertion, inferLayout } from '../domains/symbolic/layout-inference.js'
import { SymbolicMaglev } from '../domains/symbolic/maglev.js'
import type { Path } from '../domains/symbolic/path.js'
import type { RecordCodec } from '../domains/symbolic/record-codec.js'
import {
  type ByteLayout,
  type FieldPlace,
  type Fields,
  fieldsOf,
  leastBytes,
} from '../domains/symbolic/record-layout.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import { recordCodec, type StateBinding } from '../domains/symbolic/state-binding.js'
import type { StateEvent } from '../domains/symbolic/tables.js'
import { bitVecSort, Evaluator, type Model, type Term } from '../smt/index.js'
import { followed, type NfOnPath } from './any-packet-run.js'
import { anyPacket, type PacketRun, runPacket, type Start } from './machine/index.js'
import type { Pair, Pairing } from './pairing.js'
import type { Subject } from './subject.js'
import { Variation } from './variation.js'

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

/** Runs both sides on a path, the specification only where something is stored. */
export function storedOn(subject: Subject, start: Start, pairing: Pairing, longest: number, path: Path): StoredOnPath {
  const { portCount, reading } = subject
  const integers = new Integers(path.terms)
  const given = anyPacket(path, { portCount, longest })
  const most = (1n << 62n) - 1n
  const now = integers.unsigned(given.now, 0n, most)
  const last = integers.unsigned(given.last, 0n, most)
  const nf = runPacket(start, { ...given, frame: given.frame.copy() }, path)
  const nfFacts = path.factCount
  const isStoring = nf.end.kind === 'returned' && pairing.some((pair) => storesOf(pair, nf).length > 0)
  if (!isStoring) return { nf, nfFacts, seen: [] }
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
  const seen = pairing.flatMap((pair) => seenIn(pair, nf, log, tables.get(pair.state), run))
  return { nf, nfFacts, seen }
}

/** What a path showed, as numbers. */
export interface Example {
  readonly state: string
  readonly part: 'key' | 'value'
  readonly insertion: Insertion
}

/** How often each insertion is looked at, each time with another packet. */
const EXAMPLES = 6

/** What was stored on a path, as numbers: for some packets that take it, as different as they can be made. */
export function examplesOf(seen: readonly Seen[], packets: Iterable<Model>, integers: Integers): Example[] {
  const examples: Example[] = []
  for (const model of packets) {
    const evaluator = new Evaluator(model)
    const number = (term: Term): bigint => {
      const value = evaluator.value(term)
      return typeof value === 'bigint' ? value : 0n
    }
    for (const { state, part, fields, bytes } of seen) {
      examples.push({
        state,
        part,
        insertion: {
          fields: new Map([...fields].map(([name, { term }]) => [name, integers.of(number(term))] as const)),
          bytes: bytes.map((byte) => integers.terms.bv(number(byte), 8)),
        },
      })
    }
  }
  return examples
}

/** Models like the given one of a path's facts, the terms of what was stored as different as may be. */
export function packetsLike(
  model: Model,
  facts: readonly Term[],
  seen: readonly Seen[],
  random: () => number,
): Model[] {
  const stored = seen.flatMap(({ fields, bytes }) => [...[...fields.values()].map(({ term }) => term), ...bytes])
  return Array.from({ length: EXAMPLES }, () => new Variation(model, facts, random).of(stored))
}

/** The layouts of each state's records, or why there is none. */
export function layoutsOf(
  pairing: Pairing,
  examples: readonly Example[],
  integers: Integers,
): { readonly pairing: Pairing; readonly missing: readonly string[] } {
  const missing: string[] = []
  const found = pairing.map((pair): Pair => {
    if (pair.declaration.kind !== 'expiringMap') return pair
    const key = layoutOf(pair, 'key', examples, integers)
    const value = pair.declaration.value === undefined ? undefined : layoutOf(pair, 'value', examples, integers)
    for (const [part, inferred] of [
      ['key', key],
      ['value', value],
    ] as const) {
      if (inferred === undefined || inferred.kind === 'found') continue
      const why = inferred.kind === 'none' ? inferred.reason : `${inferred.layouts.length} layouts are possible`
      missing.push(`the ${part} of ${pair.state}: ${why}`)
    }
    return {
      ...pair,
      ...(key.kind === 'found' ? { keyLayout: key.layout } : {}),
      ...(value?.kind === 'found' ? { valueLayout: value.layout } : {}),
    }
  })
  return { pairing: found.map((pair) => withKeyOfTable(pair, found)), missing }
}

/** A ring's key is laid out as that of a table of the same records. */
function withKeyOfTable(pair: Pair, all: Pairing): Pair {
  const { declaration } = pair
  if (declaration.kind !== 'maglev') return pair
  const table = all.find((each) => each.declaration.kind === 'expiringMap' && each.declaration.key === declaration.key)
  return table?.keyLayout === undefined ? pair : { ...pair, keyLayout: table.keyLayout }
}

function layoutOf(pair: Pair, part: Seen['part'], examples: readonly Example[], integers: Integers): Inferred {
  const { declaration } = pair
  if (declaration.kind !== 'expiringMap') return { kind: 'none', reason: 'not a table' }
  const record = part === 'key' ? declaration.key : declaration.value
  if (record === undefined) return { kind: 'none', reason: 'no values' }
  const fields = fieldsOf(record)
  const own = examples.filter((each) => each.state === pair.state && each.part === part)
  const inferred = inferLayout(
    fields,
    own.map(({ insertion }) => insertion),
    { integers },
  )
  const [first] = inferred.kind === 'ambiguous' ? inferred.layouts : []
  const size = own[0]?.insertion.bytes.length
  // Of several that explain all, the one that begins first: as good a guess as any. Where what is stored was chosen (a
  // backend), it need not be the same on both sides, and the usual layout is tried.
  const guess = first ?? (inferred.kind === 'none' && size !== undefined ? usualLayout(fields, size) : undefined)
  return guess === undefined ? inferred : { kind: 'found', layout: guess }
}

/** Fields in their order, little-endian, in as few bytes as hold them, each at a multiple of its size; zeros between. */
function usualLayout(fields: Fields, size: number): ByteLayout | undefined {
  const places = new Map<string, FieldPlace>()
  let end = 0
  for (const [name, type] of fields) {
    const length = 2 ** Math.ceil(Math.log2(leastBytes(type)))
    const offset = Math.ceil(end / length) * length
    places.set(name, { offset, size: length, order: 'little' })
    end = offset + length
  }
  if (end > size) return undefined
  const taken = new Set(
    [...places.values()].flatMap((place) => Array.from({ length: place.size }, (_, i) => place.offset + i)),
  )
  const free = Array.from({ length: size }, (_, at) => at).filter((at) => !taken.has(at))
  return { size, fields: places, padding: new Map(free.map((at) => [at, 0])) }
}

/** Keys that the network function put into the structure, with the slot. */
function storesOf({ structure }: Pair, { calls }: PacketRun): { readonly key: Term; readonly slot: Integer }[] {
  return calls.flatMap(({ name, arguments: given, chosen }) => {
    if (name !== 'expiring_map_insert' || chosen === undefined || structure === undefined) return []
    if (!Object.values(given).includes(structure.name)) return []
    const { key } = given
    return key === undefined || typeof key === 'string' || key instanceof Extent || !('op' in key)
      ? []
      : [{ key, slot: chosen }]
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
