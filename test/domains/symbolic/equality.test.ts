import test from 'ava'

import { expiringMapKeeps, expiringMapsEqual, indexAllocatorsEqual } from '../../../src/domains/symbolic/equality.js'
import { SymbolicExpiringMap } from '../../../src/domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../../../src/domains/symbolic/expiring-map-base.js'
import { SymbolicIndexAllocator } from '../../../src/domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../../../src/domains/symbolic/index-allocator-base.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import type { Path } from '../../../src/domains/symbolic/path.js'
import { bitVecSort, openSyncSolver, type SyncSolver, type Term, Terms } from '../../../src/smt/index.js'
import { explore } from '../../../src/verify/exploration/explore.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

interface Given {
  readonly path: Path
  readonly a: SymbolicExpiringMap
  readonly b: SymbolicExpiringMap
  readonly key: Term
  readonly value: Term
  readonly now: Integer
  readonly threshold: Integer
}

function given(path: Path): Given {
  const integers = new Integers(path.terms)
  const number = (name: string) => integers.unsigned(path.terms.variable(name, bitVecSort(62)))
  const [now, last] = [number('now'), number('last')]
  path.assume(integers.le(last, now))
  const byte = bitVecSort(8)
  const refinements = ({ value }: { readonly value: Term | undefined }) =>
    value === undefined ? [] : [path.terms.ult(value, path.terms.bv(4, 8))]
  const shape = { name: 'm', capacity: integers.of(1000n), keyBits: 32, valueBits: 8, refinements }
  const a = new SymbolicExpiringMap(new ExpiringMapBase({ path, integers, last }, shape, 'arbitrary'))
  const key = path.terms.variable('key', bitVecSort(32))
  const value = path.terms.variable('value', byte)
  path.assume(path.terms.ult(value, path.terms.bv(4, 8)))
  return { path, a, b: a.over(), key, value, now, threshold: integers.sub(now, integers.of(300n)) }
}

/** What of two maps is not proved equal after updates of both. */
function differences(update: (given: Given) => void): string[] {
  const terms = new Terms()
  const { paths } = explore(
    (path) => {
      const all = given(path)
      update(all)
      for (const { what, holds } of expiringMapsEqual(all.a, all.b, all.threshold)) {
        path.oblige({ guarantee: 'state', what, place: undefined, holds })
      }
      for (const { what, holds } of expiringMapKeeps(all.a, all.now)) {
        path.oblige({ guarantee: 'state', what, place: undefined, holds })
      }
    },
    { terms, solver },
  )
  const found = paths.flatMap(({ obligations }) => obligations.filter(({ answer }) => answer.kind !== 'holds'))
  return [...new Set(found.map(({ obligation }) => obligation.what))]
}

/** Inserts the key at a slot that is free, where it is absent; the same on every run. */
function insert({ path, now, value, key }: Given, map: SymbolicExpiringMap): void {
  const { integers } = map.base.scope
  const slot = integers.unsigned(path.terms.variable('slot', bitVecSort(10)))
  if (path.decide(map.has(key))) map.refresh(map.slotOf(key), now)
  else if (path.decide(integers.lt(map.count(), map.capacity))) {
    path.assume(path.terms.and(integers.lt(slot, map.capacity), path.terms.not(map.used(slot))))
    map.insert(slot, key, now, value)
  }
}

test('the same updates are equal, however often and when the old is expired', (t) => {
  const found = differences((all) => {
    all.a.expire(all.threshold)
    insert(all, all.a)
    all.b.expire(all.threshold)
    insert(all, all.b)
    all.b.expire(all.threshold)
  })
  t.deepEqual(found, [])
})

test('one that has expired is equal to one that will', (t) => {
  t.deepEqual(
    differences(({ a, threshold }) => a.expire(threshold)),
    [],
  )
})

test('values set in two steps are equal to values set at once', (t) => {
  const found = differences(({ a, b, key, value, now, path }) => {
    if (!path.decide(a.has(key))) return
    a.refresh(a.slotOf(key), now)
    a.setValue(a.slotOf(key), value)
    b.setValue(b.slotOf(key), path.terms.bv(3, 8))
    b.setValue(b.slotOf(key), value)
    b.refresh(b.slotOf(key), now)
  })
  t.deepEqual(found, [])
})

test('a refresh that one forgets shows in the times', (t) => {
  const found = differences(({ a, b, key, now, path }) => {
    b.expire(now)
    if (path.decide(a.has(key))) a.refresh(a.slotOf(key), now)
  })
  t.true(found.includes('m: which keys there are') || found.includes('m: the time of each slot in use'))
})

test('an entry that one has more shows in its key and in the count', (t) => {
  const found = differences((all) => insert(all, all.a))
  t.true(found.includes('m: which keys there are'))
})

test('a value that its type does not allow shows', (t) => {
  const found = differences(({ a, b, key, path }) => {
    if (!path.decide(a.has(key))) return
    for (const map of [a, b]) map.setValue(map.slotOf(key), path.terms.bv(9, 8))
  })
  t.deepEqual(found, ['m: the types of keys and values'])
})

test('index allocators are compared index by index', (t) => {
  const run = (isForgotten: boolean) =>
    explore(
      (path) => {
        const integers = new Integers(path.terms)
        const last = integers.unsigned(path.terms.variable('last', bitVecSort(62)))
        const a = new SymbolicIndexAllocator(
          new IndexAllocatorBase({ path, integers, last }, { name: 'c', capacity: integers.of(9n) }, 'arbitrary'),
        )
        const b = a.over()
        const index = integers.unsigned(path.terms.variable('i', bitVecSort(4)))
        if (path.decide(a.used(index))) {
          a.refresh(index, last)
          if (!isForgotten) b.refresh(index, last)
        }
        for (const { what, holds } of indexAllocatorsEqual(a, b, integers.of(50n))) {
          path.oblige({ guarantee: 'state', what, place: undefined, holds })
        }
      },
      { terms: new Terms(), solver },
    ).paths.flatMap(({ obligations }) => obligations.filter(({ answer }) => answer.kind !== 'holds'))
  t.deepEqual(run(false), [])
  t.true(run(true).length > 0)
})
