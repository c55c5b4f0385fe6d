import test from 'ava'
import fc from 'fast-check'

import { Clock } from '../../../src/oracle/races/clock.js'
import { FrameStore } from '../../../src/oracle/races/frame-store.js'
import { TagIndex } from '../../../src/oracle/races/tag-index.js'

/** Bytes that are there twice, so that frames begin anywhere in a word. */
const source = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 7) ^ (i >> 8))

test('frames of any length stay as they were put, whatever is freed and however the store grows', (t) => {
  const step = fc.record({
    start: fc.nat(3000),
    length: fc.oneof({ weight: 6, arbitrary: fc.nat(120) }, { weight: 1, arbitrary: fc.nat(9018) }),
    free: fc.oneof(fc.constant(-1), fc.nat(40)),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const store = new FrameStore(64)
      const kept: { place: number; start: number; length: number }[] = []
      for (const { start, length, free } of steps) {
        kept.push({ place: store.put(source, start, length), start, length })
        for (const gone of free === -1 ? [] : kept.splice(free % kept.length, 1 + (free % 3))) store.free(gone.place)
        for (const { place, start: from, length: bytes } of kept) {
          const at = store.startOf(place)
          t.is(at % 8, 0)
          t.is(Buffer.compare(store.bytes.subarray(at, at + bytes), source.subarray(from, from + bytes)), 0)
        }
      }
    }),
    { numRuns: 25 },
  )
})

test('a store does not grow while as much is freed as is put, for ever', (t) => {
  const store = new FrameStore(1024)
  const size = store.bytes.length
  let last = store.put(source, 0, 60)
  for (let i = 0; i < 200_000; i++) {
    const next = store.put(source, i % 100, i % 300)
    store.free(last)
    last = next
  }
  t.is(store.bytes.length, size)
})

test('tags are found as in a plain map, whatever comes and goes', (t) => {
  const steps = fc.array(
    fc.record({
      tag: fc.oneof(
        fc.nat(60),
        fc.nat(60).map((n) => n * 2 ** 33),
      ),
      out: fc.boolean(),
    }),
    {
      maxLength: 400,
      size: 'max',
    },
  )
  fc.assert(
    fc.property(steps, (sequence) => {
      const index = new TagIndex()
      const plain = new Map<number, number>()
      for (const [i, { tag, out }] of sequence.entries()) {
        if (out && plain.delete(tag)) index.remove(tag)
        else if (!plain.has(tag)) {
          plain.set(tag, i)
          index.add(tag, i)
        }
        for (const { tag: one } of sequence) if (index.find(one) !== (plain.get(one) ?? -1)) t.fail(`tag ${one}`)
      }
    }),
    { numRuns: 40 },
  )
  t.pass()
})

test('times are numbers from the first one on, and the latest is known', (t) => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 62n), 2n ** 62n), fc.array(fc.bigInt(-(2n ** 50n), 2n ** 50n)), (first, offsets) => {
      const clock = new Clock()
      t.is(clock.hear(first), 0)
      for (const offset of offsets) {
        t.is(clock.hear(first + offset), Number(offset))
        t.is(clock.time(Number(offset)), first + offset)
      }
      t.is(clock.latest, Math.max(0, ...offsets.map(Number)))
    }),
  )
})
