import test from 'ava'
import fc from 'fast-check'

import { EventQueue } from '../../src/testbed/event-queue.js'

test('events come out by time, and in order of insertion among equal times', (t) => {
  const operation = fc.option(fc.integer({ min: 0, max: 5 }), { freq: 3 })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const queue = new EventQueue()
      let model: { time: bigint; id: number }[] = []
      for (const [id, time] of operations.entries()) {
        if (time !== null) {
          queue.push(BigInt(time), id * 2, id)
          model.push({ time: BigInt(time), id })
          continue
        }
        model = model.toSorted((a, b) => Number(a.time - b.time) || a.id - b.id)
        const first = model.shift()
        if (first === undefined) continue
        t.deepEqual([queue.time, queue.place, queue.frame], [first.time, first.id * 2, first.id])
        queue.pop()
      }
      t.is(queue.length, model.length)
    }),
    { numRuns: 50 },
  )
})
