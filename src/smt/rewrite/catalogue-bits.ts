/** The catalogue's sums, quotients, bitwise operations, shifts and bytes. */
import { bitVecSort } from '../sorts.js'
import type { Maker } from './catalogue-maker.js'

export function sums(m: Maker): void {
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

export function divisions(m: Maker): void {
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

export function bitwise(m: Maker): void {
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

export function shifts(m: Maker): void {
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
export function bytes(m: Maker): void {
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
  t.extract(width - 1, 1, t.ite(p, m.c(6), t.ite(t.eq(x, y), m.c(1), m.c(9))))
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
