import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'

import { WatchedExpiringMap, WatchedIndexAllocator } from '../../../src/domains/concrete/watched.js'
import { type TestKey, testKeyOps } from './test-keys.js'

const CAPACITY = 6
const slots = Array.from({ length: CAPACITY }, (_, slot) => slot)
const keys: readonly TestKey[] = Array.from({ length: 8 }, (_, id) => ({ id }))
const thresholds = Array.from({ length: 12 }, (_, i) => BigInt(i) - 1n)

interface Entry {
  readonly id: number
  readonly value: string
  readonly time: bigint
}

interface Step {
  readonly do: 'insert' | 'refresh' | 'value' | 'erase' | 'expire' | 'move' | 'rollback'
  readonly pick: number
  readonly time: bigint
}

const step = fc.record({
  do: fc.constantFrom<Step['do']>('insert', 'insert', 'refresh', 'value', 'erase', 'expire', 'move', 'rollback'),
  pick: fc.nat(1000),
  time: fc.bigInt(0n, 9n),
})
const packets = fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 12 })

type Subject = WatchedExpiringMap<TestKey, string>

/** What is at each slot, read from the map itself. */
function present(map: Subject): (Entry | undefined)[] {
  return slots.map((slot) =>
    map.used(slot) ? { id: map.keyAt(slot).id, value: map.valueAt(slot), time: map.timeAt(slot) } : undefined,
  )
}

/** Does to `map` what it can; `before` is what was there before the packet, as far as that is known. */
function apply(map: Subject, { do: what, pick, time }: Step, before: (Entry | undefined)[]): void {
  const used = [...map.slots()]
  const free = [...map.freeSlots()]
  const slot = used[pick % Math.max(used.length, 1)]
  const target = free[pick % Math.max(free.length, 1)]
  const key = keys[pick % keys.length]
  if (what === 'expire') map.expire(time)
  else if (what === 'insert') {
    if (target !== undefined && key !== undefined && !map.has(key)) map.insert(target, key, time, `v${pick}`)
  } else if (slot === undefined) return
  else if (what === 'refresh') map.refresh(slot, time)
  else if (what === 'value') map.setValue(slot, `w${pick}`)
  else if (what === 'erase') map.erase(slot)
  else if (what === 'move' && target !== undefined) {
    // Where an entry of this packet moves, nothing is learned about before.
    if (before[slot] !== undefined) {
      before[target] = before[slot]
      before[slot] = undefined
    }
    map.moveSlot(slot, target)
  }
}

function agrees(map: Subject, before: readonly (Entry | undefined)[]): void {
  const seen = slots.map((slot) => {
    const entry = map.entryBefore(slot)
    return entry && { id: entry.key.id, value: entry.value, time: entry.time }
  })
  assert.deepEqual(seen, before)
  for (const key of keys) {
    const slot = before.findIndex((entry) => entry?.id === key.id)
    assert.equal(map.findBefore(key), slot)
  }
  for (const threshold of thresholds) {
    const count = before.filter((entry) => entry !== undefined && entry.time >= threshold).length
    assert.equal(map.countBefore(threshold), count)
  }
}

test('a watched map remembers what was there before the packet, whatever the packet does', (t) => {
  fc.assert(
    fc.property(packets, fc.boolean(), (sequence, packed) => {
      const map: Subject = new WatchedExpiringMap(CAPACITY, testKeyOps(2, packed))
      for (const steps of sequence) {
        map.begin()
        const start = present(map)
        let before = [...start]
        for (const one of steps) {
          if (one.do === 'rollback') {
            map.rollback()
            before = [...start]
            assert.deepEqual(present(map), start)
          } else apply(map, one, before)
        }
        agrees(map, before)
      }
    }),
    { numRuns: 500 },
  )
  t.pass()
})

test('an entry whose slot is learned late counts as there all the time, and one made by the packet does not', (t) => {
  const map: Subject = new WatchedExpiringMap(CAPACITY, testKeyOps(2))
  const [old = { id: 0 }, fresh = { id: 1 }] = keys
  map.insert(0, old, 1n, 'old')
  map.begin()
  map.moveSlot(0, 3)
  map.refresh(3, 2n)
  map.insert(0, fresh, 2n, 'fresh')
  map.moveSlot(0, 4)
  t.deepEqual([map.findBefore(old), map.entryBefore(3)?.time], [3, 1n])
  t.deepEqual([map.findBefore(fresh), map.entryBefore(0), map.entryBefore(4)], [-1, undefined, undefined])
})

test('the threshold is the highest that the packet had entries expire by, and gone with the next packet', (t) => {
  const map: Subject = new WatchedExpiringMap(CAPACITY, testKeyOps(2))
  map.begin()
  t.is(map.threshold, undefined)
  map.expire(5n)
  map.expire(3n)
  t.is(map.threshold, 5n)
  map.rollback()
  t.is(map.threshold, undefined)
  map.expire(-2n)
  t.is(map.threshold, -2n)
  map.begin()
  t.is(map.threshold, undefined)
})

test('a watched set of indices remembers who was in before the packet, and since when', (t) => {
  fc.assert(
    fc.property(packets, (sequence) => {
      const set = new WatchedIndexAllocator(CAPACITY)
      for (const steps of sequence) {
        set.begin()
        const before = slots.map((index) => set.timeNow(index))
        for (const { do: what, pick, time } of steps) {
          const index = pick % CAPACITY
          if (what === 'rollback') set.rollback()
          else if (what === 'expire') set.expire(time)
          else if (what === 'erase' && set.used(index)) set.free(index)
          else if (set.used(index)) set.refresh(index, time)
          else set.allocate(index, time)
        }
        assert.deepEqual(
          slots.map((index) => set.timeBefore(index)),
          before,
        )
        for (const threshold of thresholds) {
          const count = before.filter((time) => time !== undefined && time >= threshold).length
          assert.equal(set.countBefore(threshold), count)
        }
      }
    }),
    { numRuns: 500 },
  )
  t.pass()
})
