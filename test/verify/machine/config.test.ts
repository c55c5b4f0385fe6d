import test from 'ava'

import { compileLibvig, loadNf } from '../../../src/nf/index.js'
import { constantConfig, libvigCosts } from '../../../src/verify/machine/index.js'
import { libvigDevice } from '../../contracts/device.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'

test('lists answer at an index that is not known, with 0 where there is none', async (t) => {
  const { config } = await loadNf('balancer')
  for (let index = 0n; index < 5n; index++) {
    const path = new KnownPath()
    const resolve = constantConfig(path.terms, config)
    const answer = resolve('backendPort', path.variable('i', 32, index), 32)
    if (answer?.kind !== 'value') return t.fail()
    t.is(path.number(answer.term), index < 3n ? index + 1n : 0n)
  }
})

test('values, counts and tables answer by name, others do not', async (t) => {
  const { config } = await loadNf('balancer')
  const { terms } = new KnownPath()
  const resolve = constantConfig(terms, config)
  t.deepEqual(resolve('portCount', undefined, 32), { kind: 'value', term: terms.bv(4, 32) })
  t.deepEqual(resolve('backendMacCount', undefined, 32), { kind: 'value', term: terms.bv(3, 32) })
  t.deepEqual(resolve('heartbeatTimeout', undefined, 64), { kind: 'value', term: terms.bv(3_000_000_000n, 64) })
  t.is(resolve('wanCount', undefined, 32), undefined)
  t.is(resolve('nothing', undefined, 32), undefined)
  const bridge = await loadNf('bridge')
  const tables = constantConfig(terms, bridge.config)
  t.deepEqual(tables('staticEntries', undefined, 32), { kind: 'table', name: 'staticEntries' })
})

test('costs are those of the libVig that runs', async (t) => {
  const { wasm } = await compileLibvig()
  const { cost, heapStart } = libvigCosts(wasm)
  const device = await libvigDevice(1 << 20, 0x1300000)
  for (const [structure, sizes] of [
    ['map', [6, 100]],
    ['dchain', [65_536]],
    ['expiring_map', [40, 4, 65_536]],
    ['expiring_map', [0, 4, 1]],
    ['cht', [67, 3]],
    ['lpm', [10]],
  ] as const) {
    t.is(cost(structure, sizes), BigInt(device.call(`${structure}_cost`, sizes) ?? 0))
  }
  t.is(heapStart % 64n, 0n)
})
