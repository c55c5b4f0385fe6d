import test from 'ava'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { bitVecSort, Terms } from '../../../src/smt/index.js'
import { type Base, Pointer, type Structure } from '../../../src/verify/machine/index.js'
import { sameAddress } from '../../../src/verify/machine/same-address.js'

const terms = new Terms()
const integers = new Integers(terms)
const vector = (name: string): Structure => ({ name, kind: 'vector', sizes: [], origin: 'nf_init' })
const [keys, values] = [vector('keys'), vector('values')]
const index = (name: string) => integers.unsigned(terms.variable(name, bitVecSort(16)))
const cell = (from: Structure, at = index('i'), part: 'cell' | 'value' = 'cell'): Base => ({
  kind: 'loan',
  from,
  part,
  access: 'write',
  index: at,
  cell: undefined,
  isOpen: true,
})
const start = (base: Base, offset = 0): Pointer => new Pointer(base, terms.bv(offset, 32))
const same = (left: Pointer, right: Pointer | number) =>
  sameAddress(terms, left, typeof right === 'number' ? terms.bv(right, 32) : right)

test('cells are the same where vector and index are', (t) => {
  t.is(same(start(cell(keys)), start(cell(keys))), terms.true)
  t.is(same(start(cell(keys)), start(cell(values))), terms.false)
  const [i, j] = [index('i'), index('j')]
  t.is(same(start(cell(keys, i)), start(cell(keys, j))), terms.eq(i.term, j.term))
})

test('addresses through one base are the same where their offsets are', (t) => {
  const base = cell(keys)
  t.is(same(start(base, 4), start(base, 4)), terms.true)
  t.is(same(start(base, 4), start(base, 8)), terms.false)
})

test("a cell is nowhere in the function's own memory", (t) => {
  t.is(same(start(cell(keys)), 0x10000), terms.false)
  t.is(same(start(cell(keys)), 0xfffff), terms.false)
})

test('nothing is said where it cannot be told', (t) => {
  t.is(same(start(cell(keys)), 0x1200000), undefined, 'in the heap of libVig')
  t.is(same(start(cell(keys), 4), start(cell(keys), 4)), undefined, 'of two loans, inside')
  t.is(same(start(cell(keys), 4), 0x10000), undefined)
  t.is(same(start(cell(keys)), start({ kind: 'packet' })), undefined)
  t.is(
    same(start(cell(keys, index('i'), 'value')), start(cell(keys, index('i'), 'value'))),
    undefined,
    'may have no bytes',
  )
})
