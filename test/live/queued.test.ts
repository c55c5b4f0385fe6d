import test from 'ava'

import { Lane } from '../../src/live/lane.js'
import { Queued } from '../../src/live/queued.js'

const MS = 1e6

/** Two lanes of frames, entry by entry in the order of sending. */
function lanes() {
  const sentAt: number[] = []
  const both = [new Lane(4096), new Lane(4096)] as const
  const queued = new Queued(both, (entry) => sentAt[entry] ?? Number.POSITIVE_INFINITY)
  const send = (lane: Lane, at: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      lane.push(sentAt.length)
      sentAt.push(at)
    }
  }
  return { both, queued, send }
}

test('what was sent is in the queues of a device until it is past it, or has had time for it', (t) => {
  const { both, queued, send } = lanes()
  send(both[0], 0, 10)
  send(both[1], 5 * MS, 10)
  t.is(queued.count(19 * MS), 20)
  both[0].passTo(4)
  t.is(queued.count(19 * MS), 16)
  t.is(queued.count(21 * MS), 10)
  t.is(queued.count(26 * MS), 0)
  send(both[0], 26 * MS, 3)
  t.is(queued.count(27 * MS), 3)
})

test('of frames that nothing tells of, no more are taken to be gone than queues have room for', (t) => {
  const { both, queued, send } = lanes()
  send(both[0], 0, 600)
  send(both[1], 0, 600)
  t.is(queued.count(1000 * MS), 1200 - 512)
  both[0].passTo(100)
  t.is(queued.count(1000 * MS), 1100 - 512)
  both[0].passTo(600)
  both[1].passTo(600)
  t.is(queued.count(1000 * MS), 0)
})

test('where frames come out that were sent long after others, the device is past all of those', (t) => {
  const { both, queued, send } = lanes()
  send(both[0], 0, 2000)
  send(both[1], 30 * MS, 1)
  queued.came(15 * MS)
  t.is(queued.count(31 * MS), 2001 - 512)
  queued.came(30 * MS)
  t.is(queued.count(31 * MS), 1)
  // An old one that comes out tells nothing new.
  queued.came(2 * MS)
  t.is(queued.count(31 * MS), 1)
})
