import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'
import { ConcreteExpiringMap } from '../../../src/domains/concrete/expiring-map.js'
import { type TestKey, testKeyOps } from './test-keys.js'

interface Entry {
  readonly slot: number
  readonly id: number
  readonly time: bigint
  readonly value: string | undefined
}

/** The plainest possible expiring map: a list of entries, oldest first. */
class NaiveMap {
  entries: Entry[] = []

  add(entry: Entry): void {
    const at = this.entries.findLastIndex((other) => other.time <= entry.time) + 1
    this.entries.splice(at, 0, entry)
  }

  take(slot: number): Entry {
    const entry = this.entries.find((other) => other.slot === slot)
    if (entry === undefined) throw new Error(`slot ${slot} is not in use`)
    this.entries = this.entries.filter((other) => other !== entry)
    return entry
  }
}

type Subject = ConcreteExpiringMap<TestKey, string | undefined>

function snapshot(map: Subject): { entries: Entry[]; free: number[]; lowest: number } {
  const entries = [...map.slots()].map((slot) => ({
    slot,
    id: map.keyAt(slot).id,
    time: map.timeAt(slot),
    value: map.valueAt(slot),
  }))
  return { entries, free: [...map.freeSlots()], lowest: map.lowestFree() }
}

type Operation =
  | { readonly do: 'insert' | 'refresh' | 'erase' | 'value' | 'move'; readonly pick: number; readonly time: bigint }
  | { readonly do: 'expire'; readonly time: bigint }

/** Times around every place where halves of a 64-bit number change sign or carry, with many ties. */
const times = fc
  .tuple(fc.constantFrom(0n, 1n << 31n, 1n << 32n, 1n << 61n, -(1n << 40n), -1n), fc.bigInt(-3n, 3n))
  .map(([base, offset]) => base + offset)

const operations = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom(
        'insert' as const,
        'insert' as const,
        'refresh' as const,
        'erase' as const,
        'value' as const,
        'move' as const,
      ),
      pick: fc.nat(1000),
      time: times,
    }),
    fc.record({ do: fc.constant('expire' as const), time: times }),
  ),
  { maxLength: 60 },
)

const shapes = fc.record({
  capacity: fc.constantFrom(1, 2, 3, 7, 40, 70),
  spread: fc.constantFrom(1, 2, 1000),
  packed: fc.boolean(),
})

function apply(map: Subject, naive: NaiveMap, operation: Operation): void {
  if (operation.do === 'expire') {
    map.expire(operation.time)
    naive.entries = naive.entries.filter((entry) => entry.time >= operation.time)
    return
  }
  const free = [...map.freeSlots()]
  const used = naive.entries.map((entry) => entry.slot)
  const from = used[operation.pick % used.length]
  const to = free[operation.pick % free.length]
  const { time, pick } = operation
  if (operation.do === 'insert') {
    if (to === undefined || naive.entries.some((entry) => entry.id === pick)) return
    map.insert(to, { id: pick }, time, undefined)
    naive.add({ slot: to, id: pick, time, value: undefined })
  } else if (from !== undefined) {
    change(map, naive, operation, from, to)
  }
}

function change(
  map: Subject,
  naive: NaiveMap,
  operation: Exclude<Operation, { do: 'expire' }>,
  from: number,
  to: number | undefined,
): void {
  if (operation.do === 'move') {
    if (to === undefined) return
    map.moveSlot(from, to)
    naive.entries = naive.entries.map((entry) => (entry.slot === from ? { ...entry, slot: to } : entry))
  } else if (operation.do === 'value') {
    const value = `value ${operation.pick}`
    map.setValue(from, value)
    naive.entries = naive.entries.map((entry) => (entry.slot === from ? { ...entry, value } : entry))
  } else if (operation.do === 'erase') {
    map.erase(from)
    naive.take(from)
  } else {
    map.refresh(from, operation.time)
    naive.add({ ...naive.take(from), time: operation.time })
  }
}

test('holds what a plain list of entries holds, in the same order, after any operations', (t) => {
  fc.assert(
    fc.property(shapes, operations, ({ capacity, spread, packed }, script) => {
      const map: Subject = new ConcreteExpiringMap(capacity, testKeyOps(spread, packed))
      const naive = new NaiveMap()
      for (const operation of script) {
        apply(map, naive, operation)
        assert.deepEqual(snapshot(map).entries, naive.entries)
        for (const { id, slot } of naive.entries) assert.equal(map.find({ id }), slot)
        assert.equal(map.find({ id: 5000 }), -1)
        assert.equal(map.count(), naive.entries.length)
        assert.equal(map.lowestFree(), [...map.freeSlots()][0] ?? -1)
        assert.equal(naive.entries.length + [...map.freeSlots()].length, capacity)
      }
    }),
    { numRuns: 300 },
  )
  t.pass()
})

test('rollback restores entries, times, order, values and free slots exactly', (t) => {
  fc.assert(
    fc.property(shapes, operations, operations, operations, ({ capacity, spread, packed }, before, undone, after) => {
      const map: Subject = new ConcreteExpiringMap(capacity, testKeyOps(spread, packed))
      const naive = new NaiveMap()
      for (const operation of before) apply(map, naive, operation)
      const expected = snapshot(map)
      const entries = [...naive.entries]
      map.begin()
      for (const operation of undone) apply(map, naive, operation)
      map.rollback()
      assert.deepEqual(snapshot(map), expected)
      naive.entries = entries
      for (const operation of after) apply(map, naive, operation)
      assert.deepEqual(snapshot(map).entries, naive.entries)
      map.rollback()
      assert.deepEqual(snapshot(map), expected)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

test('what was done before begin is not undone', (t) => {
  const map: Subject = new ConcreteExpiringMap(3, testKeyOps(1))
  map.begin()
  map.insert(2, { id: 8 }, 5n, 'kept')
  map.begin()
  map.erase(2)
  map.rollback()
  t.is(map.find({ id: 8 }), 2)
  t.is(map.valueAt(2), 'kept')
})

test('a key that was found is looked for anew once its entry was taken out, moved or undone', (t) => {
  for (const packed of [false, true]) {
    const map: Subject = new ConcreteExpiringMap(3, testKeyOps(1, packed))
    const key = { id: 8 }
    map.begin()
    map.insert(2, key, 5n, undefined)
    t.is(map.find(key), 2)
    map.moveSlot(2, 1)
    t.is(map.find(key), 1)
    map.erase(1)
    t.is(map.find(key), -1)
    map.insert(0, key, 6n, undefined)
    t.is(map.find(key), 0)
    map.rollback()
    t.is(map.find(key), -1)
  }
})

test('numbers that are not slots are not used', (t) => {
  const map: Subject = new ConcreteExpiringMap(2, testKeyOps(1))
  map.insert(0, { id: 1 }, 0n, undefined)
  for (const slot of [-1, 2, 65536, Number.NaN]) t.false(map.used(slot))
  t.throws(() => map.keyAt(1), { instanceOf: RangeError })
})

test('a capacity that is no positive integer is refused', (t) => {
  for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 27]) {
    t.throws(() => new ConcreteExpiringMap(capacity, testKeyOps(1)), { instanceOf: RangeError })
  }
})

test('many refreshes in one packet, in many packets, or with no packet begun keep the entries', (t) => {
  const map: Subject = new ConcreteExpiringMap(3, testKeyOps(1))
  for (const slot of [0, 1, 2]) map.insert(slot, { id: slot }, 0n, undefined)
  for (let i = 1; i <= 3000; i++) map.refresh(i % 2, BigInt(i))
  t.deepEqual([...map.slots()].map(map.timeAt, map), [0n, 2999n, 3000n])
  for (let i = 3001; i <= 6000; i++) {
    map.begin()
    map.refresh(i % 2, BigInt(i))
  }
  const expected = snapshot(map)
  map.begin()
  for (let i = 6001; i <= 9000; i++) map.refresh(i % 3, BigInt(i))
  map.expire(9000n)
  t.is(map.count(), 1)
  map.rollback()
  t.deepEqual(snapshot(map), expected)
})
