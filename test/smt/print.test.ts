import test from 'ava'
import fc from 'fast-check'

import {
  arraySort,
  bitVecSort,
  boolSort,
  intSort,
  printQuery,
  ScriptPrinter,
  type Term,
  Terms,
} from '../../src/smt/index.js'
import { readSExprs, readValue } from '../../src/smt/sexpr.js'
import { ArrayValue } from '../../src/smt/value.js'
import { cook, recipe } from './recipes.js'

test('the same terms give the same text, whatever else was built', (t) => {
  fc.assert(
    fc.property(recipe, recipe, (one, other) => {
      const texts = [false, true].map((isBusy) => {
        const terms = new Terms()
        const made = cook(terms.raw, one)
        if (isBusy) cook(terms, { ...other, width: one.width })
        return printQuery(made.filter(({ sort }) => sort.kind === 'bool'))
      })
      return texts[0] === texts[1]
    }),
    { numRuns: 100 },
  )
  t.pass()
})

test('what is used twice is defined once: the text is as long as the graph', (t) => {
  const { raw } = new Terms()
  let term = raw.variable('x', bitVecSort(8))
  for (let i = 0; i < 200; i++) term = raw.add(term, term)
  const text = printQuery([raw.eq(term, term)])
  t.true(text.length < 200 * 60)
  t.is(text.match(/bvadd/g)?.length, 200)
})

test('names that SMT-LIB cannot take as they are, are quoted or changed, and stay different', (t) => {
  const { raw } = new Terms()
  const names = [
    'x',
    'packet.length',
    'a b',
    '1st',
    'bvadd',
    'true',
    'let',
    '.hidden',
    '@it',
    'π'.replace('π', 'pi'),
    'ünicode'.slice(1),
  ]
  const text = printQuery(names.map((name) => raw.variable(name, boolSort)))
  const declared = [...text.matchAll(/declare-fun (\|[^|]*\||\S+) \(\)/g)].map(([, name]) => name)
  t.deepEqual(declared, [
    'x',
    'packet.length',
    '|a b|',
    '|1st|',
    '$bvadd',
    '$true',
    '$let',
    '$.hidden',
    '$@it',
    '$pi',
    'nicode',
  ])
})

test('the logic is the smallest that holds the sorts in use', (t) => {
  const { raw } = new Terms()
  const [p, i, x] = [raw.variable('p', boolSort), raw.variable('i', intSort), raw.variable('x', bitVecSort(8))]
  const a = raw.variable('a', arraySort(bitVecSort(8), bitVecSort(8)))
  const f = raw.declareFunction('f', [bitVecSort(8)], bitVecSort(8))
  const zero = raw.bv(0, 8)
  const logic = (term: Term) => /set-logic (\S+)\)/.exec(printQuery([term]))?.[1]
  t.is(logic(p), 'QF_UF')
  t.is(logic(raw.intLe(i, i)), 'QF_LIA')
  t.is(logic(raw.eq(x, zero)), 'QF_BV')
  t.is(logic(raw.eq(raw.apply(f, x), zero)), 'QF_UFBV')
  t.is(logic(raw.eq(raw.select(a, x), zero)), 'QF_ABV')
  t.is(logic(raw.eq(raw.select(a, raw.apply(f, x)), zero)), 'QF_AUFBV')
  t.is(logic(raw.eq(raw.toInt(x), i)), 'ALL')
})

test('a script forgets what was declared and defined in a level that was popped', (t) => {
  const { raw } = new Terms()
  const x = raw.variable('x', bitVecSort(8))
  const shared = raw.mul(x, x)
  const term = raw.eq(raw.add(shared, shared), x)
  const printer = new ScriptPrinter()
  printer.push()
  t.regex(printer.assert(term), /declare-fun x[\s\S]*define-fun \$1/)
  t.notRegex(printer.assert(term), /declare|define/)
  printer.pop()
  t.regex(printer.assert(term), /declare-fun x[\s\S]*define-fun \$2/)
})

test('expressions of solvers are read: quotes, comments, strings, nesting', (t) => {
  t.deepEqual(readSExprs('(a |b c| "d "" (e" ; f)\n (g))'), [['a', 'b c', '"d "" (e"', ['g']]])
  t.deepEqual(readSExprs('sat\n'), ['sat'])
  for (const wrong of ['(a', 'a)', '(|a)', '"a']) t.is(readSExprs(wrong), undefined)
  t.is(readSExprs('('.repeat(100_000) + ')'.repeat(100_000))?.length, 1)
})

test('values are read in every form that a solver prints, and nothing else is', (t) => {
  const byte = bitVecSort(8)
  const array = arraySort(byte, byte)
  const read = (text: string, sort: Parameters<typeof readValue>[1]) => {
    const [expr] = readSExprs(text) ?? []
    return expr === undefined ? undefined : readValue(expr, sort)
  }
  t.is(read('#x0a', byte), 10n)
  t.is(read('#b00001010', byte), 10n)
  t.is(read('(_ bv10 8)', byte), 10n)
  t.is(read('(- 10)', intSort), -10n)
  t.is(read('true', boolSort), true)
  const stored = read('(store (store ((as const (Array (_ BitVec 8) (_ BitVec 8))) #x00) #x01 #x02) #x01 #x03)', array)
  t.deepEqual(stored, new ArrayValue(array, 0n, [[1n, 3n]]))
  const named = read('(let ((a!1 ((as const (Array (_ BitVec 8) (_ BitVec 8))) #x00))) (store a!1 #x01 #x03))', array)
  t.deepEqual(named, stored)
  for (const wrong of ['#x0', '#b1', '(_ bv300 8)', '(_ bv10 9)', '10', 'x', '(bvadd #x01 #x02)'])
    t.is(read(wrong, byte), undefined)
  t.is(read('maybe', boolSort), undefined)
  t.is(read('(_ as-array k!0)', array), undefined)
})

test('arrays are equal where all their elements are, also over few indices', (t) => {
  const bit = arraySort(bitVecSort(1), bitVecSort(8))
  t.deepEqual(new ArrayValue(bit, 0n, [[1n, 5n]]), new ArrayValue(bit, 5n, [[0n, 0n]]))
  t.deepEqual(
    new ArrayValue(bit, 9n, [
      [0n, 1n],
      [1n, 1n],
    ]),
    new ArrayValue(bit, 1n),
  )
})
