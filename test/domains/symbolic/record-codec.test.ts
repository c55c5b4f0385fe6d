import test from 'ava'
import fc from 'fast-check'

import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import { type Insertion, inferLayout } from '../../../src/domains/symbolic/layout-inference.js'
import { SymbolicOperators } from '../../../src/domains/symbolic/operators.js'
import { RecordCodec } from '../../../src/domains/symbolic/record-codec.js'
import { type ByteLayout, canonicalLayout, fieldsOf } from '../../../src/domains/symbolic/record-layout.js'
import { Run } from '../../../src/domains/symbolic/run.js'
import { SymbolicBigint, SymbolicNumber } from '../../../src/domains/symbolic/values.js'
import { bitVecSort, boolSort, type Term } from '../../../src/smt/index.js'
import { SpecError } from '../../../src/spec/error.js'
import { ipAddress, port, record, slotOf, timestamp, u8, u16, u48, upTo } from '../../../src/spec/index.js'
import { withOperators } from '../../../src/spec/instrumented/index.js'
import { EvaluatingPath } from './evaluating-path.js'

const Flow = record({ version: u8, src: ipAddress, srcPort: u16, mac: u48, port })
const fields = fieldsOf(Flow)

/** As a network function might: machine words, little-endian, with a gap. */
const layout: ByteLayout = {
  size: 32,
  fields: new Map([
    ['src', { offset: 0, size: 16, order: 'big' }],
    ['srcPort', { offset: 16, size: 2, order: 'little' }],
    ['version', { offset: 18, size: 1, order: 'big' }],
    ['port', { offset: 19, size: 1, order: 'big' }],
    ['mac', { offset: 24, size: 6, order: 'little' }],
  ]),
  padding: new Map([20, 21, 22, 23, 30, 31].map((at) => [at, at === 31 ? 0xff : 0])),
}

function bench() {
  const path = new EvaluatingPath()
  const integers = new Integers(path.terms)
  return { path, integers, run: new Run(path, 4, integers.of(1000n)) }
}

/** A record of constants that terms do not show, and what it is. */
function symbolicFlow(path: EvaluatingPath, integers: Integers, values: readonly bigint[]) {
  const [version = 0n, src = 0n, srcPort = 0n, mac = 0n, egress = 0n] = values
  const variable = (name: string, bits: number, value: bigint) =>
    integers.unsigned(path.constant(name, bitVecSort(bits), value))
  const parts = new Map([
    ['version', variable('version', 8, version)],
    ['src', variable('src', 128, src)],
    ['srcPort', variable('srcPort', 16, srcPort)],
    ['mac', variable('mac', 48, mac)],
    ['port', variable('port', 2, egress)],
  ])
  const given = [...parts].map(
    ([name, value]) => [name, name === 'src' ? new SymbolicBigint(value) : new SymbolicNumber(value)] as const,
  )
  return { parts, record: Object.fromEntries(given) }
}

const values = fc.tuple(
  ...[
    fc.bigInt(0n, 255n),
    fc.bigInt(0n, 2n ** 128n - 1n),
    fc.bigInt(0n, 0xffffn),
    fc.bigInt(0n, 2n ** 48n - 1n),
    fc.bigInt(0n, 3n),
  ],
)

for (const [name, used] of [
  ['a layout of machine words', layout],
  ['the canonical layout', canonicalLayout(fields)],
] as const) {
  test(`records go into bytes and back: ${name}`, (t) => {
    const property = fc.property(values, (given) => {
      const { path, integers, run } = bench()
      const codec = new RecordCodec('key', fields, used)
      const { record: flow } = symbolicFlow(path, integers, given)
      const bytes = codec.encode(run, flow)
      if (bytes.width !== codec.bits || path.failed.length > 0) return false
      const back = codec.decode(run, bytes)
      const read = Object.values(back).map((value) =>
        value instanceof SymbolicNumber || value instanceof SymbolicBigint ? path.bits(value.integer.term) : -1n,
      )
      return read.every((value, i) => value === given[i]) && codec.facts(run, bytes).every((fact) => path.holds(fact))
    })
    fc.assert(property, { numRuns: 100 })
    t.pass()
  })
}

test('bytes lie where the layout says', (t) => {
  const { path, integers, run } = bench()
  const { record: flow } = symbolicFlow(path, integers, [4n, 0x0102n, 0xabcdn, 0x112233445566n, 3n])
  const hex = path
    .bits(new RecordCodec('key', fields, layout).encode(run, flow))
    .toString(16)
    .padStart(64, '0')
  t.is(hex, `${'0'.repeat(28)}0102cdab040300000000665544332211${'00ff'}`)
})

test('what the type of a field says is an obligation where it is stored, and assumed where it is read', (t) => {
  const Entry = record({ slot: slotOf(5), tokens: upTo(1000n), at: timestamp })
  const codec = new RecordCodec('value', fieldsOf(Entry), canonicalLayout(fieldsOf(Entry)))
  const wrong = [
    { slot: 5, tokens: 0n, at: 0n },
    { slot: 0, tokens: 1001n, at: 0n },
    { slot: 0, tokens: 0n, at: 1001n },
  ]
  for (const entry of wrong) {
    const { run } = bench()
    t.throws(() => withOperators(new SymbolicOperators(run), () => codec.encode(run, entry)), { instanceOf: SpecError })
  }
  const { path, run } = bench()
  const bytes = codec.encode(run, { slot: 4, tokens: 1000n, at: 1000n })
  t.deepEqual(path.failed, [])
  t.deepEqual(codec.decode(run, bytes), { slot: 4, tokens: 1000n, at: 1000n })
})

test('a layout that cannot be is refused', (t) => {
  const place = (offset: number, size: number) => ({ offset, size, order: 'big' as const })
  const one = fieldsOf(record({ a: u16, b: u8 }))
  const faults: readonly [ByteLayout, RegExp][] = [
    [{ size: 3, fields: new Map([['a', place(0, 2)]]), padding: new Map([[2, 0]]) }, /the field b has no place/],
    [
      {
        size: 2,
        fields: new Map([
          ['a', place(0, 1)],
          ['b', place(1, 1)],
        ]),
        padding: new Map(),
      },
      /does not fit into 1 bytes/,
    ],
    [
      {
        size: 2,
        fields: new Map([
          ['a', place(0, 2)],
          ['b', place(1, 1)],
        ]),
        padding: new Map(),
      },
      /the same byte/,
    ],
    [
      {
        size: 4,
        fields: new Map([
          ['a', place(0, 2)],
          ['b', place(2, 1)],
        ]),
        padding: new Map(),
      },
      /byte 3 belongs to nothing/,
    ],
    [
      {
        size: 2,
        fields: new Map([
          ['a', place(0, 2)],
          ['b', place(2, 1)],
        ]),
        padding: new Map(),
      },
      /beyond its 2 bytes/,
    ],
  ]
  for (const [wrong, message] of faults)
    t.throws(() => new RecordCodec('key', one, wrong), { instanceOf: SpecError, message })
})

/** The bytes of a record as a network function gives them, and its fields. */
function insertion(
  given: readonly bigint[],
  used: ByteLayout,
  constants: readonly string[] = [],
): Insertion & { integers: Integers } {
  const { path, integers, run } = bench()
  const { parts, record: flow } = symbolicFlow(path, integers, given)
  for (const name of constants) {
    const constant = integers.of(path.bits(parts.get(name)?.term ?? path.terms.bv(0, 1)))
    parts.set(name, constant)
    Object.assign(flow, { [name]: name === 'src' ? constant.constant : Number(constant.constant) })
  }
  const bits = new RecordCodec('key', fields, used).encode(run, flow)
  const bytes: Term[] = Array.from({ length: used.size }, (_, i) => path.terms.byte(used.size - 1 - i, bits))
  return { fields: parts, bytes, integers }
}

test('a layout is found from one insertion whose fields all differ', (t) => {
  const seen = insertion([4n, 5n, 6n, 7n, 1n], layout)
  const found = inferLayout(fields, [seen], seen)
  t.like(found, { kind: 'found' })
  if (found.kind !== 'found') return
  t.deepEqual([...found.layout.fields].sort(), [...layout.fields].sort())
  t.deepEqual([...found.layout.padding].sort(), [...layout.padding].sort())
})

test('what a key hangs on is decided, so that it is the key of the side that is taken', (t) => {
  const { path, integers, run } = bench()
  const codec = new RecordCodec('key', fields, layout)
  const { parts, record } = symbolicFlow(path, integers, [4n, 5n, 6n, 7n, 1n])
  const isOdd = path.constant('isOdd', boolSort, true)
  const either = (port: Integer): Integer => integers.select(isOdd, port, integers.of(3n))
  const port = parts.get('port') ?? integers.of(0n)
  const key = { ...record, port: new SymbolicNumber(either(port)) }
  t.is(codec.encodeKey(run, key), codec.encode(run, record))
  t.deepEqual(path.decisions, [isOdd])
  t.not(codec.encode(run, key), codec.encode(run, record))
})

test('fields that are constants at one insertion are told apart by another', (t) => {
  const first = insertion([4n, 5n, 0n, 0n, 0n], layout, ['srcPort', 'mac', 'port'])
  t.is(inferLayout(fields, [first], first).kind, 'ambiguous')
  // Terms of one builder: the second insertion is made over the first one's.
  const { integers } = first
  const fresh = new Map(
    [...first.fields].map(
      ([name, value]) =>
        [
          name,
          name === 'src' || name === 'version'
            ? value
            : integers.unsigned(
                integers.terms.variable(`other ${name}`, bitVecSort(name === 'mac' ? 48 : name === 'port' ? 2 : 16)),
              ),
        ] as const,
    ),
  )
  const bytes = [...first.bytes]
  for (const [name, value] of fresh) {
    const place = layout.fields.get(name)
    if (place === undefined) continue
    const bits = integers.bits(value, 8 * place.size)
    for (let i = 0; i < place.size; i++)
      bytes[place.offset + i] = integers.terms.byte(place.order === 'big' ? place.size - 1 - i : i, bits)
  }
  const found = inferLayout(fields, [first, { fields: fresh, bytes }], first)
  t.is(found.kind, 'found')
  if (found.kind === 'found') t.deepEqual([...found.layout.fields].sort(), [...layout.fields].sort())
})

test('without a match, or with a key that is not padded by constants, there is no layout, and it says why', (t) => {
  const seen = insertion([4n, 5n, 6n, 7n, 1n], layout)
  const other = seen.integers.terms.variable('something', bitVecSort(8))
  const without = { ...seen, bytes: seen.bytes.map((byte, at) => (at === 18 ? other : byte)) }
  t.like(inferLayout(fields, [without], seen), { kind: 'none', reason: 'no bytes of the key are the field version' })
  const unpadded = { ...seen, bytes: seen.bytes.map((byte, at) => (at === 20 ? other : byte)) }
  t.like(inferLayout(fields, [unpadded], seen), { kind: 'none' })
  t.like(inferLayout(fields, [], seen), { kind: 'none', reason: 'nothing was inserted' })
})
