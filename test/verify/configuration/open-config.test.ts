import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { Integers } from '../../../src/domains/symbolic/integer.js'
import { compileLibvig, readManifest, resolveConfig } from '../../../src/nf/index.js'
import { holds, parseRelation } from '../../../src/nf/relations.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { OpenConfig } from '../../../src/verify/configuration/open-config.js'
import { relationHolds } from '../../../src/verify/configuration/relation-terms.js'
import { openConfig } from '../../../src/verify/machine/config.js'
import { libvigCosts } from '../../../src/verify/machine/index.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'
import { sample } from '../../nf/fixtures/sample.js'

const yaml = `name: sample
ports: { count: 3 }
config:
  size: { type: u32, min: 2, max: 900, default: 5, anyConfig: any }
  home: { type: port, default: 0, anyConfig: any }
  mac: { type: mac, each: port, default: "02:00:00:00:00:{port}", anyConfig: any }
  known: { type: table, key: mac, value: port, rows: {}, maxLength: 50, anyConfig: any }
  ways: { type: prefixes, value: port, rows: {}, maxRows: 7, anyConfig: any }
  hops: { type: prefixes, value: ipv4, rows: {}, anyConfig: any }
  left: { type: u8, default: 4 }
relations: [size + left < 800]
`

function open(t: ExecutionContext): OpenConfig {
  const manifest = readManifest(join(sample(t, { 'nf.yaml': yaml, 'nf.ts': '' }), 'nf.yaml'))
  return new OpenConfig(
    resolveConfig(manifest),
    new Set(['size', 'home', 'mac', 'known', 'ways', 'hops']),
    manifest.relations,
  )
}

test('the facts are the bounds and the relations, and nothing else', (t) => {
  const config = open(t)
  const allowed = (values: { size?: bigint; home?: bigint; rows?: bigint; ways?: bigint }): boolean => {
    const path = new KnownPath()
    path.variable('config.size', 10, values.size ?? 2n)
    path.variable('config.home', 2, values.home ?? 0n)
    path.variable('config.known.rows', 6, values.rows ?? 1n)
    path.variable('config.ways.rows', 3, values.ways ?? 1n)
    path.variable('config.hops.rows', 17, 65_536n)
    return config.facts(path.terms).every((fact) => path.value(fact) === true)
  }
  t.true(allowed({}))
  t.true(allowed({ size: 795n, home: 2n, rows: 50n }))
  t.false(allowed({ size: 796n }))
  t.false(allowed({ size: 1n }))
  t.false(allowed({ home: 3n }))
  t.false(allowed({ rows: 0n }))
  t.false(allowed({ rows: 51n }))
  t.true(allowed({ ways: 7n }))
  t.false(allowed({ ways: 0n }))
})

test('the largest value of an open table is below what a lookup answers for none', (t) => {
  const config = open(t)
  t.deepEqual(config.table('known'), { most: 2n })
  t.deepEqual(config.table('ways'), { most: 2n })
  t.deepEqual(config.table('hops'), { most: 0xffff_fffen })
})

test('the network function and the specification get the same term', (t) => {
  const config = open(t)
  const path = new KnownPath()
  const { terms } = path
  const integers = new Integers(terms)
  const resolve = openConfig(terms, config)
  const size = resolve('size', undefined, 32, path)
  const asked = config.scalar(path, 'size')
  t.is(size?.kind === 'value' ? size.term : undefined, asked && integers.bits(asked, 32))
  t.deepEqual([asked?.lo, asked?.hi], [2n, 900n])
  const index = path.variable('i', 2, 1n)
  const element = config.element(path, 'mac', integers.unsigned(index))
  const answer = resolve('mac', terms.zeroExtendTo(32, index), 64, path)
  path.define('config.mac', [terms.bv(1, 32)], bitVecSort(48), 0x020000000009n)
  t.is(element && path.number(element.term), 0x020000000009n)
  t.is(answer?.kind === 'value' ? path.number(answer.term) : undefined, 0x020000000009n)
})

test('out of range a value by port is 0 to the network function, and parameters that are not open are constants', (t) => {
  const path = new KnownPath()
  const { terms } = path
  const resolve = openConfig(terms, open(t))
  path.define('config.mac', [terms.bv(3, 32)], bitVecSort(48), 7n)
  const beyond = resolve('mac', terms.bv(3, 32), 64, path)
  t.is(beyond?.kind === 'value' ? beyond.term : undefined, terms.bv(0, 64))
  t.deepEqual(resolve('left', undefined, 32, path), { kind: 'value', term: terms.bv(4, 32) })
  t.deepEqual(resolve('portCount', undefined, 32, path), { kind: 'value', term: terms.bv(3, 32) })
  t.deepEqual(resolve('known', undefined, 32, path), { kind: 'table', name: 'known' })
  t.is(resolve('mac', undefined, 64, path), undefined)
})

test('relations over terms hold where they hold of numbers', (t) => {
  const texts = ['a + b <= 65536', 'a * b > 3 * a - b', 'a - b == 0 && a != 7', '-a < b * (a + 1)', 'a >= b']
  const value = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 65_535n))
  fc.assert(
    fc.property(fc.constantFrom(...texts), value, value, (text, a, b) => {
      const path = new KnownPath()
      const integers = new Integers(path.terms)
      const relation = parseRelation(text)
      const terms = new Map([
        ['a', integers.unsigned(path.variable('a', 16, a))],
        ['b', integers.unsigned(path.variable('b', 16, b))],
      ])
      const term = relationHolds(integers, relation, (name) => terms.get(name) ?? integers.of(0n))
      const numbers = new Map([
        ['a', a],
        ['b', b],
      ])
      t.is(path.value(term), holds(relation, numbers))
    }),
  )
})

test('the cost of an allocation on terms is what libVig says of numbers', async (t) => {
  const { wasm } = await compileLibvig()
  const { cost, costOn } = libvigCosts(wasm)
  const most = 1 << 24
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 0, max: most + 1 }),
        fc.integer({ min: 0, max: 24 }).map((n) => 2 ** n),
      ),
      (size) => {
        const path = new KnownPath()
        const integers = new Integers(path.terms)
        const capacity = integers.unsigned(path.variable('capacity', 32, BigInt(size)))
        for (const [structure, sizes] of [
          ['expiring_map', [16, 4]],
          ['map', [6]],
          ['vector', [12]],
          ['dchain', []],
        ] as const) {
          const given = [...sizes.map((each) => integers.of(BigInt(each))), capacity]
          const on = costOn(path, structure, given)
          t.is(BigInt.asIntN(64, path.number(integers.bits(on, 64))), cost(structure, [...sizes, size]))
        }
      },
    ),
    { numRuns: 30 },
  )
})
