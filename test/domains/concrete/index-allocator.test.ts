import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'
import { ConcreteIndexAllocator } from '../../../src/domains/concrete/index-allocator.js'

interface Operation {
  readonly do: 'touch' | 'free' | 'expire'
  readonly index: number
  readonly time: bigint
}

const operations = fc.array(
  fc.record<Operation>({
    do: fc.constantFrom('touch', 'touch', 'touch', 'free', 'expire'),
    index: fc.nat(50),
    time: fc.bigInt(-4n, 12n),
  }),
  { maxLength: 80 },
)

/** Does the operation on the structure and on a plain map from index to time. */
function apply(
  subject: ConcreteIndexAllocator,
  times: Map<number, bigint>,
  { do: what, index: n, time }: Operation,
): void {
  const index = n % subject.capacity
  if (what === 'expire') {
    subject.expire(time)
    for (const [at, own] of times) if (own < time) times.delete(at)
  } else if (what === 'free') {
    if (times.delete(index)) subject.free(index)
  } else {
    if (times.has(index)) subject.refresh(index, time)
    else subject.allocate(index, time)
    times.set(index, time)
  }
}

function snapshot(subject: ConcreteIndexAllocator): unknown[] {
  return [
    [...subject.indices()].map((index) => [index, subject.timeAt(index)]),
    [...subject.freeIndices()],
    subject.count(),
  ]
}

test('agrees with a plain map from index to time, and lists indices oldest first', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 7, 51), operations, (capacity, script) => {
      const subject = new ConcreteIndexAllocator(capacity)
      const times = new Map<number, bigint>()
      for (const operation of script) apply(subject, times, operation)
      const listed = [...subject.indices()].map((index) => subject.timeAt(index))
      assert.deepEqual(
        listed,
        [...times.values()].sort((a, b) => Number(a - b)),
      )
      assert.equal(subject.count(), times.size)
      for (let index = 0; index < capacity; index++) {
        assert.equal(subject.used(index), times.has(index))
        if (times.has(index)) assert.equal(subject.timeAt(index), times.get(index))
      }
      assert.deepEqual(
        [...subject.freeIndices()],
        [...Array(capacity).keys()].filter((index) => !times.has(index)),
      )
    }),
  )
  t.pass()
})

test('rollback restores indices, times, order and the free ones', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 7, 51), operations, operations, (capacity, before, undone) => {
      const subject = new ConcreteIndexAllocator(capacity)
      const times = new Map<number, bigint>()
      for (const operation of before) apply(subject, times, operation)
      const expected = snapshot(subject)
      subject.begin()
      for (const operation of undone) apply(subject, times, operation)
      subject.rollback()
      assert.deepEqual(snapshot(subject), expected)
    }),
  )
  t.pass()
})

test('the oldest index is named only when its time is below the threshold', (t) => {
  const subject = new ConcreteIndexAllocator(3)
  t.is(subject.oldestBefore(100n), -1)
  subject.allocate(2, 5n)
  subject.allocate(0, 9n)
  t.is(subject.oldestBefore(5n), -1)
  t.is(subject.oldestBefore(6n), 2)
  subject.refresh(2, 9n)
  t.is(subject.oldestBefore(10n), 0)
})
