/** The text of a lock file: what a proof found out about how states are kept. */
import { stringify } from 'yaml'

import type { ByteLayout } from '../../domains/symbolic/record-layout.js'
import type { Candidate, Pair, Pairing } from '../pairing.js'

const HEAD = `# How the specification's states are kept by the network function, as a proof found it out. Proofs begin with it and
# prove it again: a line that is wrong can only make one fail, and then all is found out anew.
`

/** A text for the pairing of a proof; the same for the same pairing. */
export function lockText(pairing: Pairing): string {
  const states = pairing.flatMap((pair) => (pair.structure === undefined ? [] : [[pair.state, stateOf(pair)] as const]))
  return HEAD + stringify(Object.fromEntries(states), { flowCollectionPadding: true, lineWidth: 0 })
}

function stateOf({ structure, keyLayout, valueLayout, candidates = [] }: Pair): object {
  return {
    structure: structure?.name,
    ...(keyLayout === undefined ? {} : { key: layoutOf(keyLayout) }),
    ...(valueLayout === undefined ? {} : { value: layoutOf(valueLayout) }),
    ...(candidates.length === 0 ? {} : { invariants: candidates.map(invariantOf) }),
  }
}

function layoutOf({ size, fields, padding }: ByteLayout): object {
  const places = [...fields].sort(([, a], [, b]) => a.offset - b.offset)
  return {
    size,
    fields: Object.fromEntries(places.map(([name, place]) => [name, { ...place }])),
    ...(padding.size === 0 ? {} : { padding: Object.fromEntries([...padding].sort(([a], [b]) => a - b)) }),
  }
}

function invariantOf(candidate: Candidate): object {
  return candidate.kind === 'bits' ? { ...candidate } : { ...candidate, value: String(candidate.value) }
}
