/**
 * Terms that together make every rule apply, at the widths at which WebAssembly and specifications compute. What a run
 * applies beyond that is in its log.
 */
import { arraySort, bitVecSort, boolSort, intSort } from '../sorts.js'
import type { Term } from '../term.js'
import { Terms } from '../terms.js'
import { RuleLog, type Theorem } from './theorem.js'

const widths = [1, 8, 16, 32, 64, 128]

/** The theorems of everything in the catalogue. */
export function catalogueTheorems(): readonly Theorem[] {
  const log = new RuleLog()
  const t = new Terms({ listener: log })
  truths(t)
  integers(t)
  for (const width of widths) {
    const maker = new Maker(t, width)
    sums(maker)
    divisions(maker)
    bitwise(maker)
    shifts(maker)
    conditions(maker)
    equalities(maker)
    comparisons(maker)
    arrays(maker)
    if (width >= 8) bytes(maker)
  }
  return log.theorems
}

class Maker {
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

function truths(t: Terms): void {
  const [p, q, r] = [t.variable('p', boolSort), t.variable('q', boolSort), t.variable('r', boolSort)]
  const x = t.variable('x8', bitVecSort(8))
  const is = (value: number) => t.eq(x, t.bv(value, 8))
  t.or(p, q, r)
  t.and(t.and(p, q), r, p, t.true)
  t.and(q, p)
  t.and(p, q, t.not(p))
  t.and(p, t.false)
  t.and(p, t.not(t.and(p, q)))
  t.and(p, t.not(t.and(t.not(p), q)))
  t.and(t.not(p), t.not(t.and(p, q, r)))
  t.and(is(1), is(2))
  t.and(is(1), p, t.not(is(2)))
  t.ite(p, q, q)
  t.ite(t.not(p), q, r)
  t.ite(p, t.true, t.false)
  t.ite(p, t.false, t.true)
  t.ite(p, t.true, q)
  t.ite(p, t.false, q)
  t.ite(p, q, t.true)
  t.ite(p, q, t.false)
  t.ite(p, p, q)
  t.ite(p, q, p)
  t.ite(p, t.not(p), q)
  t.ite(p, q, t.not(p))
  t.ite(t.true, p, q)
  t.ite(t.false, p, q)
  t.eq(q, p)
  t.eq(p, p)
  t.eq(p, t.not(p))
  t.eq(p, t.true)
  t.eq(p, t.false)
  t.eq(t.not(p), t.not(q))
  t.eq(t.not(p), q)
  t.eq(p, t.not(q))
  t.not(t.not(p))
}

function integers(t: Terms): void {
  const [i, j] = [t.variable('i', intSort), t.variable('j', intSort)]
  t.intSum([j, i, t.int(3), j, t.int(-1)])
  t.intSub(t.intAdd(i, t.int(1)), t.intAdd(j, t.intMul(3, i)))
  t.intMul(1, i)
  t.intMul(0, i)
  t.intMul(-2, t.intAdd(i, t.int(5)))
  t.intMul(4, t.intMul(5, i))
  t.intLe(t.intAdd(i, t.int(2)), t.intAdd(j, t.int(7)))
  t.intLe(t.int(3), i)
  t.intLe(i, i)
  t.eq(j, i)
  for (const divisor of [-3, 7, 65535]) for (const value of [-8, 0, 8]) t.intMod(t.int(value), divisor)
  t.intDiv(t.int(-8), 3)
  t.intDiv(t.int(-8), -3)
  t.intLe(t.int(1), t.int(2))
}

function sums(m: Maker): void {
  const { t, x, y, z, p, width } = m
  t.add(t.add(z, y), t.add(x, m.c(1)))
  t.add(y, x)
  t.add(t.add(x, m.c(3)), m.c(5))
  t.sub(x, x)
  t.sub(t.add(x, y), t.add(y, m.c(2)))
  t.sub(t.add(x, m.c(14)), t.add(z, m.c(16)))
  t.neg(t.add(x, m.c(1)))
  t.neg(t.neg(x))
  t.neg(t.mul(m.c(3), x))
  t.add(t.bvnot(x), m.c(1))
  t.add(t.bvnot(x), y)
  t.bvnot(t.add(x, m.c(1)))
  t.bvnot(t.neg(x))
  t.sub(m.c(-1), x)
  t.mul(y, x)
  t.mul(x, m.c(3))
  t.mul(t.mul(x, m.c(3)), t.mul(y, m.c(5)))
  t.mul(m.c(5), t.add(x, m.c(7)))
  t.mul(m.c(-1), x)
  t.mul(m.c(0), x)
  t.mul(m.c(1), x)
  t.add(t.mul(m.c(13), x), t.mul(m.c(3), x))
  for (let k = 1; k < width; k += k < 8 ? 1 : 8) {
    t.mul(m.c(1n << BigInt(k)), x)
    t.add(t.shl(x, m.c(k)), x)
    t.mul(m.c(3), t.shl(x, m.c(k)))
  }
  t.add(t.ite(p, m.c(1), m.c(2)), m.c(3))
}

function divisions(m: Maker): void {
  const { t, x, y, width } = m
  for (let k = 0; k < width; k += k < 8 ? 1 : 8) {
    t.udiv(x, m.c(1n << BigInt(k)))
    t.urem(x, m.c(1n << BigInt(k)))
  }
  t.udiv(x, m.c(0))
  t.urem(x, m.c(0))
  const low = m.narrow('h', 8)
  for (const divisor of [10, 60_000]) {
    t.udiv(low, m.c(divisor))
    t.urem(low, m.c(divisor))
    // The quotient's range is known, and so is that of the remainder.
    t.ult(t.urem(x, m.c(divisor)), m.c(divisor))
    t.ult(t.udiv(low, m.c(divisor)), m.c(256))
  }
  t.urem(t.urem(x, t.bvor(y, m.c(1))), m.c(3))
  if (width <= 8) return
  t.sdiv(low, m.narrow('l', 8))
  t.srem(low, m.narrow('l', 8))
  t.sdiv(low, m.c(10))
}

function bitwise(m: Maker): void {
  const { t, x, y, z, p, q, width } = m
  for (const op of ['bvand', 'bvor', 'bvxor'] as const) {
    t.nary(op, [y, x])
    t.nary(op, [t.nary(op, [z, y]), x])
    t.nary(op, [x, x])
    t.nary(op, [x, t.bvnot(x)])
    t.nary(op, [x, m.c(0)])
    t.nary(op, [x, m.c(-1)])
    t.nary(op, [t.nary(op, [x, m.c(5)]), m.c(3)])
    t.nary(op, [t.bvnot(x), t.bvnot(y)])
    t.nary(op, [t.bvnot(x), y, m.c(6)])
    t.nary(op, [m.flag(p), m.flag(q)])
    t.nary(op, [m.flag(p, 6, 1), m.c(3)])
    t.nary(op, [m.flag(p, 3, 0), x])
    t.nary(op, [m.flag(p, 0, 3), x])
    t.nary(op, [m.narrow('h', 8), m.narrow('l', 8)])
    t.nary(op, [m.narrow('h', 8), x])
    for (const mask of [1n, 0xffn, 0xff00n, 0xffffn, 0x00ff00ffn, 0xff00ff00n, -4n, -256n]) t.nary(op, [x, m.c(mask)])
  }
  t.bvand(x, t.bvor(x, y))
  t.bvand(x, t.bvor(t.bvnot(x), y))
  t.bvor(x, t.bvand(x, y))
  t.bvor(x, t.bvand(t.bvnot(x), y))
  t.bvand(t.bvand(x, y), t.bvor(t.bvnot(x), t.bvnot(y)))
  t.bvnot(t.bvnot(x))
  t.bvnot(t.bvxor(x, m.c(5)))
  t.bvnot(t.concat(x, y))
  t.bvnot(m.flag(p))
  const top = width - 1
  const half = width >> 1
  t.extract(top, half, t.bvand(x, m.c(0x0ff0)))
  t.extract(top, half, t.bvor(t.concat(x, y), t.concat(y, z)))
  t.extract(top, 0, t.bvand(t.concat(x, y), t.concat(y, z)))
  t.extract(half, half, t.bvxor(x, m.c(1)))
  t.extract(top, half, t.bvnot(x))
}

function shifts(m: Maker): void {
  const { t, x, y, p, width } = m
  for (let by = 0; by <= width; by += by < 8 ? 1 : 8) {
    const amount = m.c(by)
    for (const shifted of [t.shl(x, amount), t.lshr(x, amount), t.ashr(x, amount)])
      t.extract(width - 1, width >> 1, shifted)
    t.rotl(x, amount)
    t.rotr(x, amount)
  }
  t.rotl(x, y)
  t.shl(m.c(0), y)
  const large = t.bvor(y, m.c(width))
  t.shl(x, large)
  t.ashr(x, large)
  for (const by of [t.shl, t.lshr, t.ashr]) by.call(t, x, m.flag(p, 1, 3))
  for (const more of [1, 8, 32]) {
    const signed = t.signExtend(more, x)
    t.signExtend(more, signed)
    t.zeroExtend(more, x)
    t.signExtend(more, t.zeroExtend(more, x))
    t.signExtend(more, t.concat(x, y))
    t.signExtend(more, m.flag(p))
    t.signExtend(more, t.lshr(x, t.bvor(y, m.c(1))))
    t.extract(width - 1, 0, signed)
    t.extract(width + more - 1, width - 1, signed)
    t.extract(width + more - 1, width, signed)
    t.extract(width + more - 1, width >> 1, signed)
  }
}

/** Bytes put together and taken apart. */
function bytes(m: Maker): void {
  const { t, x, y, p, width } = m
  const count = width >> 3
  const each = Array.from({ length: count }, (_, i) => t.byte(i, x))
  const loaded = Array.from({ length: count }, (_, i) => t.variable(`b${i}`, bitVecSort(8)))
  t.concat(...each.toReversed())
  const swapped = t.concat(...each)
  t.concat(...each.map((byte) => t.bvnot(byte)).toReversed())
  t.eq(swapped, m.c(0x0a00_0001))
  t.ite(p, swapped, t.concat(...loaded))
  t.extract(width - 1, 1, t.ite(p, swapped, t.concat(...loaded)))
  t.ite(p, t.zeroExtend(8, x), t.zeroExtend(8, y))
  t.ite(p, t.zeroExtend(8, x), t.bv(5, width + 8))
  let little = m.narrow('b0', 8)
  let big = m.narrow('b0', 8)
  for (let i = 1; i < count; i++) {
    little = t.bvor(little, t.shl(m.narrow(`b${i}`, 8), m.c(8 * i)))
    big = t.add(t.shl(big, m.c(8)), m.narrow(`b${i}`, 8))
  }
  t.eq(little, big)
  const low = m.narrow('h', 8)
  const sum = t.add(low, m.narrow('l', 8))
  t.extract(7, 0, sum)
  t.extract(7, 0, t.mul(low, m.narrow('l', 8)))
  t.extract(7, 0, t.neg(low))
  t.extract(7, 0, t.add(t.mul(m.c(5), low), m.c(1)))
  t.lshr(sum, m.c(8))
  t.extract(width - 1, width >> 1, sum)
  t.extract(width - 1, 1, t.ite(p, low, m.c(3)))
  t.extract(width - 1, 1, m.flag(p, 2, 5))
  t.concat(m.flag(p), t.bv(3, 8))
  t.concat(t.bv(0, 8), t.bv(1, 8), x)
  // Steps of the interval analysis.
  t.ult(t.mul(low, m.narrow('l', 8)), m.c(0xffff))
  t.ult(t.bvxor(sum, low), m.c(0x200))
  t.ult(t.bvor(sum, low), m.c(0x200))
  t.ult(t.bvand(sum, y), m.c(0x200))
  t.ult(t.lshr(sum, low), m.c(0x200))
  t.ult(t.bvnot(sum), m.c(3))
  t.ult(t.ite(p, sum, low), m.c(0x200))
  t.ult(t.udiv(sum, t.add(low, m.c(1))), m.c(0x200))
  t.toInt(low)
  t.toInt(m.flag(p))
}

function conditions(m: Maker): void {
  const { t, x, y, z, p, q } = m
  const same = t.ite(p, x, y)
  t.ite(p, same, z)
  t.ite(p, z, same)
  t.ite(q, same, x)
  t.ite(q, same, y)
  t.ite(q, x, same)
  t.ite(q, y, same)
  t.ite(t.not(p), x, y)
  t.ite(p, x, x)
  t.ite(t.eq(x, y), x, y)
  t.ite(t.eq(x, m.c(5)), m.c(5), x)
  for (const op of [t.udiv, t.urem, t.sdiv, t.srem, t.mul, t.add]) {
    op.call(t, m.flag(p, 7, 2), m.c(3))
    op.call(t, m.c(7), m.flag(p, 3, 2))
  }
  t.neg(m.flag(p))
  t.ult(m.flag(p), m.c(1))
  t.slt(m.c(0), m.flag(p))
}

function equalities(m: Maker): void {
  const { t, x, y, z, p } = m
  t.eq(y, x)
  t.eq(x, x)
  t.eq(x, t.bvnot(x))
  t.eq(m.c(1), x)
  t.eq(t.extract(0, 0, x), t.bv(0, 1))
  t.eq(t.bvnot(x), t.bvnot(y))
  t.eq(t.bvnot(x), m.c(5))
  t.eq(t.bvxor(x, m.c(5)), m.c(3))
  t.eq(t.bvxor(x, y), m.c(0))
  t.eq(t.add(x, m.c(5)), m.c(3))
  t.eq(t.add(x, y), t.add(x, z))
  t.eq(t.add(x, m.c(14)), t.add(y, m.c(16)))
  t.eq(t.sub(x, y), m.c(0))
  t.eq(t.neg(x), m.c(3))
  t.eq(t.sub(t.neg(x), y), m.c(3))
  t.eq(t.add(t.mul(m.c(3), x), y), t.add(x, z))
  t.eq(t.concat(x, y), t.concat(z, x))
  t.eq(t.concat(x, y), t.bv(1, 2 * m.width))
  t.eq(t.concat(t.bv(1, 3), x), t.concat(z, t.bv(1, 3)))
  t.eq(m.flag(p), m.c(0))
  t.eq(m.flag(p), m.c(1))
  t.eq(t.ite(p, x, m.c(1)), m.c(1))
  t.eq(t.ite(p, m.c(0), x), m.c(1))
  t.eq(t.signExtend(8, x), t.signExtend(8, y))
  t.eq(t.signExtend(8, x), t.bv(-1, m.width + 8))
  t.eq(t.signExtend(8, x), t.bv(1n << BigInt(m.width + 6), m.width + 8))
  t.eq(t.urem(x, m.c(3)), m.c(5))
  t.eq(t.urem(x, m.c(3)), m.c(1))
}

function comparisons(m: Maker): void {
  const { t, x, y, z, p } = m
  const wide = m.width + 8
  for (const value of [0, 1, 2, -2, -1]) {
    for (const compare of [t.ult, t.ule, t.slt, t.sle]) {
      compare.call(t, x, m.c(value))
      compare.call(t, m.c(value), x)
    }
  }
  for (const compare of [t.ult, t.ule, t.slt, t.sle]) {
    compare.call(t, x, x)
    compare.call(t, t.zeroExtend(8, x), t.zeroExtend(8, y))
    compare.call(t, t.zeroExtend(8, x), t.bv(1, wide))
    compare.call(t, t.zeroExtend(8, x), t.bv(-1, wide))
    compare.call(t, t.concat(t.bv(1, 8), x), t.concat(t.bv(2, 8), y))
    compare.call(t, t.concat(t.bv(-1, 8), x), t.concat(t.bv(-1, 8), y))
    compare.call(t, t.concat(x, y), t.concat(x, z))
    compare.call(t, t.signExtend(8, x), t.signExtend(8, y))
    compare.call(t, t.signExtend(8, x), t.bv(1, wide))
    compare.call(t, m.flag(p), m.c(1))
  }
  t.slt(t.concat(t.bv(-1, 8), x), t.zeroExtend(8, y))
  t.slt(t.zeroExtend(8, y), t.concat(t.bv(-1, 8), x))
}

function arrays(m: Maker): void {
  const { t, x, y } = m
  const sort = arraySort(bitVecSort(m.width), bitVecSort(8))
  const a = t.variable(`a${m.width}`, sort)
  const [v, w] = [t.variable('v', bitVecSort(8)), t.variable('w', bitVecSort(8))]
  const stored = t.store(a, x, v)
  t.select(stored, x)
  t.select(stored, y)
  t.select(t.store(t.store(a, m.c(1), v), m.c(0), w), m.c(1))
  t.select(t.store(a, m.c(1), v), m.c(0))
  t.select(t.constArray(sort, v), x)
  t.store(stored, x, w)
  t.store(a, x, t.select(a, x))
  t.store(t.store(a, m.c(1), v), m.c(0), w)
  t.eq(stored, a)
}
