import test from 'ava'

import { killedBy, runsWith } from '../../src/mutation/traffic.js'
import { findNf, readManifest } from '../../src/nf/index.js'
import { temporary } from '../temporary.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

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

test('a mutant that takes indices from the 256th on for others is killed by traffic of many flows', async (t) => {
  const runs = runsWith(readManifest(findNf('nat')), temporary('many'))
  const find = 'const externalPort = startPort + load<i32>(found)'
  const replace = 'const externalPort = startPort + (load<i32>(found) & 255)'
  const file = writeSource(temporary('many'), 'nat', {
    name: 'low-byte',
    why: 'ports are given out twice',
    find,
    replace,
  })
  const many = runs.filter(({ traces }) => traces.some((trace) => trace.endsWith('nat-many.pcap')))
  t.like(await killedBy(many, file), { by: 'traffic' })
})

test('a mutant that does not begin with the configuration of some traffic is killed by it', async (t) => {
  const folder = temporary('begins')
  const [run] = runsWith(readManifest(findNf('nop')), folder)
  if (run === undefined) return t.fail()
  const begin = 'export function nf_init(): i32 {'
  const ways = [
    ['unreachable()', 'nop: nf_init trapped: unreachable'],
    ['if (true) return 0', 'nop: nf_init answered 0, not 1'],
  ] as const
  for (const [at, [way, what]] of ways.entries()) {
    const edit = { name: `begins-${at}`, why: 'it does not begin', find: begin, replace: `${begin}\n  ${way}` }
    t.like(await killedBy([run], writeSource(folder, 'nop', edit)), { by: 'traffic', what })
  }
  await t.throwsAsync(killedBy([{ ...run, traces: ['nowhere.pcap'] }], 'nfs/nop/nf.ts'), { message: /nowhere\.pcap/ })
})
