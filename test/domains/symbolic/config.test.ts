import test from 'ava'
import fc from 'fast-check'

import { bindConfig } from '../../../src/domains/concrete/config.js'
import {
  type Lookups,
  MOST_ROWS,
  MOST_SPELLED_OUT,
  noneOpen,
  SymbolicList,
  SymbolicLookupTable,
  SymbolicPrefixTable,
  symbolicConfig,
} from '../../../src/domains/symbolic/config.js'
import { Integers } from '../../../src/domains/symbolic/integer.js'
import { SymbolicOperators } from '../../../src/domains/symbolic/operators.js'
import { Run } from '../../../src/domains/symbolic/run.js'
import { SymbolicBigint, SymbolicNumber } from '../../../src/domains/symbolic/values.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { listOf, lookupTable, prefixTable, rate, u8, u32 } from '../../../src/spec/index.js'
import { withOperators } from '../../../src/spec/instrumented/index.js'
import type { SpecConfig, SpecValue } from '../../../src/spec/values.js'
import { EvaluatingPath } from './evaluating-path.js'

const declaration = { list: listOf(u8), rates: listOf(rate), table: lookupTable(u32, u8), routes: prefixTable(u8) }

function bench(values: Readonly<Record<string, SpecValue>>, lookups: Lookups = 'by row') {
  const path = new EvaluatingPath()
  const integers = new Integers(path.terms)
  const run = new Run(path, 2, integers.of(0n))
  const config: SpecConfig = { values: new Map(Object.entries(values)), portCount: 2 }
  const bound = withOperators(new SymbolicOperators(run), () =>
    symbolicConfig(run, declaration, config, 'x.ts', noneOpen, lookups),
  )
  const number = (value: number, bits = 32) =>
    new SymbolicNumber(integers.unsigned(path.constant('given', bitVecSort(bits), BigInt(value))))
  const read = (value: unknown) =>
    value instanceof SymbolicNumber || value instanceof SymbolicBigint ? Number(path.bits(value.integer.term)) : value
  return { path, bound, fast: bindConfig(declaration, config, 'x.ts'), number, read }
}

const some = {
  list: [3, 5, 5, 9],
  rates: [7n, 8n],
  table: new Map([
    [1, 4],
    [0xffffffff, 2],
  ]),
  routes: {
    prefixes: [
      { prefix: 0x0a000000, length: 8, value: 1 },
      { prefix: 0x0a010000, length: 16, value: 2 },
      { prefix: 0, length: 0, value: 9 },
    ],
  },
}

test('an element of a list by a symbolic index, which must be in range', (t) => {
  for (const index of [0, 1, 2, 3]) {
    const { bound, number, read, path } = bench(some)
    if (!(bound.list instanceof SymbolicList)) return t.fail()
    t.is(read(bound.list.at(number(index))), some.list[index])
    t.deepEqual(path.failed, [])
  }
  const { bound, number, path } = bench(some)
  if (!(bound.list instanceof SymbolicList && bound.rates instanceof SymbolicList)) return t.fail()
  bound.list.at(number(4))
  t.regex(path.failed.join(), /config.list.at of an index that is not below 4/)
  t.is(bound.rates.at(1), 8n)
})

test('the first index of a value', (t) => {
  for (const [value, index] of [
    [3, 0],
    [5, 1],
    [9, 3],
    [4, undefined],
  ] as const) {
    const { bound, number } = bench(some)
    if (!(bound.list instanceof SymbolicList)) return t.fail()
    t.is(bound.list.indexOf(number(value, 8)), index)
  }
})

test('tables and prefixes say what they say in the fast reading', (t) => {
  const address = fc.oneof(fc.constantFrom(0, 1, 0x0a000001, 0x0a010001, 0xffffffff), fc.nat(0xffffffff))
  fc.assert(
    fc.property(address, (key) => {
      const { bound, fast, number, read } = bench(some)
      const { table, routes } = fast
      if (!(bound.table instanceof SymbolicLookupTable && bound.routes instanceof SymbolicPrefixTable)) return false
      if (typeof table !== 'object' || !('get' in table) || typeof routes !== 'object' || !('lookup' in routes))
        return false
      return (
        read(bound.table.get(number(key))) === table.get(key) &&
        read(bound.routes.lookup(number(key))) === routes.lookup(key)
      )
    }),
  )
  t.pass()
})

test('prefixes that are shared with a structure say in one decision what they say in the fast reading', (t) => {
  const row = fc.record({ prefix: fc.nat(0xffffffff), length: fc.nat(32), value: fc.nat(9) })
  const rows = fc.array(row, { maxLength: 8 }).map((made) => {
    const kept = made.map((one) => ({
      ...one,
      prefix: Math.floor(one.prefix / 2 ** (32 - one.length)) * 2 ** (32 - one.length),
    }))
    return [...new Map(kept.map((one) => [`${one.prefix}/${one.length}`, one])).values()]
  })
  const near = fc.record({ at: fc.nat(7), off: fc.integer({ min: -1, max: 1 }) })
  fc.assert(
    fc.property(rows, near, (prefixes, { at, off }) => {
      const { bound, fast, number, read, path } = bench({ ...some, routes: { prefixes } }, 'shared')
      const { routes } = fast
      if (!(bound.routes instanceof SymbolicPrefixTable) || typeof routes !== 'object' || !('lookup' in routes))
        return false
      const address = Math.min(0xffffffff, Math.max(0, (prefixes[at]?.prefix ?? 0) + off))
      return read(bound.routes.lookup(number(address))) === routes.lookup(address) && path.decisions.length <= 1
    }),
  )
  t.pass()
})

test('where lookups are shared, a table is a function as soon as its structure is one', (t) => {
  const long = new Map(Array.from({ length: MOST_SPELLED_OUT.keys + 1 }, (_, i) => [i, i % 7]))
  const { bound, number, read, path } = bench({ ...some, table: long }, 'shared')
  path.model.programs.set('config.table.has', () => true)
  path.model.programs.set('config.table.get', () => 6n)
  if (!(bound.table instanceof SymbolicLookupTable)) return t.fail()
  t.is(read(bound.table.get(number(12))), 6)
})

test('a long table is a function that whoever else looks it up shares', (t) => {
  const rows = Array.from({ length: MOST_ROWS + 1 }, (_, i) => i)
  const long = {
    ...some,
    table: new Map(rows.map((i) => [i, i % 7])),
    routes: { prefixes: rows.map((i) => ({ prefix: i * 256, length: 24, value: i % 5 })) },
  }
  const { bound, number, read, path } = bench(long)
  path.model.programs.set('config.table.has', (key) => Number(key) < rows.length)
  path.model.programs.set('config.table.get', (key) => BigInt(Number(key) % 7))
  if (!(bound.table instanceof SymbolicLookupTable)) return t.fail()
  t.is(read(bound.table.get(number(12))), 5)
  t.is(path.decisions.length, 1)
})
