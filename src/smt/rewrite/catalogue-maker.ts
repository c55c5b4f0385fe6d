/** What the parts of the catalogue have in common: a builder, and variables of one width. */
import { bitVecSort, boolSort } from '../sorts.js'
import type { Term } from '../term.js'
import type { Terms } from '../terms.js'

export class Maker {
  readonly t: Terms
  readonly width: number
  readonly x: Term
  readonly y: Term
  readonly z: Term
  readonly p: Term
  readonly q: Term

  constructor(t: Terms, width: number) {
    const sort = bitVecSort(width)
    this.t = t
    this.width = width
    this.x = t.variable(`x${width}`, sort)
    this.y = t.variable(`y${width}`, sort)
    this.z = t.variable(`z${width}`, sort)
    this.p = t.variable('p', boolSort)
    this.q = t.variable('q', boolSort)
  }

  /** The constant, modulo 2^width. */
  c(value: bigint | number): Term {
    return this.t.bv(BigInt.asUintN(this.width, BigInt(value)), this.width)
  }

  /** A variable of `bits`, extended by zeros to the width, or cut. */
  narrow(name: string, bits: number): Term {
    const variable = this.t.variable(`${name}${bits}`, bitVecSort(bits))
    if (bits > this.width) return this.t.extract(this.width - 1, 0, variable)
    return this.t.zeroExtendTo(this.width, variable)
  }

  /** One of two constants. */
  flag(condition: Term, yes = 1, no = 0): Term {
    return this.t.ite(condition, this.c(yes), this.c(no))
  }
}
