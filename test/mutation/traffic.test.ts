import test from 'ava'

import { runsWith } from '../../src/mutation/traffic.js'
import { findNf, readManifest } from '../../src/nf/index.js'
import { temporary } from '../temporary.js'

test('mutants of a network function with the specification of another one meet the traffic of that one', (t) => {
  const folder = temporary('traffic')
  const [own, like] = ['policer', 'policer-c'].map((name) => runsWith(readManifest(findNf(name)), folder))
  t.true(own !== undefined && own.length > 0)
  t.deepEqual(
    like?.map(({ traces, config }) => ({ traces, config })),
    own?.map(({ traces, config }) => ({ traces, config })),
  )
  t.true(like?.every(({ nf }) => nf === 'policer-c'))
})
