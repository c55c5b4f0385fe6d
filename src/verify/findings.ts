/** What a proof found out by itself, a line each: how states are kept, where fields lie, what is always so. */
import type { ByteLayout } from '../domains/symbolic/record-layout.js'
import type { Candidate, Pair, Pairing } from './pairing.js'

export function findingsOf(pairing: Pairing): string[] {
  return pairing.flatMap((pair) => [
    pairingText(pair),
    ...layoutTexts(pair),
    ...(pair.candidates ?? []).map((candidate) => invariantText(pair, candidate)),
  ])
}

function pairingText({ state, declaration, structure }: Pair): string {
  if (structure === undefined) return `${state} (${declaration.kind}) is a function that the implementation makes up`
  const sizes = structure.sizes.map(({ constant }) => (constant === undefined ? '?' : String(constant)))
  return `${state} (${declaration.kind}) is kept in ${structure.name} (sizes ${sizes.join(', ')})`
}

function layoutTexts({ state, keyLayout, valueLayout }: Pair): string[] {
  return [
    ...(keyLayout === undefined ? [] : [`a key of ${state}: ${layoutText(keyLayout)}`]),
    ...(valueLayout === undefined || valueLayout.fields.size === 0
      ? []
      : [`a value of ${state}: ${layoutText(valueLayout)}`]),
  ]
}

/** `srcIp at 0..3, srcPort at 8..9 (little-endian), padding at 13`. */
function layoutText({ size, fields, padding }: ByteLayout): string {
  const places = [...fields].sort(([, a], [, b]) => a.offset - b.offset)
  const parts = places.map(([name, { offset, size: bytes, order }]) => {
    const last = offset + bytes - 1
    return `${name} at ${offset}${bytes === 1 ? '' : `..${last}`}${order === 'little' && bytes > 1 ? ' (little-endian)' : ''}`
  })
  const rest = [...padding].map(([offset, value]) => `always ${value} at ${offset}`)
  return `${[...parts, ...rest].join(', ')}; ${size} bytes`
}

function invariantText({ state }: Pair, candidate: Candidate): string {
  const { part } = candidate
  if (candidate.kind === 'apart')
    return `invariant: ${candidate.field} of each ${part} of ${state} is never ${candidate.parameter}`
  if (candidate.kind === 'never')
    return `invariant: ${candidate.field} of each ${part} of ${state} is never ${candidate.value}`
  const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`
  const { offset, mask, bits } = candidate
  return `invariant: byte ${offset} of each ${part} of ${state} and ${hex(mask)} is always ${hex(bits)}`
}
