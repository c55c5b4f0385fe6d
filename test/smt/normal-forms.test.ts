import test from 'ava'

import { bitVecSort, boolSort, type Term, Terms } from '../../src/smt/index.js'

const t = new Terms()
const c = (value: number | bigint, width = 32) => t.bv(value, width)
const bytes = Array.from({ length: 8 }, (_, i) => t.variable(`b${i}`, bitVecSort(8)))
const x = t.variable('x', bitVecSort(32))
const y = t.variable('y', bitVecSort(32))
const p = t.variable('p', boolSort)
const wide = (term: Term) => t.zeroExtendTo(32, term)

function byte(at: number): Term {
  return bytes[at] ?? t.bv(0, 8)
}

/** The bytes from `from`, the first the least significant, as a 32-bit load of WebAssembly gives them. */
function load(from: number): Term {
  let word = wide(byte(from))
  for (let i = 1; i < 4; i++) word = t.bvor(word, t.shl(wide(byte(from + i)), c(8 * i)))
  return word
}

const field = t.concat(byte(0), byte(1), byte(2), byte(3))

test('a little-endian load of single bytes is their concat', (a) => {
  a.is(load(0), t.concat(byte(3), byte(2), byte(1), byte(0)))
})

const swaps: Record<string, (word: Term) => Term> = {
  'two rotations of masked halves': (w) =>
    t.bvor(t.bvand(t.rotl(w, c(8)), c(0x00ff00ff)), t.bvand(t.rotr(w, c(8)), c(0xff00ff00))),
  'rotations after masks': (w) =>
    t.bvor(t.rotl(t.bvand(w, c(0xff00ff00)), c(8)), t.rotr(t.bvand(w, c(0x00ff00ff)), c(8))),
  'four shifts and masks': (w) =>
    t.bvor(
      t.bvor(t.shl(w, c(24)), t.bvand(t.shl(w, c(8)), c(0xff0000))),
      t.bvor(t.bvand(t.lshr(w, c(8)), c(0xff00)), t.lshr(w, c(24))),
    ),
  'shifts and masks added up': (w) =>
    t.add(
      t.add(t.shl(w, c(24)), t.shl(t.bvand(w, c(0xff00)), c(8))),
      t.add(t.bvand(t.lshr(w, c(8)), c(0xff00)), t.lshr(w, c(24))),
    ),
}

for (const [how, swap] of Object.entries(swaps)) {
  test(`a byte swap by ${how} is the big-endian field, and undoes itself`, (a) => {
    a.is(swap(load(0)), field)
    a.is(swap(swap(x)), x)
  })
}

test('a swap of 16 bits within 32 is the field, extended by zeros', (a) => {
  const half = wide(t.concat(byte(1), byte(0)))
  const swapped = t.bvand(t.bvor(t.shl(half, c(8)), t.lshr(half, c(8))), c(0xffff))
  a.is(swapped, wide(t.concat(byte(0), byte(1))))
})

test('a 64-bit load cut to its halves is two fields', (a) => {
  let word = t.zeroExtendTo(64, byte(0))
  for (let i = 1; i < 8; i++) word = t.bvor(word, t.shl(t.zeroExtendTo(64, byte(i)), c(8 * i, 64)))
  a.is(t.extract(31, 0, word), load(0))
  a.is(t.extract(31, 0, t.lshr(word, c(32, 64))), load(4))
})

test('a field against a constant comes apart into bytes', (a) => {
  const parts = [10, 0, 0, 1].map((value, i) => t.eq(byte(i), c(value, 8)))
  a.is(t.eq(field, c(0x0a000001)), t.all(parts))
  a.is(t.eq(t.bvand(load(0), c(0xf0)), c(0x40)), t.eq(t.extract(7, 4, byte(0)), c(4, 4)))
})

test('truth values that went through integers are truth values again', (a) => {
  const [less, same] = [t.ult(x, y), t.eq(x, c(7))]
  const asInt = (truth: Term) => t.fromBool(truth, 32)
  a.is(t.isNonZero(asInt(less)), less)
  a.is(t.isNonZero(asInt(t.eq(asInt(less), c(0)))), t.not(less))
  a.is(t.isNonZero(t.bvand(asInt(less), asInt(same))), t.and(less, same))
  a.is(t.isNonZero(t.bvor(asInt(less), asInt(same))), t.or(less, same))
  a.is(t.eq(t.bvxor(asInt(less), c(1)), c(1)), t.not(less))
})

test('sums have one form, whatever the order, and cancel', (a) => {
  a.is(t.add(t.add(x, c(12)), t.add(y, c(4))), t.add(y, t.add(c(16), x)))
  a.is(t.sub(t.add(x, y), x), y)
  a.is(t.add(t.bvnot(x), c(1)), t.neg(x))
  a.is(t.add(t.mul(c(13), x), t.mul(x, c(3))), t.shl(x, c(4)))
  a.is(t.eq(t.sub(t.add(x, c(16)), c(2)), t.add(y, c(14))), t.eq(x, y))
})

test('a checksum step by masks and shifts is the one by extracts', (a) => {
  const word = (at: number) => t.concat(byte(at), byte(at + 1))
  const fold = (sum: Term) => t.add(t.bvand(sum, c(0xffff)), t.lshr(sum, c(16)))
  const foldByParts = (sum: Term) => t.add(wide(t.extract(15, 0, sum)), wide(t.extract(31, 16, sum)))
  const ofNf = t.add(t.add(t.bvxor(wide(word(0)), c(0xffff)), t.bvxor(wide(word(2)), c(0xffff))), wide(word(4)))
  const ofSpec = t.add(wide(word(4)), t.add(wide(t.bvnot(word(2))), wide(t.bvnot(word(0)))))
  const result = t.extract(15, 0, t.bvnot(fold(fold(ofNf))))
  a.is(result, t.bvnot(t.extract(15, 0, foldByParts(foldByParts(ofSpec)))))
})

test('ranges decide comparisons and cut widths', (a) => {
  const small = wide(byte(0))
  a.is(t.ult(small, c(256)), t.true)
  a.is(t.ult(t.add(small, wide(byte(1))), c(511)), t.true)
  a.is(t.ult(c(510), t.add(small, wide(byte(1)))), t.false)
  a.is(t.slt(small, c(0)), t.false)
  a.is(t.slt(small, c(5)), t.ult(byte(0), c(5, 8)))
  a.is(t.urem(small, c(300)), small)
  a.is(t.lshr(t.add(small, wide(byte(1))), c(9)), c(0))
  a.deepEqual(t.range(t.add(small, c(14))), { lo: 14n, hi: 269n })
})

test('memory that was written is read back', (a) => {
  const memory = t.variable('memory', { kind: 'array', index: bitVecSort(32), element: bitVecSort(8) })
  const written = t.store(t.store(memory, c(8), byte(0)), c(4), byte(1))
  a.is(t.select(written, c(8)), byte(0))
  a.is(t.select(written, c(5)), t.select(memory, c(5)))
  a.is(written, t.store(t.store(memory, c(4), byte(1)), c(8), byte(0)))
  a.not(t.select(written, x), byte(0))
})

test('conditions merge', (a) => {
  const q = t.variable('q', boolSort)
  a.is(t.ite(p, t.true, q), t.or(p, q))
  a.is(t.ite(p, t.ite(p, x, y), y), t.ite(p, x, y))
  a.is(t.ite(p, x, t.ite(q, x, y)), t.ite(t.or(p, q), x, y))
  a.is(t.and(p, t.or(p, q)), p)
  a.is(t.and(p, t.or(t.not(p), q)), t.and(p, q))
  a.is(t.and(t.eq(x, c(1)), t.eq(x, c(2))), t.false)
})
