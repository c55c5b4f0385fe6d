import test from 'ava'
import { init, killThreads } from 'z3-solver'

import { linkZ3 } from '../../src/smt/z3-calls.js'
import { restful } from '../../src/smt/z3-clock.js'
import { Z3Instance } from '../../src/smt/z3-instance.js'

type Imports = Parameters<typeof linkZ3>[0]

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

test.serial('Z3 looks at this clock: where its own stands still it sleeps', async (t) => {
  const wait = Atomics.wait
  let naps = 0
  Object.defineProperty(Atomics, 'wait', {
    value: (cells: Int32Array<SharedArrayBuffer>, at: number, value: number, milliseconds: number) => {
      naps++
      return wait(cells, at, value, milliseconds)
    },
  })
  t.teardown(() => Object.defineProperty(Atomics, 'wait', { value: wait }))
  const instantiateWasm = (imports: Imports, received: (instance: WebAssembly.Instance) => void): object => {
    const { instance } = linkZ3({ ...imports, env: { ...imports.env, emscripten_get_now: () => 1 } })
    received(instance)
    return instance.exports
  }
  const { em } = await init({ printErr: () => {}, instantiateWasm })
  t.teardown(() => killThreads(em))
  const context = em._Z3_mk_context(em._Z3_mk_config())
  em._set_noop_error_handler(context)
  const bytes = new TextEncoder().encode('(declare-fun p () Bool)(assert p)(check-sat)\0')
  for (let n = 0; n < 100 && naps === 0; n++) {
    const address = em._malloc(bytes.length)
    em.HEAPU8.set(bytes, address)
    em._Z3_eval_smtlib2_string(context, address)
  }
  t.true(naps > 0)
})

test.serial('a limit of time is kept under it', async (t) => {
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
