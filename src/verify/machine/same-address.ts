/** Whether two addresses are the same, where that can be told without looking at one that is not known. */
import { NF_STACK_START } from '../../nf/memory-map.js'
import { Term, type Terms } from '../../smt/index.js'
import { type Loan, type MachineValue, Pointer } from './value.js'

/**
 * By libVig's contracts a vector's cell is always at the same address, and no two overlap: so the starts of two are the same
 * where vector and index are. Undefined where it cannot be told.
 */
export function sameAddress(terms: Terms, left: MachineValue, right: MachineValue): Term | undefined {
  if (left instanceof Pointer && right instanceof Pointer) return samePlace(terms, left, right)
  const [pointer, address] = left instanceof Pointer ? [left, right] : [right, left]
  const isOwn = address instanceof Term && address.op === 'bv' && address.value < BigInt(NF_STACK_START)
  // What libVig lends lies in its heap, above all that is the network function's own.
  return pointer instanceof Pointer && pointer.base.kind === 'loan' && pointer.isStart && isOwn
    ? terms.false
    : undefined
}

function samePlace(terms: Terms, left: Pointer, right: Pointer): Term | undefined {
  if (left.base === right.base) return terms.eq(left.offset, right.offset)
  const isLent = left.base.kind === 'loan' && right.base.kind === 'loan'
  return isLent && left.isStart && right.isStart ? sameLoan(terms, left.base, right.base) : undefined
}

function sameLoan(terms: Terms, left: Loan, right: Loan): Term | undefined {
  if (left.part !== 'cell' || right.part !== 'cell') return undefined
  if (left.from !== right.from) return terms.false
  const [a, b] = [left.index.term, right.index.term]
  if (a === b) return terms.true
  return a.width === b.width ? terms.eq(a, b) : undefined
}
