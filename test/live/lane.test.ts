import test from 'ava'

import { Lane } from '../../src/live/lane.js'

test('a device that is through with a frame whose sending was not looked at yet is past none that is known', (t) => {
  const lane = new Lane(8)
  t.false(lane.passTo(1))
  t.is(lane.push(40), 0)
  t.true(lane.passTo(3))
  t.is(lane.through, 1)
  t.false(lane.passTo(3))
  lane.push(41)
  t.true(lane.passTo(3))
  t.is(lane.entryAt(lane.through - 1), 41)
})
