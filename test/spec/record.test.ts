import test from 'ava'
import fc from 'fast-check'

import { ipAddress, macAddress, record, SpecError, u8, u16, u32 } from '../../src/spec/index.js'

const Key = record({ protocol: u8, port: u16, address: u32, mac: macAddress, wide: ipAddress })
const anyKey = fc.record({
  protocol: fc.integer({ min: 0, max: 0xff }),
  port: fc.integer({ min: 0, max: 0xffff }),
  address: fc.integer({ min: 0, max: 0xffffffff }),
  mac: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  wide: fc.bigInt(0n, 2n ** 128n - 1n),
})

function packed(key: ReturnType<typeof Key>): number[] {
  const words = new Int32Array(Key.packing.words + 2).fill(-7)
  Key.packing.write(key, words, 1)
  if (words.at(0) !== -7 || words.at(-1) !== -7) throw new Error('packing wrote outside its words')
  return [...words]
}

test('a record holds the fields it was made of, in the order of declaration', (t) => {
  const key = Key({ mac: 5, wide: 6n, protocol: 1, port: 2, address: 3 })
  t.deepEqual(Object.entries(key), [
    ['protocol', 1],
    ['port', 2],
    ['address', 3],
    ['mac', 5],
    ['wide', 6n],
  ])
  t.deepEqual(Key.fieldNames, ['protocol', 'port', 'address', 'mac', 'wide'])
})

test('equal fields make equal records with equal hashes', (t) => {
  fc.assert(
    fc.property(anyKey, (fields) => {
      const one = Key(fields)
      const other = Key({ ...fields })
      t.true(Key.equals(one, other))
      t.is(Key.hash(one), Key.hash(other))
      t.deepEqual(packed(one), packed(other))
      t.is(Key.packing.hash(new Int32Array(packed(one)), 1), Key.packing.hash(new Int32Array(packed(other)), 1))
      t.deepEqual({ ...Key.packing.read(new Int32Array(packed(one)), 1) }, fields)
    }),
  )
})

test('a change of any single bit of any field makes another record with another hash', (t) => {
  const bits = { protocol: 8, port: 16, address: 32, mac: 48, wide: 128 }
  const base = { protocol: 6, port: 443, address: 0xc0000201, mac: 0x020000000001, wide: 1n << 127n }
  for (const [name, width] of Object.entries(bits)) {
    for (let bit = 0; bit < width; bit++) {
      const flipped = Key({
        ...base,
        ...(name === 'wide' ? { wide: base.wide ^ (1n << BigInt(bit)) } : {}),
        ...(name === 'mac' ? { mac: Number(BigInt(base.mac) ^ (1n << BigInt(bit))) } : {}),
        ...(name === 'address' ? { address: (base.address ^ (1 << bit)) >>> 0 } : {}),
        ...(name === 'port' ? { port: base.port ^ (1 << bit) } : {}),
        ...(name === 'protocol' ? { protocol: base.protocol ^ (1 << bit) } : {}),
      })
      t.false(Key.equals(flipped, Key(base)), `${name} bit ${bit}`)
      t.notDeepEqual(packed(flipped), packed(Key(base)), `${name} bit ${bit}`)
      t.not(Key.hash(flipped), Key.hash(Key(base)), `${name} bit ${bit}`)
    }
  }
})

test('hashes of consecutive addresses and ports spread over the low bits', (t) => {
  const buckets = new Uint32Array(1024)
  const count = 65_536
  for (let i = 0; i < count; i++) {
    const hash = Key.hash(Key({ protocol: 6, port: i & 0xff, address: 0x0a000000 + (i >> 8), mac: 0, wide: 0n }))
    buckets[hash & 1023] = (buckets[hash & 1023] ?? 0) + 1
  }
  const mean = count / 1024
  const chiSquare = buckets.reduce((sum, seen) => sum + (seen - mean) ** 2 / mean, 0)
  // 1,023 degrees of freedom: mean 1023, standard deviation 45.
  t.true(chiSquare < 1023 + 10 * 45, `chi-square ${chiSquare}`)
})

test('records read back from their words are the records written, whatever shares a word', (t) => {
  const Mixed = record({ a: u8, b: macAddress, c: u16, d: u8, e: ipAddress, f: u32, g: u16, h: u8, i: u16 })
  const byte = fc.integer({ min: 0, max: 0xff })
  const short = fc.integer({ min: 0, max: 0xffff })
  const mixed = fc.record({
    a: byte,
    b: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    c: short,
    d: byte,
    e: fc.bigInt(0n, 2n ** 128n - 1n),
    f: fc.integer({ min: 0, max: 0xffffffff }),
    g: short,
    h: byte,
    i: short,
  })
  fc.assert(
    fc.property(mixed, (fields) => {
      const words = new Int32Array(Mixed.packing.words + 1)
      Mixed.packing.write(Mixed(fields), words, 1)
      t.deepEqual({ ...Mixed.packing.read(words, 1) }, fields)
    }),
  )
})

test('a value that would spill into the field beside it is an error of the specification', (t) => {
  const Pair = record({ a: u8, b: u8 })
  const words = new Int32Array(Pair.packing.words)
  for (const a of [256, -1]) {
    t.throws(() => Pair.packing.write({ a, b: 0 }, words, 0), {
      instanceOf: SpecError,
      message: /does not fit into the field a/,
    })
  }
})

test('a field name that is not an identifier is refused', (t) => {
  const error = t.throws(() => record({ 'x; process.exit()': u8 }), { instanceOf: SpecError })
  t.regex(error.message, /is not a name that a record field can have/)
  t.throws(() => record({}), { instanceOf: SpecError, message: /at least one field/ })
})
