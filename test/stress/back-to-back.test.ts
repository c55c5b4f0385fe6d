import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { type BurstTrial, bufferTime, findBackToBack } from '../../src/stress/back-to-back.js'

/** A device that has room for so many frames at once. */
function device(room: number): BurstTrial {
  return async (length) => ({ sent: length, received: Math.min(length, room) })
}

test('the longest burst that passes is found, to the resolution', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(5000),
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 1, max: 50 }),
      async (room, most, resolution) => {
        const { lengths, summary, isUnbounded } = await findBackToBack(device(room), { most, resolution, repeats: 3 })
        const longest = Math.min(room, most)
        t.true(lengths.every((length) => length <= longest && length > longest - resolution))
        t.is(isUnbounded, room >= most)
        t.is(summary.count, 3)
        if (resolution === 1) t.is(summary.mean, longest)
      },
    ),
  )
})

test('a burst that fails once and passes when sent again is not too long', async (t) => {
  const failed = new Set<number>()
  const trial: BurstTrial = async (length) => {
    const isLost = length > 100 || !failed.has(length)
    failed.add(length)
    return { sent: length, received: isLost ? length - 1 : length }
  }
  const options = { most: 200, repeats: 1 }
  t.deepEqual((await findBackToBack(trial, options)).lengths, [100])
  failed.clear()
  t.deepEqual((await findBackToBack(trial, { ...options, verifications: 0 })).lengths, [0])
})

test('a burst that was not sent whole is an error, and so is a search for nothing', async (t) => {
  const half: BurstTrial = async (length) => ({ sent: length / 2, received: length / 2 })
  await t.throwsAsync(findBackToBack(half, { most: 10 }), {
    instanceOf: InputError,
    message: '5 frames of a burst of 10 were sent',
  })
  await t.throwsAsync(findBackToBack(device(1), { most: 0 }), { instanceOf: InputError })
  await t.throwsAsync(findBackToBack(device(1), { most: 1, repeats: 0 }), { instanceOf: InputError })
})

test('a buffer that fills at the difference of two rates is told by its corrected time', (t) => {
  // At 1000 frames a second in and 600 out, 40 of 100 frames are still there after a tenth of a second.
  const { implied, corrected } = bufferTime(100, 1000, 600)
  t.is(implied, 0.1)
  t.true(Math.abs(corrected - 0.04) < 1e-12)
  t.is(bufferTime(100, 1000, 1000).corrected, 0)
  t.is(bufferTime(100, 1000, 1001).corrected, 0)
})
