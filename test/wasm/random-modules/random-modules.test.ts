import test from 'ava'

import { runModules } from './run.js'

test('random modules run as in the engine: results, traps, host calls, memory and globals', (t) => {
  const fixed = runModules(8, 1)
  t.true(fixed.calls > 100, `${fixed.calls} calls`)
  t.true(fixed.calls > fixed.traps, 'some calls return')
  t.true(fixed.abandoned * 2 < fixed.modules, `${fixed.abandoned} modules left`)
})

test('and so do others, from a seed that the clock gives', (t) => {
  const seed = Date.now()
  t.log(`seed ${seed}`)
  t.true(runModules(6, seed).calls > 0)
})
