/** That what a network function did with a packet is what a verdict allows: the ports, and the bytes that leave. */
import type { Checksums } from '../../contracts/symbolic/index.js'
import type { Frame } from '../../domains/symbolic/frame.js'
import { Integers } from '../../domains/symbolic/integer.js'
import { type Obligation, type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { SymbolicVerdict } from '../../domains/symbolic/verdict.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import type { Site } from '../../spec/verdict.js'
import { BytesAsExpected } from './bytes.js'
import { isMeaningful, type Ports, sendsTo } from './ports.js'

const RETAGGED = 'the specification puts a tag in or takes one out, which proofs do not follow'

/** What the network function did. */
export interface Done {
  readonly answer: Term
  readonly frame: Frame
  readonly checksums: Checksums
  readonly ports: Ports
}

export function placeOf(site: Site | undefined): Obligation['place'] {
  return site && { kind: 'source', file: site.file, line: site.line }
}

export function obligeMeaningful(path: Path, { answer, ports }: Done, place: Obligation['place']): void {
  const holds = isMeaningful(path.terms, answer, ports)
  path.oblige({ guarantee: 'verdict', what: 'an answer that means something', place, holds })
}

/** Requires a meaningful answer. */
export function obligeVerdict(path: Path, done: Done, { kind, site, leavesOn, forms }: SymbolicVerdict): void {
  if (kind === 'any') return
  const { terms } = path
  const { answer, ports } = done
  const place = placeOf(site)
  const port = path.fresh('anyPort', bitVecSort(32))
  path.assume(terms.ult(port, terms.bv(BigInt(ports.count), 32)))
  const integer = new Integers(terms).unsigned(port, 0n, BigInt(ports.count) - 1n)
  const wanted = leavesOn(integer)
  path.oblige({
    guarantee: 'verdict',
    what: 'the ports that the packet leaves by',
    place,
    holds: terms.iff(sendsTo(terms, answer, port, ports), wanted),
  })
  for (const form of forms) {
    if (form.expected === undefined) throw new Undecidable(RETAGGED, place)
    const by = forms.length === 1 ? wanted : form.leavesOn(integer)
    const frames = { seen: done.frame, expected: form.expected }
    for (const { what, holds } of new BytesAsExpected(path, done.checksums, frames).demands()) {
      path.oblige({ guarantee: 'bytes', what, place, holds: terms.implies(by, holds) })
    }
  }
}
