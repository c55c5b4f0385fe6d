/**
 * That two network functions did the same on one path: the ports that the packet leaves by, at one port of which nothing
 * is known; every byte that either wrote, where the packet leaves at all; and the structures they leave, at one key and
 * one slot. An answer that means nothing is never the same as anything.
 */
import type { SymbolicState } from '../../contracts/symbolic/index.js'
import {
  type Agreement,
  expiringMapsEqual,
  indexAllocatorsEqual,
  mapsEqual,
  vectorsEqual,
} from '../../domains/symbolic/equality.js'
import type { Frame } from '../../domains/symbolic/frame.js'
import type { Integers } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import { isMeaningful, type Ports, sendsTo } from './ports.js'

/** What `nf_process` answered and made of the packet. */
export interface Output {
  /** 32 bits. */
  readonly answer: Term
  readonly frame: Frame
}

export function obligeSameOutput(path: Path, first: Output, second: Output, ports: Ports): void {
  const { terms } = path
  for (const { answer } of [first, second]) {
    path.oblige({
      guarantee: 'verdict',
      what: 'an answer that means something',
      place: undefined,
      holds: isMeaningful(terms, answer, ports),
    })
  }
  const port = path.fresh('anyPort', bitVecSort(32))
  path.assume(terms.ult(port, terms.bv(BigInt(ports.count), 32)))
  const leaves = sendsTo(terms, first.answer, port, ports)
  path.oblige({
    guarantee: 'verdict',
    what: 'the ports that the packet leaves by',
    place: undefined,
    holds: terms.iff(leaves, sendsTo(terms, second.answer, port, ports)),
  })
  const offsets = new Set([...first.frame.writes, ...second.frame.writes].map(({ offset }) => offset))
  for (const offset of offsets) {
    const isSame = terms.eq(first.frame.read(offset, 1), second.frame.read(offset, 1))
    const what = `the byte ${offset.op === 'bv' ? `at ${offset.value}` : 'at an offset that depends on the packet'}`
    path.oblige({ guarantee: 'bytes', what, place: undefined, holds: terms.implies(leaves, isSame) })
  }
}

/** `integers` of the path; the states are over one base. */
export function obligeSameState(path: Path, integers: Integers, first: SymbolicState, second: SymbolicState): void {
  for (const { what, holds } of agreements(integers, first, second)) {
    path.oblige({ guarantee: 'state', what, place: undefined, holds })
  }
}

function agreements(integers: Integers, first: SymbolicState, second: SymbolicState): readonly Agreement[] {
  // Equal outright, whatever is expired.
  const never = integers.of(0n)
  if (first.structure === 'expiring_map' && second.structure === 'expiring_map') {
    return expiringMapsEqual(first.state, second.state, never)
  }
  if (first.structure === 'dchain' && second.structure === 'dchain') {
    return indexAllocatorsEqual(first.state, second.state, never)
  }
  if (first.structure === 'map' && second.structure === 'map') return mapsEqual(first.state, second.state)
  if (first.structure === 'vector' && second.structure === 'vector') return vectorsEqual(first.state, second.state)
  // Never changes.
  if (first.structure === 'cht' && second.structure === 'cht') return []
  throw new Undecidable(`whether a ${first.structure} and a ${second.structure} are the same is not followed`)
}
