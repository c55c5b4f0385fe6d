/**
 * How the network function lays out the specification's records in the bytes of its keys and values:
 * told from paths on which both insert (stored.ts). The terms that fields are there are looked for among the bytes that the
 * network function stored.
 */
import type { Integers } from '../domains/symbolic/integer.js'
import { type Inferred, type Insertion, inferLayout } from '../domains/symbolic/layout-inference.js'
import {
  type ByteLayout,
  type FieldPlace,
  type Fields,
  fieldsOf,
  leastBytes,
} from '../domains/symbolic/record-layout.js'
import { Evaluator, type Model, type Term } from '../smt/index.js'
import type { Pair, Pairing } from './pairing.js'
import type { Seen } from './stored.js'
import { Variation } from './variation.js'

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
