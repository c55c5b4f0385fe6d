import test from 'ava'
import fc from 'fast-check'

import { ConcreteIndexAllocator } from '../../../src/domains/concrete/index-allocator.js'
import { ConcreteLpm } from '../../../src/domains/concrete/lpm.js'
import { ConcreteMaglev } from '../../../src/domains/concrete/maglev.js'
import { SymbolicIndexAllocator } from '../../../src/domains/symbolic/index-allocator.js'
import { IndexAllocatorBase } from '../../../src/domains/symbolic/index-allocator-base.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import { LpmBase, SymbolicLpm } from '../../../src/domains/symbolic/lpm.js'
import { SymbolicMaglev } from '../../../src/domains/symbolic/maglev.js'
import { MapBase, SymbolicMap } from '../../../src/domains/symbolic/map.js'
import { SymbolicVector, VectorBase } from '../../../src/domains/symbolic/vector.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { KnownPath } from './known-path.js'

function setting() {
  const path = new KnownPath()
  const integers = new Integers(path.terms)
  let names = 0
  /** A number as a variable of so many bits. */
  const some = (value: number | bigint, bits = 10): Integer =>
    integers.unsigned(path.variable(`n${names++}`, bits, BigInt(value)))
  const number = ({ term, lo }: Integer): bigint =>
    lo < 0n ? BigInt.asIntN(term.width, path.number(term)) : path.number(term)
  return { path, integers, scope: { path, integers, last: integers.of(100n) }, some, number }
}

test('index allocators agree with the concrete one', (t) => {
  const step = fc.record({
    kind: fc.constantFrom('allocate', 'refresh', 'free', 'expire'),
    index: fc.nat(4),
    time: fc.nat(200),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
      const { path, integers, scope, some, number } = setting()
      const base = new IndexAllocatorBase(scope, { name: 'c', capacity: integers.of(5n) }, 'empty')
      const symbolic = new SymbolicIndexAllocator(base)
      const concrete = new ConcreteIndexAllocator(5)
      for (const { kind, index, time } of steps) {
        if (kind === 'expire') {
          const kept = BigInt(concrete.count() - concrete.countBelow(BigInt(time)))
          symbolic.expire(some(time))
          concrete.expire(BigInt(time))
          const { symbol, args } = symbolic.count().term
          if (symbol?.name.startsWith('c.kept') === true) {
            path.model.table(symbol).define(
              args.map((arg) => path.value(arg)),
              kept,
            )
          }
        } else if (kind === 'allocate') {
          if (concrete.used(index)) continue
          symbolic.allocate(some(index), some(time))
          concrete.allocate(index, BigInt(time))
        } else if (concrete.used(index)) {
          if (kind === 'refresh') symbolic.refresh(some(index), some(time))
          if (kind === 'refresh') concrete.refresh(index, BigInt(time))
          if (kind === 'free') symbolic.free(some(index))
          if (kind === 'free') concrete.free(index)
        }
      }
      for (let index = 0; index < 7; index++) {
        const used = index < 5 && concrete.used(index)
        t.is(path.value(symbolic.used(some(index))), used)
        if (used) t.is(number(symbolic.timeAt(some(index))), concrete.timeAt(index))
      }
      t.is(number(symbolic.count()), BigInt(concrete.count()))
      for (const fact of path.assumed) t.is(path.value(fact), true)
    }),
    { numRuns: 150 },
  )
})

test('maps agree with a table, erasures by condition too', (t) => {
  const step = fc.record({
    kind: fc.constantFrom('put', 'erase', 'eraseWhere'),
    key: fc.nat(5),
    value: fc.integer({ min: -50, max: 50 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
      const { path, integers, scope, some, number } = setting()
      const { terms } = path
      const map = new SymbolicMap(new MapBase(scope, { name: 'm', capacity: integers.of(9n), keyBits: 10 }, 'empty'))
      const table = new Map<number, number>()
      for (const { kind, key, value } of steps) {
        if (kind === 'put' && !table.has(key)) {
          map.put(some(key).term, integers.sub(some(value + 50), integers.of(50n)))
          table.set(key, value)
        } else if (kind === 'erase' && table.has(key)) {
          map.erase(some(key).term)
          table.delete(key)
        } else if (kind === 'eraseWhere') {
          const gone = [...table].filter(([each, held]) => each < key && held > value)
          const bound = some(key).term
          map.eraseWhere(
            (each, held) => terms.and(terms.ult(each, bound), integers.lt(integers.of(BigInt(value)), held)),
            integers.of(BigInt(gone.length)),
          )
          for (const [each] of gone) table.delete(each)
        }
      }
      for (let key = 0; key < 7; key++) {
        const term = some(key).term
        t.is(path.value(map.has(term)), table.has(key))
        const held = table.get(key)
        if (held !== undefined) t.is(number(map.get(term)), BigInt(held))
      }
      t.is(number(map.count()), BigInt(table.size))
    }),
    { numRuns: 150 },
  )
})

test('the longest rule that covers an address wins, the later of two that are as long', (t) => {
  const rule = fc.record({ prefix: fc.nat(0xffff), length: fc.nat(32), value: fc.nat(99) })
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 6 }), fc.array(fc.nat(0xffff), { maxLength: 5 }), (rules, addresses) => {
      const { path, integers, scope, some, number } = setting()
      const lpm = new SymbolicLpm(new LpmBase(scope, { name: 'r', capacity: integers.of(9n) }, 'empty'))
      const concrete = ConcreteLpm.ofNumbers(32)
      // Spread over the address, so that short prefixes differ.
      const wide = (value: number) => (value & 0xff) * 0x1000000 + (value >> 8)
      for (const { prefix, length, value } of rules) {
        lpm.setRule(some(wide(prefix), 32), some(length), some(value))
        concrete.insert(wide(prefix), length, value)
      }
      for (const address of [...addresses, ...rules.map(({ prefix }) => prefix)]) {
        const at = some(wide(address), 32)
        t.is(path.value(lpm.has(at)), concrete.has(wide(address)))
        if (concrete.has(wide(address))) t.is(number(lpm.lookup(at)), BigInt(concrete.lookup(wide(address))))
      }
    }),
    { numRuns: 150 },
  )
})

test('the first live backend of a row is that of the concrete table', (t) => {
  const [height, backends] = [7, 4]
  const concrete = new ConcreteMaglev(backends, height)
  for (let row = 0; row < height; row++) {
    for (let live = 1; live < 1 << backends; live++) {
      const { path, integers, scope, some, number } = setting()
      const of = (value: number) => integers.of(BigInt(value))
      const table = new SymbolicMaglev(scope, { name: 'g', height: of(height), backends: of(backends) })
      const ranking = Array.from({ length: backends }, (_, rank) => concrete.at(row, rank))
      const at = some(row, 3)
      for (const [rank, backend] of ranking.entries()) {
        const places = [at.term, path.terms.bv(rank, 3)]
        path.define('g.at', places, places[0]?.sort ?? at.term.sort, BigInt(backend))
        path.define('g.rank', [at.term, path.terms.bv(backend, 3)], at.term.sort, BigInt(rank))
      }
      const isLive = (each: Integer) =>
        path.terms.any(
          ranking.flatMap((backend) => (((live >> backend) & 1) === 1 ? [integers.eq(each, of(backend))] : [])),
        )
      const found = table.firstLive(at, isLive)
      t.is(number(found), BigInt(concrete.firstLive(row, (backend) => ((live >> backend) & 1) === 1)))
      for (const fact of path.assumed) t.is(path.value(fact), true)
    }
  }
})

test('whatever is taken for known of the row of a hash holds of its remainder', (t) => {
  const height = 7
  for (const hash of [0, 1, 6, 7, 8, 13, 1000, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const { path, integers, scope, some, number } = setting()
    const table = new SymbolicMaglev(scope, { name: 'g', height: integers.of(7n), backends: integers.of(3n) })
    const given = some(hash, 32)
    path.define('g.row', [given.term], bitVecSort(3), BigInt(hash % height))
    t.is(number(table.rowOf(given)), BigInt(hash % height))
    for (const fact of path.assumed) t.is(path.value(fact), true)
  }
})

test('a cell has what was set last, and zeros before', (t) => {
  const { path, integers, scope, some } = setting()
  const vector = new SymbolicVector(
    new VectorBase(scope, { name: 'v', capacity: integers.of(4n), valueBits: 8 }, 'empty'),
  )
  const { terms } = path
  vector.set(some(2), terms.bv(5, 8))
  const before = vector.fork()
  vector.set(some(2), terms.bv(6, 8))
  t.is(path.value(vector.get(some(2)) ?? terms.false), 6n)
  t.is(path.value(before.get(some(2)) ?? terms.false), 5n)
  t.is(path.value(vector.get(some(3)) ?? terms.false), 0n)
})
