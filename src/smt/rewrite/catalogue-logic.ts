/** The catalogue's conditions, equalities, comparisons, arrays and integers. */
import { arraySort, bitVecSort, boolSort, intSort } from '../sorts.js'
import type { Terms } from '../terms.js'
import type { Maker } from './catalogue-maker.js'

export function truths(t: Terms): void {
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

export function integers(t: Terms): void {
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

export function conditions(m: Maker): void {
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

export function equalities(m: Maker): void {
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
  if (m.width > 8) t.eq(t.extract(7, 0, x), t.concat(t.bv(1, 5), t.extract(2, 0, y)))
  t.eq(t.ite(p, x, y), t.ite(p, x, z))
  t.eq(t.ite(p, y, x), t.ite(p, z, x))
  for (let high = 1; high < m.width; high += high < 8 ? 1 : 8) {
    const slices = (hi: number, lo: number) => t.eq(t.extract(hi, lo, x), t.extract(hi, lo, y))
    t.and(slices(high, high), slices(high - 1, 0))
    t.and(slices(high - 1, 0), p, slices(m.width - 1, high))
    const [low, top] = [m.width - high - 1, m.width - 1]
    // At different places of the two.
    t.and(
      t.eq(t.extract(top, top, x), t.extract(high, high, y)),
      t.eq(t.extract(top - 1, low, x), t.extract(high - 1, 0, y)),
    )
  }
  t.eq(t.signExtend(8, x), t.signExtend(8, y))
  t.eq(t.signExtend(8, x), t.bv(-1, m.width + 8))
  t.eq(t.signExtend(8, x), t.bv(1n << BigInt(m.width + 6), m.width + 8))
  t.eq(t.urem(x, m.c(3)), m.c(5))
  t.eq(t.urem(x, m.c(3)), m.c(1))
}

export function comparisons(m: Maker): void {
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

export function arrays(m: Maker): void {
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
