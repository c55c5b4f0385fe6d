import test from 'ava'
import fc from 'fast-check'
import { SlotSet } from '../../../src/domains/concrete/slot-set.js'

test('finds the lowest member, and the lowest from a slot on, at every depth of its tree', (t) => {
  const shape = fc.record({
    capacity: fc.constantFrom(1, 31, 32, 33, 1024, 1025, 40_000),
    full: fc.boolean(),
    changed: fc.array(fc.nat(39_999), { maxLength: 40 }),
    from: fc.nat(40_001),
  })
  fc.assert(
    fc.property(shape, ({ capacity, full, changed, from }) => {
      const subject = new SlotSet(capacity, full)
      const plain = new Set(full ? Array(capacity).keys() : [])
      for (const n of changed) {
        const slot = n % capacity
        if (plain.delete(slot)) subject.remove(slot)
        else plain.add(slot) && subject.add(slot)
      }
      const members = [...plain].sort((a, b) => a - b)
      return (
        subject.lowest() === (members[0] ?? -1) &&
        subject.from(from) === (members.find((slot) => slot >= from) ?? -1) &&
        changed.every((n) => subject.has(n % capacity) === plain.has(n % capacity)) &&
        [...subject].join() === members.join()
      )
    }),
    { numRuns: 60 },
  )
  t.pass()
})
