/** Sorts of terms: Bool, BitVec(w), Int, Array(index, element). Immutable; compare with `sameSort`. */
import { SortError } from './errors.js'

export interface BoolSort {
  readonly kind: 'bool'
}

export interface IntSort {
  readonly kind: 'int'
}

export interface BitVecSort {
  readonly kind: 'bitvec'
  /** Bits, 1 to `maxWidth`. */
  readonly width: number
}

export interface ArraySort {
  readonly kind: 'array'
  readonly index: Sort
  readonly element: Sort
}

export type Sort = BoolSort | IntSort | BitVecSort | ArraySort

/** The widest bit vector, in bits. */
export const maxWidth = 4096

export const boolSort: BoolSort = Object.freeze({ kind: 'bool' })
export const intSort: IntSort = Object.freeze({ kind: 'int' })

/** Bit vectors of one width share one object, so that comparing sorts is mostly comparing references. */
const bitVecSorts: readonly BitVecSort[] = Array.from({ length: maxWidth + 1 }, (_, width) =>
  Object.freeze({ kind: 'bitvec', width }),
)

/** Throws SortError unless `width` is an integer from 1 to `maxWidth`. */
export function bitVecSort(width: number): BitVecSort {
  const sort = width === 0 ? undefined : bitVecSorts[width]
  if (sort === undefined)
    throw new SortError('bitVecSort', `a width of ${width} is not an integer from 1 to ${maxWidth}`)
  return sort
}

export function arraySort(index: Sort, element: Sort): ArraySort {
  return Object.freeze({ kind: 'array', index, element })
}

export function sameSort(a: Sort, b: Sort): boolean {
  if (a === b) return true
  if (a.kind !== b.kind) return false
  if (a.kind === 'bitvec') return b.kind === 'bitvec' && a.width === b.width
  if (a.kind === 'array') return b.kind === 'array' && sameSort(a.index, b.index) && sameSort(a.element, b.element)
  return true
}

/** The sort in SMT-LIB 2. */
export function printSort(sort: Sort): string {
  switch (sort.kind) {
    case 'bool':
      return 'Bool'
    case 'int':
      return 'Int'
    case 'bitvec':
      return `(_ BitVec ${sort.width})`
    case 'array':
      return `(Array ${printSort(sort.index)} ${printSort(sort.element)})`
  }
}
