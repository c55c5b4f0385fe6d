import test from 'ava'
import fc from 'fast-check'

import { type Attached, AttachedObjects, AttachedWords } from '../../../src/domains/concrete/attached.js'
import { ConcreteExpiringMap } from '../../../src/domains/concrete/expiring-map.js'
import { columns } from '../../../src/domains/concrete/rows.js'
import { bytes, macAddress, record, timestamp, u32 } from '../../../src/spec/index.js'

const CAPACITY = 8
const Value = record({ mac: macAddress, at: timestamp, count: u32, size: bytes })
type Value = ReturnType<typeof Value>

const anyValue = fc
  .record({
    mac: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    at: fc.bigInt(0n, 2n ** 62n),
    count: fc.integer({ min: 0, max: 0xffffffff }),
    size: fc.bigInt(0n, 2n ** 62n),
  })
  .map((fields) => Value(fields))
const slot = fc.nat(CAPACITY - 1)

function packed(): Attached<Value> {
  const [, column] = columns(CAPACITY, [3, Value.packing.words, 1])
  if (column === undefined) throw new Error('no column')
  return new AttachedWords(Value.packing, column)
}

test('values packed into words are those that were kept, displaced and moved as objects are', (t) => {
  const steps = fc.array(fc.record({ slot, to: slot, value: anyValue, what: fc.constantFrom('set', 'save', 'move') }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, anyValue, (sequence, first) => {
      const both = [packed(), new AttachedObjects<Value>(CAPACITY)] as const
      const saved: number[] = []
      for (const values of both) for (let at = 0; at < CAPACITY; at++) values.set(at, first)
      for (const { slot: at, to, value, what } of sequence) {
        if (what === 'save') saved.push(at)
        for (const values of both) {
          if (what === 'set') values.set(at, value)
          else if (what === 'save') values.save(at)
          else values.move(at, to)
        }
      }
      for (const at of saved.toReversed()) for (const values of both) values.restore(at)
      for (let at = 0; at < CAPACITY; at++) t.deepEqual({ ...both[0].get(at) }, { ...both[1].get(at) })
    }),
  )
})

test('a map with packed keys and values comes back whole after a packet is taken back', (t) => {
  const Key = record({ mac: macAddress })
  fc.assert(
    fc.property(anyValue, anyValue, fc.integer({ min: 0, max: 2 ** 48 - 2 }), (one, other, mac) => {
      const map = new ConcreteExpiringMap(CAPACITY, Key, Value.packing)
      map.begin()
      map.insert(3, Key({ mac }), 5n, one)
      map.begin()
      map.setValue(3, other)
      map.moveSlot(3, 6)
      map.erase(6)
      t.is(map.find(Key({ mac })), -1)
      map.insert(3, Key({ mac: mac + 1 }), 7n, other)
      map.rollback()
      t.is(map.find(Key({ mac })), 3)
      t.is(map.find(Key({ mac: mac + 1 })), -1)
      t.deepEqual([{ ...map.keyAt(3) }, { ...map.valueAt(3) }, map.timeAt(3)], [{ mac }, { ...one }, 5n])
      t.is(map.otherFree(2), 4)
    }),
  )
})
