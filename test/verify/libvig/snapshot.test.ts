import test from 'ava'

import { type Term, Terms } from '../../../src/smt/index.js'
import type { Named } from '../../../src/verify/libvig/cells.js'
import { Naming } from '../../../src/verify/libvig/naming.js'
import { Snapshot } from '../../../src/verify/libvig/snapshot.js'

const terms = new Terms()
const names = Naming.known(terms, 2)
const byte = (value: number): Term => terms.bv(value, 8)

function snapshot(fixed: Map<number, Term>, cells: readonly Map<number, Term>[], naming = names): Snapshot {
  const named: Named = { start: 64, stride: 4, names: naming, cells }
  return new Snapshot(terms, fixed, [named], new Map())
}

test('snapshots are the same but for a byte at an address or in a cell; a byte that was never written is 0', (t) => {
  const whole = snapshot(new Map([[8, byte(1)]]), [new Map([[0, byte(2)]]), new Map()])
  const same = snapshot(
    new Map([
      [8, byte(1)],
      [9, byte(0)],
    ]),
    [new Map([[0, byte(2)]]), new Map([[3, byte(0)]])],
  )
  t.is(whole.same(same), terms.true)
  t.is(same.same(whole), terms.true)
  const others = [
    snapshot(new Map([[8, byte(7)]]), [new Map([[0, byte(2)]]), new Map()]),
    snapshot(new Map(), [new Map([[0, byte(2)]]), new Map()]),
    snapshot(new Map([[8, byte(1)]]), [new Map([[0, byte(2)]]), new Map([[3, byte(1)]])]),
    snapshot(new Map([[8, byte(1)]]), [new Map(), new Map()]),
  ]
  for (const other of others) {
    t.is(whole.same(other), terms.false)
    t.is(other.same(whole), terms.false)
  }
})

test('cells of other names are not compared', (t) => {
  const cells = [new Map<number, Term>(), new Map<number, Term>()]
  const other = snapshot(new Map(), cells, Naming.known(terms, 2))
  t.throws(() => snapshot(new Map(), cells).same(other), { instanceOf: RangeError })
})

test('what is written later, to the memory or to a copy, is not in a snapshot', (t) => {
  const cell = new Map([[1, byte(5)]])
  const fixed = new Map([[8, byte(1)]])
  const before = snapshot(fixed, [cell, new Map()])
  const copy = before.copy()
  cell.set(1, byte(6))
  fixed.set(8, byte(6))
  copy.fixed.set(9, byte(6))
  copy.named[0]?.cells[1]?.set(0, byte(6))
  const bytes = before.bytes()
  t.is(bytes.get(8), byte(1))
  t.false(bytes.has(9))
  t.is(bytes.get(65), byte(5))
  t.is(bytes.get(68), byte(0))
})
