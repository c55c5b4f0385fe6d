import test from 'ava'
import fc from 'fast-check'

import { bindConfig } from '../../../src/domains/concrete/config.js'
import {
  MOST_ROWS,
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

function bench(values: Readonly<Record<string, SpecValue>>) {
  const path = new EvaluatingPath()
  const integers = new Integers(path.terms)
  const run = new Run(path, 2, integers.of(0n))
  const config: SpecConfig = { values: new Map(Object.entries(values)), portCount: 2 }
  const bound = withOperators(new SymbolicOperators(run), () => symbolicConfig(run, declaration, config, 'x.ts'))
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
