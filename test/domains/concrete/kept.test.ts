import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'

import { ConcreteExpiringMap } from '../../../src/domains/concrete/expiring-map.js'
import { ConcreteIndexAllocator } from '../../../src/domains/concrete/index-allocator.js'
import { bytes, macAddress, record, timestamp } from '../../../src/spec/index.js'

const Key = record({ mac: macAddress })
const Value = record({ at: timestamp, size: bytes })

/** What happens to a structure: an update by number, or to the packet at hand. */
interface Step {
  readonly what: 'update' | 'packet' | 'again' | 'back' | 'forget'
  readonly which: number
  readonly pick: number
  readonly time: bigint
}

const step = fc.record<Step>({
  what: fc.oneof(
    { weight: 30, arbitrary: fc.constant<'update'>('update') },
    { weight: 10, arbitrary: fc.constant<'packet'>('packet') },
    { weight: 3, arbitrary: fc.constantFrom('again', 'back', 'forget') },
  ),
  which: fc.nat(6),
  pick: fc.nat(200),
  time: fc.bigInt(-4n, 12n),
})

/** Long enough, now and then, for a small log to be swept while packets are kept. */
const steps = fc.oneof(
  { weight: 10, arbitrary: fc.array(step, { minLength: 1, maxLength: 300, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(step, { minLength: 2000, maxLength: 2500, size: 'max' }) },
)

/** A structure with kept packets, beside what it was when each of them began. */
interface Kept {
  mark(): void
  rollback(): void
  retract(): void
  forget(count: number): void
}

/** Goes through the steps and compares with what was seen before, wherever the structure goes back. */
function goThrough(script: readonly Step[], kept: Kept, update: (step: Step) => void, seen: () => unknown): void {
  const before: unknown[] = []
  for (const step of script) {
    if (step.what === 'packet' || before.length === 0) {
      before.push(seen())
      kept.mark()
    } else if (step.what === 'again') {
      kept.rollback()
      assert.deepEqual(seen(), before.at(-1))
    } else if (step.what === 'back') {
      for (let n = 0; n <= step.pick % 3 && before.length > 0; n++) {
        kept.retract()
        assert.deepEqual(seen(), before.pop())
      }
    } else if (step.what === 'forget') {
      const count = step.pick % Math.min(4, before.length + 1)
      kept.forget(count)
      before.splice(0, count)
    } else update(step)
  }
  while (before.length > 0) {
    kept.retract()
    assert.deepEqual(seen(), before.pop())
  }
}

for (const packed of [true, false]) {
  test(`a map of ${packed ? 'words' : 'objects'} goes back over any number of packets, as long as they are not forgotten`, (t) => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3, 8, 70), steps, (capacity, script) => {
        const keys = packed ? Key : { hash: Key.hash, equals: Key.equals }
        const map = new ConcreteExpiringMap<ReturnType<typeof Key>, ReturnType<typeof Value>>(
          capacity,
          keys,
          packed ? Value.packing : undefined,
        )
        const update = ({ which, pick, time }: Step): void => {
          const used = [...map.slots()]
          const free = [...map.freeSlots()]
          const from = used[pick % used.length]
          const to = free[pick % free.length]
          const key = Key({ mac: pick })
          const value = Value({ at: time + 9n, size: BigInt(pick) })
          if (which === 0) map.expire(time - 8n)
          else if (which <= 2 && to !== undefined && map.find(key) === -1) map.insert(to, key, time, value)
          else if (from === undefined) return
          else if (which === 3) map.setValue(from, value)
          else if (which === 4 && to !== undefined) map.moveSlot(from, to)
          else if (which === 5 && pick % 4 === 0) map.erase(from)
          else map.refresh(from, time)
        }
        const seen = (): unknown => ({
          entries: [...map.slots()].map((slot) => [
            slot,
            { ...map.keyAt(slot) },
            map.timeAt(slot),
            { ...map.valueAt(slot) },
          ]),
          found: [...map.slots()].map((slot) => map.find(map.keyAt(slot))),
          free: [...map.freeSlots()],
          oldest: map.countBelow(4n),
        })
        goThrough(script, map, update, seen)
      }),
      { numRuns: 150 },
    )
    t.pass()
  })
}

test('a set of indices goes back over any number of packets, as long as they are not forgotten', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(1, 3, 40), steps, (capacity, script) => {
      const set = new ConcreteIndexAllocator(capacity)
      const update = ({ which, pick, time }: Step): void => {
        const index = pick % capacity
        if (which === 0) set.expire(time - 8n)
        else if (!set.used(index)) set.allocate(index, time)
        else if (which === 1) set.free(index)
        else set.refresh(index, time)
      }
      const seen = (): unknown => [
        [...set.indices()].map((index) => [index, set.timeAt(index)]),
        [...set.freeIndices()],
      ]
      goThrough(script, set, update, seen)
    }),
    { numRuns: 150 },
  )
  t.pass()
})

test('with some packets kept at any time, stale entries are swept and memory stays as it is', (t) => {
  const set = new ConcreteIndexAllocator(4)
  for (let index = 0; index < 4; index++) set.allocate(index, 0n)
  const memory = (): number => process.memoryUsage().arrayBuffers
  const pass = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      set.mark()
      set.refresh(i % 3, BigInt(i))
      if (i >= 50) set.forget(1)
    }
  }
  pass(1, 10_000)
  const before = memory()
  pass(10_000, 1_000_000)
  t.true(memory() - before < 4_000_000)
  for (let i = 0; i < 49; i++) set.retract()
  t.deepEqual(
    [...set.indices()].map((index) => set.timeAt(index)),
    [0n, 999_948n, 999_949n, 999_950n],
  )
})
