import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'
import { ConcreteMap } from '../../../src/domains/concrete/map.js'
import { type TestKey, testKeyOps } from './test-keys.js'

const operations = fc.array(fc.record({ id: fc.nat(30), value: fc.integer() }), { maxLength: 80 })
const shapes = fc.record({
  capacity: fc.constantFrom(1, 2, 7, 31),
  spread: fc.constantFrom(1, 3, 100),
  packed: fc.boolean(),
})

/** Erases the key where it is there, else puts it where there is room. */
function toggle(subject: ConcreteMap<TestKey>, plain: Map<number, number>, id: number, value: number): void {
  if (plain.delete(id)) {
    subject.erase({ id })
  } else if (plain.size < subject.capacity) {
    subject.put({ id }, value)
    plain.set(id, value)
  }
}

function contents(subject: ConcreteMap<TestKey>): unknown[] {
  return [subject.count(), ...[...Array(31).keys()].map((id) => (subject.has({ id }) ? subject.get({ id }) : 'absent'))]
}

function plainContents(plain: Map<number, number>): unknown[] {
  return [plain.size, ...[...Array(31).keys()].map((id) => plain.get(id) ?? 'absent')]
}

test('agrees with a plain map, colliding keys and a full table included', (t) => {
  fc.assert(
    fc.property(shapes, operations, ({ capacity, spread, packed }, script) => {
      const subject = new ConcreteMap<TestKey>(capacity, testKeyOps(spread, packed))
      const plain = new Map<number, number>()
      for (const { id, value } of script) {
        toggle(subject, plain, id, value)
        assert.deepEqual(contents(subject), plainContents(plain))
      }
    }),
  )
  t.pass()
})

test('rollback restores every key and value', (t) => {
  fc.assert(
    fc.property(shapes, operations, operations, ({ capacity, spread, packed }, before, undone) => {
      const subject = new ConcreteMap<TestKey>(capacity, testKeyOps(spread, packed))
      const plain = new Map<number, number>()
      for (const { id, value } of before) toggle(subject, plain, id, value)
      const expected = contents(subject)
      subject.begin()
      for (const { id, value } of undone) toggle(subject, plain, id, value)
      subject.rollback()
      assert.deepEqual(contents(subject), expected)
    }),
  )
  t.pass()
})
