import test from 'ava'

import { InputError } from '../../../src/errors.js'
import { prepare } from '../../../src/stress/run/prepare.js'
import { chooseProfile } from '../../../src/stress/run/profile.js'

test('the RFCs have their durations, repetitions and sizes, and say what differs all the same', (t) => {
  const { profile, sizes, deviations } = chooseProfile({ profile: 'rfc' })
  t.like(profile, { trialSeconds: 60, latencySeconds: 120, latencyRuns: 20, burstSearches: 50, burstSeconds: 2 })
  t.deepEqual(sizes, [64, 128, 256, 512, 1024, 1280, 1518])
  t.false(deviations.some((line) => /seconds of a|sizes|searches/.test(line)))
  t.true(deviations.some((line) => /loaded from one/.test(line)))
  t.false(chooseProfile({ direction: 'both' }).deviations.some((line) => /loaded from one/.test(line)))
  t.deepEqual(chooseProfile({ profile: 'rfc', ip: 6 }).sizes, [84, 128, 256, 512, 1024, 1280, 1518])
  t.is(chooseProfile({ profile: 'rfc', duration: 60 }).profile.burstSeconds, 30)
})

test('a quick run lists how it differs from the RFCs', (t) => {
  const { sizes, deviations } = chooseProfile({})
  t.deepEqual(sizes, [64, 1518])
  for (const what of [
    /seconds of a trial .*: 0\.5, not 60/,
    /frame sizes .*: 64, 1518, not/,
    /streams .*: 3, not 20/,
  ]) {
    t.true(
      deviations.some((line) => what.test(line)),
      String(what),
    )
  }
})

test('what is asked for wins over the profile, and is a deviation where it differs', (t) => {
  const { profile, sizes, deviations } = chooseProfile({
    profile: 'rfc',
    duration: 6,
    repeat: 2,
    loss: 0.01,
    sizes: [64, 64],
  })
  t.like(profile, { trialSeconds: 6, probeSeconds: 1, repeat: 2, latencyRuns: 2, burstSearches: 2, loss: 0.01 })
  t.deepEqual(sizes, [64])
  t.true(deviations.some((line) => /share of frames that may be lost .*: 0\.01, not 0/.test(line)))
})

test('what cannot be done is refused', (t) => {
  for (const wrong of [
    { duration: 0 },
    { duration: 4000 },
    { repeat: 0 },
    { repeat: 1.5 },
    { loss: 1 },
    { loss: -0.1 },
    { sizes: [] },
  ]) {
    t.throws(() => chooseProfile(wrong), { instanceOf: InputError })
  }
})

test('the time that is told counts what is made with one size once', async (t) => {
  const asked = { nf: 'nat', topology: 'two-port-veth', tests: ['capacity'], repeat: 1 }
  const one = await prepare({ ...asked, sizes: [64] })
  const three = await prepare({ ...asked, sizes: [64, 128, 256] })
  const [own] = one.procedures.map(({ cost }) => cost(one.profile).seconds)
  t.true(own !== undefined && own > 10 && one.estimate > own)
  t.true(three.estimate - one.estimate < (own ?? 0), `${one.estimate} ${three.estimate}`)
})
