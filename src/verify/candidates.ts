/**
 * Candidates for an invariant beyond the types of fields: what all entries that were seen have in common. Nothing is
 * believed of them; whoever tries one proves that it is kept.
 */
import type { ExpiringMapEntry } from '../domains/symbolic/expiring-map-base.js'
import type { ByteLayout } from '../domains/symbolic/record-layout.js'
import type { Run as SpecRun } from '../domains/symbolic/run.js'
import { recordCodec } from '../domains/symbolic/state-binding.js'
import type { FieldTypes } from '../spec/record.js'
import { type OpenConfig, parameterTerm } from './configuration/open-config.js'
import type { Example } from './layouts.js'
import type { Demand } from './obligations/demand.js'
import type { Candidate, Pair, Pairing } from './pairing.js'

/** Below so many examples, what they have in common is mostly chance. */
const ENOUGH = 16

/** Of a byte, one by one. */
const BITS: readonly number[] = Array.from({ length: 8 }, (_, at) => 1 << at)

/** With what entries seem to have in common, as far as the examples show. */
export function withCandidates(
  pairing: Pairing,
  examples: readonly Example[],
  portCount: number,
  open?: OpenConfig,
): Pairing {
  return pairing.map((pair): Pair => {
    const { declaration, keyLayout, valueLayout } = pair
    if (declaration.kind !== 'expiringMap') return pair
    const own = examples.filter(({ state }) => state === pair.state)
    const of = (part: Candidate['part']) => own.filter((each) => each.part === part)
    const candidates = [
      ...constantBits('key', keyLayout, of('key')),
      ...constantBits('value', valueLayout, of('value')),
      ...absentPorts('key', declaration.key.fields, of('key'), portCount),
      ...absentPorts('value', declaration.value?.fields ?? {}, of('value'), portCount),
      ...absentParameters('key', declaration.key.fields, open),
      ...absentParameters('value', declaration.value?.fields ?? {}, open),
    ]
    return candidates.length === 0 ? pair : { ...pair, candidates }
  })
}

/** Names a candidate in the obligation to keep it. */
export function candidateName({ state }: Pair, candidate: Candidate): string {
  const { part } = candidate
  switch (candidate.kind) {
    case 'bits':
      return `${state}: bits ${hex(candidate.mask)} of byte ${candidate.offset} of each ${part}, which seem never to change`
    case 'never':
      return `${state}: the ${candidate.field} of each ${part}, which seems never to be ${candidate.value}`
    case 'apart':
      return `${state}: the ${candidate.field} of each ${part}, which is perhaps never ${candidate.parameter}`
  }
}

/** That an entry is as the pair's candidates say. */
export function candidateFacts(pair: Pair, run: SpecRun, entry: ExpiringMapEntry): Demand[] {
  return (pair.candidates ?? []).flatMap((candidate): Demand[] => {
    const holds = factOf(pair, candidate, run, entry)
    return holds === undefined ? [] : [{ what: candidateName(pair, candidate), holds }]
  })
}

function factOf(pair: Pair, candidate: Candidate, run: SpecRun, { key, value }: ExpiringMapEntry) {
  const { terms, integers } = run
  const bytes = candidate.part === 'key' ? key : value
  if (bytes === undefined) return undefined
  if (candidate.kind === 'bits') {
    const { offset, mask, bits } = candidate
    const byte = terms.byte(bytes.width / 8 - 1 - offset, bytes)
    return terms.eq(terms.bvand(byte, terms.bv(mask, 8)), terms.bv(bits, 8))
  }
  const { declaration, keyLayout, valueLayout } = pair
  const record = declaration.kind !== 'expiringMap' ? undefined : declaration[candidate.part]
  if (record === undefined) return undefined
  const codec = recordCodec(pair.state, record, candidate.part === 'key' ? keyLayout : valueLayout)
  const absent =
    candidate.kind === 'never'
      ? integers.of(candidate.value)
      : integers.unsigned(parameterTerm(terms, candidate.parameter, candidate.bits))
  return terms.not(integers.eq(codec.fieldIn(run, candidate.field, bytes), absent))
}

/**
 * Bits that are the same in all that was stored. Where a byte is not the same as a whole, what some of its bits have in
 * common may be chance: each is a candidate of its own, so that none falls with another.
 */
function constantBits(
  part: Candidate['part'],
  layout: ByteLayout | undefined,
  examples: readonly Example[],
): Candidate[] {
  if (layout === undefined || examples.length < ENOUGH) return []
  return Array.from({ length: layout.size }, (_, offset) => offset).flatMap((offset): Candidate[] => {
    const values = examples.map(({ insertion }) => Number(insertion.bytes[offset]?.value ?? 0n))
    const [first = 0] = values
    const mask = values.reduce((same, value) => same & ~(value ^ first), 0xff)
    if (layout.padding.has(offset)) return []
    const masks = mask === 0xff ? [mask] : BITS.filter((bit) => (mask & bit) !== 0)
    return masks.map((each) => ({ kind: 'bits', part, offset, mask: each, bits: first & each }))
  })
}

function hex(mask: number): string {
  return `0x${mask.toString(16).padStart(2, '0')}`
}

/** Ports that a field was not seen to have: what enters by some port is often never stored. Few, even if by chance. */
function absentPorts(
  part: Candidate['part'],
  fields: FieldTypes,
  examples: readonly Example[],
  portCount: number,
): Candidate[] {
  if (examples.length === 0) return []
  return Object.entries(fields).flatMap(([field, { kind }]): Candidate[] => {
    if (kind !== 'port') return []
    const seen = new Set(examples.map(({ insertion }) => insertion.fields.get(field)?.constant))
    const ports = Array.from({ length: portCount }, (_, port) => BigInt(port))
    return ports.filter((port) => !seen.has(port)).map((value) => ({ kind: 'never', part, field, value }))
  })
}

/** What enters by a port that the configuration names, which may be any here, is often never stored. */
function absentParameters(part: Candidate['part'], fields: FieldTypes, open: OpenConfig | undefined): Candidate[] {
  const ports = open?.ports() ?? []
  return Object.entries(fields).flatMap(([field, { kind }]): Candidate[] =>
    kind === 'port' ? ports.map(({ name, bits }) => ({ kind: 'apart', part, field, parameter: name, bits })) : [],
  )
}
