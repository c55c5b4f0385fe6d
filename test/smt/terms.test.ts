import test from 'ava'

import { arraySort, bitVecSort, boolSort, intSort, maxWidth, SortError, Terms } from '../../src/smt/index.js'

function variables(terms: Terms | Terms['raw']) {
  const byte = bitVecSort(8)
  return { x: terms.variable('x', byte), y: terms.variable('y', byte), w: terms.variable('w', bitVecSort(16)) }
}

test('the same term is the same object, however often it is built', (t) => {
  const terms = new Terms()
  const { x, y } = variables(terms)
  t.is(terms.add(x, y), terms.add(x, y))
  t.is(terms.add(x, y), terms.add(y, x))
  t.not(terms.raw.add(x, y), terms.raw.add(y, x))
  t.is(terms.bv(255, 8), terms.bv(-1, 8))
  t.is(terms.variable('x', bitVecSort(8)), x)
  t.not(terms.bv(1, 8), terms.bv(1, 9))
})

test('many terms stay apart: hashing only finds what is equal', (t) => {
  const raw = new Terms().raw
  const { x } = variables(raw)
  const made = new Set()
  let sum = x
  for (let i = 0; i < 50_000; i++) {
    sum = raw.add(sum, raw.bv(i % 7, 8))
    made.add(sum)
    made.add(raw.extract(i % 8, i % 8, sum))
  }
  t.is(made.size, 100_000)
})

test('arguments have smaller ids than what is built from them', (t) => {
  const terms = new Terms()
  const { x, y } = variables(terms)
  const sum = terms.udiv(terms.mul(x, y), terms.bvxor(x, y))
  t.true(sum.args.every((arg) => arg.id < sum.id))
})

test('a wrong sort, width or number is refused at once, by name', (t) => {
  const terms = new Terms()
  const { x, y, w } = variables(terms)
  const p = terms.variable('p', boolSort)
  const i = terms.variable('i', intSort)
  const a = terms.variable('a', arraySort(bitVecSort(8), bitVecSort(16)))
  const f = terms.declareFunction('f', [bitVecSort(8), boolSort], intSort)
  const wrong: [string, () => unknown][] = [
    ['add', () => terms.add(x, w)],
    ['bvand', () => terms.bvand(x, p)],
    ['neg', () => terms.neg(p)],
    ['not', () => terms.not(x)],
    ['and', () => terms.and(p, x)],
    ['iff', () => terms.iff(x, x)],
    ['eq', () => terms.eq(x, w)],
    ['eq', () => terms.eq(i, x)],
    ['ite', () => terms.ite(x, x, y)],
    ['ite', () => terms.ite(p, x, w)],
    ['ult', () => terms.ult(x, w)],
    ['extract', () => terms.extract(8, 0, x)],
    ['extract', () => terms.extract(3, 4, x)],
    ['extract', () => terms.extract(3, 0.5, x)],
    ['concat', () => terms.concat(x, i)],
    ['zeroExtendTo', () => terms.zeroExtendTo(4, x)],
    ['signExtend', () => terms.signExtend(maxWidth, x)],
    ['bv', () => terms.bv(256, 8)],
    ['bv', () => terms.bv(-129, 8)],
    ['bitVecSort', () => terms.bv(0, 0)],
    ['bitVecSort', () => bitVecSort(maxWidth + 1)],
    ['bitVecSort', () => bitVecSort(1.5)],
    ['select', () => terms.select(a, w)],
    ['select', () => terms.select(x, x)],
    ['store', () => terms.store(a, x, x)],
    ['intAdd', () => terms.intAdd(i, x)],
    ['intMod', () => terms.intMod(i, 0)],
    ['toInt', () => terms.toInt(p)],
    ['apply', () => terms.apply(f, x)],
    ['apply f', () => terms.apply(f, p, x)],
    ['declareFunction', () => terms.declareFunction('g', [], boolSort)],
    ['symbol', () => terms.variable('x', boolSort)],
    ['symbol', () => terms.declareFunction('f', [boolSort], intSort)],
    ['symbol', () => terms.variable('a|b', boolSort)],
    ['symbol', () => terms.variable('$1', boolSort)],
    ['symbol', () => terms.variable('', boolSort)],
  ]
  for (const [operation, build] of wrong) {
    t.is(t.throws(build, { instanceOf: SortError })?.operation, operation, String(build))
  }
})

test('fresh variables never meet a name in use', (t) => {
  const terms = new Terms()
  const sort = boolSort
  t.is(terms.fresh('v', sort).symbol?.name, 'v')
  terms.variable('v!2', sort)
  t.is(terms.fresh('v', sort).symbol?.name, 'v!1')
  t.is(terms.fresh('v', sort).symbol?.name, 'v!3')
})

test('the widest bit vectors work', (t) => {
  const terms = new Terms()
  const x = terms.variable('x', bitVecSort(maxWidth))
  t.is(terms.add(x, terms.bv(-1, maxWidth)).width, maxWidth)
  t.is(terms.shl(x, terms.bv(maxWidth - 1, maxWidth)).op, 'concat')
})
