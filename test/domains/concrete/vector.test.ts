import test from 'ava'
import fc from 'fast-check'
import { ConcreteVector } from '../../../src/domains/concrete/vector.js'

const writes = fc.array(fc.tuple(fc.nat(6), fc.option(fc.nat(), { nil: undefined })), { maxLength: 30 })

test('holds what was last written, and rollback takes back what was written since begin', (t) => {
  fc.assert(
    fc.property(writes, writes, (before, undone) => {
      const subject = new ConcreteVector<number | undefined>(7, 0)
      const plain: (number | undefined)[] = Array(7).fill(0)
      for (const [index, value] of before) {
        subject.set(index, value)
        plain[index] = value
      }
      subject.begin()
      for (const [index, value] of undone) subject.set(index, value)
      const last = undone.at(-1)
      const kept = last === undefined || subject.get(last[0]) === last[1]
      subject.rollback()
      return kept && plain.every((value, index) => subject.get(index) === value)
    }),
  )
  t.throws(() => new ConcreteVector(2, 0).get(2), { instanceOf: RangeError })
})
