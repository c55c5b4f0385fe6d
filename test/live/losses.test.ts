import test from 'ava'

import type { DeviceUnderTest } from '../../src/device/index.js'
import { Losses } from '../../src/live/losses.js'

test('an absent frame is taken for lost as often as counters say that one was, and no more', (t) => {
  const lost = { before: 3, after: 1 }
  const device: DeviceUnderTest = {
    processed: undefined,
    reset: undefined,
    fault: undefined,
    lost: () => ({ ...lost }),
    stop: () => Promise.resolve({ ports: [] }),
  }
  const losses = new Losses({ ports: [], device, testerLinks: [], deviceLinks: [] })
  t.is(losses.take(), undefined, 'what was lost before the start excuses nothing')
  lost.before += 2
  lost.after += 1
  t.deepEqual(losses.counts, { before: 2, after: 1 })
  t.deepEqual([losses.take(), losses.take(), losses.take(), losses.take()], ['before', 'before', 'after', undefined])
  t.deepEqual([losses.usedBefore, losses.usedAfter], [2, 1])
})
