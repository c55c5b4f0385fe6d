import test from 'ava'

import { restful } from '../../src/smt/z3-clock.js'
import { Z3Instance } from '../../src/smt/z3-instance.js'

/** Times that a clock tells on which `step` milliseconds pass between looks, and 1 in a nap. */
function times(
  step: (look: number) => number,
  looks: number,
): { readonly told: readonly number[]; readonly naps: number } {
  let now = 0
  let look = 0
  let naps = 0
  const clock = restful(
    () => {
      now += step(look++)
      return now
    },
    () => {
      naps++
      now += 1
    },
  )
  return { told: Array.from({ length: looks }, clock), naps }
}

test('who only looks at the clock sleeps after 32 looks, and is then told the time after it', (t) => {
  const { told, naps } = times(() => 0.001, 40)
  t.is(naps, 1)
  t.true((told[31] ?? 0) < 0.033)
  t.true((told[32] ?? 0) > 1)
})

test('who does something between looks does not sleep', (t) => {
  t.is(times(() => 0.01, 1000).naps, 0)
  t.is(times((look) => (look % 20 === 0 ? 0.01 : 0.001), 1000).naps, 0)
})

test('the real Z3 asks this clock, and its limit of time is kept', async (t) => {
  const z3 = await Z3Instance.start()
  const hard = `(set-option :timeout 300)(declare-const a (_ BitVec 64))(declare-const b (_ BitVec 64))
    (assert (= (bvmul a b) #x00000000fffffffb))(assert (bvugt a #x0000000000000001))(assert (bvugt b #x0000000000000001))
    (assert (= (bvurem a b) #x0000000000000007))(check-sat)`
  const start = performance.now()
  t.is(z3.evaluate(hard).trim(), 'unknown')
  const took = performance.now() - start
  t.true(took > 290 && took < 30_000, String(took))
  await z3.close()
})
