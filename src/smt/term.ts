/**
 * Terms: immutable nodes of a directed acyclic graph, shared by construction (see table.ts), so that within one
 * `Terms` two terms are equal as written exactly when they are the same object.
 */
import type { Sort } from './sorts.js'

/**
 * Operations, mostly by their SMT-LIB names. `and`, `or`, `bvand`, `bvor`, `bvxor`, `bvadd`, `bvmul`, `int.add` and
 * `concat` take two or more arguments; a concat's first argument is its most significant part.
 */
export type Op =
  | 'true'
  | 'false'
  | 'bv'
  | 'int'
  | 'var'
  | 'apply'
  | 'not'
  | 'and'
  | 'or'
  | 'eq'
  | 'ite'
  | 'bvnot'
  | 'bvneg'
  | 'bvand'
  | 'bvor'
  | 'bvxor'
  | 'bvadd'
  | 'bvsub'
  | 'bvmul'
  | 'bvudiv'
  | 'bvurem'
  | 'bvsdiv'
  | 'bvsrem'
  | 'bvshl'
  | 'bvlshr'
  | 'bvashr'
  | 'concat'
  | 'extract'
  | 'zero_extend'
  | 'sign_extend'
  | 'bvult'
  | 'bvule'
  | 'bvslt'
  | 'bvsle'
  | 'select'
  | 'store'
  | 'const_array'
  | 'int.add'
  | 'int.mul'
  | 'int.div'
  | 'int.mod'
  | 'int.le'
  | 'bv2nat'

/** An uninterpreted function symbol; one per name in a `Terms`. A variable is one with an empty domain. */
export interface FunctionSymbol {
  /** Position in the order of declaration. */
  readonly id: number
  readonly name: string
  readonly domain: readonly Sort[]
  readonly range: Sort
}

/** One node. Only `Terms` makes them. */
export class Term {
  /** Position in the order of creation; arguments have smaller numbers than what is built from them. */
  readonly id: number
  readonly op: Op
  readonly sort: Sort
  /** Bits of a bit vector; 0 for every other sort. */
  readonly width: number
  readonly args: readonly Term[]
  /** `extract`: highest bit. `zero_extend`, `sign_extend`: bits added. Else 0. */
  readonly hi: number
  /** `extract`: lowest bit. Else 0. */
  readonly lo: number
  /** The value of `bv` (unsigned) and `int`; else 0. */
  readonly value: bigint
  /** Of `var` and `apply`. */
  readonly symbol: FunctionSymbol | undefined

  constructor(
    id: number,
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi: number,
    lo: number,
    value: bigint,
    symbol: FunctionSymbol | undefined,
  ) {
    this.id = id
    this.op = op
    this.sort = sort
    this.width = sort.kind === 'bitvec' ? sort.width : 0
    this.args = args
    this.hi = hi
    this.lo = lo
    this.value = value
    this.symbol = symbol
  }

  /** A constant of sort Bool, BitVec or Int. */
  get isConstant(): boolean {
    return this.op === 'bv' || this.op === 'int' || this.op === 'true' || this.op === 'false'
  }
}
