/**
 * Whether records lie in their bytes as was inferred: on every path on which both sides store, for every packet that takes
 * it. A whole proof needs no such check, since under a wrong layout it fails; a property by itself would be read wrongly.
 */
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import type { ByteLayout } from '../domains/symbolic/record-layout.js'
import { reachable, type SyncSolver, type Term, type Terms } from '../smt/index.js'
import type { PathReport } from './exploration/explore.js'
import type { Pairing } from './pairing.js'
import { OWN, type Seen, type StoredOnPath } from './stored.js'

/** What does not lie as the pairing says, as far as the solver knows; each once. */
export function misread(
  paths: readonly PathReport<StoredOnPath>[],
  pairing: Pairing,
  { terms, solver }: { readonly terms: Terms; readonly solver: SyncSolver },
): string[] {
  const found = new Set<string>()
  for (const { end, facts } of paths) {
    // What is stored there was not looked at.
    if (end.kind === 'undecidable') found.add(`layouts cannot be looked at on some path: ${end.reason}`)
    for (const seen of end.kind === 'ended' ? end.result.seen : []) {
      const pair = pairing.find(({ state }) => state === seen.state)
      const layout = seen.part === 'key' ? pair?.keyLayout : pair?.valueLayout
      const what = `not every ${seen.part} of ${seen.state} lies in its bytes as was inferred`
      if (layout === undefined || found.has(what)) continue
      const goal = terms.not(liesAs(seen, layout, terms))
      if (goal !== terms.false && solver.check([...facts, goal]).status !== 'unsat') found.add(what)
    }
  }
  return [...found]
}

/** Fields that the specification chose, or read from tables of its own, are another's on this path: they do not count. */
function liesAs({ fields, bytes }: Seen, layout: ByteLayout, terms: Terms): Term {
  const integers = new Integers(terms)
  const same = [...layout.fields].map(([name, { offset, size, order }]) => {
    const field = fields.get(name)
    if (field === undefined || !isOfPacket(field)) return terms.true
    const stored = bytes.slice(offset, offset + size)
    const bits = terms.concat(...(order === 'big' ? stored : stored.reverse()))
    return integers.eq(integers.unsigned(bits), field)
  })
  const padding = [...layout.padding].map(([at, value]) => terms.eq(bytes[at] ?? terms.bv(0, 8), terms.bv(value, 8)))
  return terms.all([...same, ...padding])
}

function isOfPacket({ term }: Integer): boolean {
  return reachable([term]).every(({ symbol }) => symbol === undefined || !OWN.test(symbol.name))
}
