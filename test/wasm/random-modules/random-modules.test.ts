import test from 'ava'

import { runModules } from './run.js'

test('random modules run as in the engine: results, traps, host calls, memory and globals', (t) => {
  const fixed = runModules(6, 1)
  t.true(fixed.calls > 100, `${fixed.calls} calls`)
  t.true(fixed.calls > fixed.traps, 'some calls return')
  const notRun = fixed.abandoned + fixed.unsupported
  t.true(notRun * 2 < fixed.modules, `${notRun} modules left`)
})

test('and so do others, from a seed that the clock gives', (t) => {
  const seed = Date.now()
  t.log(`seed ${seed}`)
  t.true(runModules(4, seed).calls > 0)
})
