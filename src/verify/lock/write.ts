/** The text of a lock file: what a proof found out about how states are kept. */
import { stringify } from 'yaml'

import type { ByteLayout } from '../../domains/symbolic/record-layout.js'
import type { Written } from '../machine/index.js'
import type { Candidate, Pair, Pairing } from '../pairing.js'

const HEAD = `# How the specification's states are kept by the network function, as a proof found it out. Proofs begin with it and
# prove it again: a line that is wrong can only make one fail, and then all is found out anew.
`

/** The text for what a proof found out: the same for the same. `left`: what packets may leave in the function's own memory. */
export function lockText(pairing: Pairing, left: Written): string {
  const states = pairing.flatMap((pair) => (pair.structure === undefined ? [] : [[pair.state, stateOf(pair)] as const]))
  const memory = { bytes: rangesOf(left.bytes), globals: inOrder(left.globals) }
  return HEAD + stringify({ states: Object.fromEntries(states), memory })
}

/** First and last address of each run of addresses. */
function rangesOf(addresses: ReadonlySet<number>): [first: number, last: number][] {
  const ranges: [number, number][] = []
  for (const address of inOrder(addresses)) {
    const range = ranges.at(-1)
    if (range?.[1] === address - 1) range[1] = address
    else ranges.push([address, address])
  }
  return ranges
}

function inOrder(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b)
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
  return candidate.kind === 'never' ? { ...candidate, value: String(candidate.value) } : { ...candidate }
}
