import test from 'ava'

import { loadNf } from '../../../src/nf/index.js'
import { confirm } from '../../../src/verify/confirm.js'
import { RealNf } from '../../../src/verify/real-nf.js'
import { listInAssemblyScript } from '../../nf/in-assemblyscript.js'
import { describe, explored, failures } from './explored.js'

/** Small tables, so that full ones are soon made; every alternative of the configuration that has code of its own. */
const settings: Readonly<Record<string, readonly (readonly string[])[]>> = {
  nop: [[]],
  nat: [['maxFlows=4']],
  firewall: [['maxFlows=4']],
  bridge: [
    ['capacity=4', 'staticEntries=02:00:00:00:00:09=1'],
    ['capacity=4', 'vlanAware=true', 'trunks=1,2'],
  ],
  policer: [['capacity=4']],
  balancer: [['capacity=4', 'height=67']],
}

for (const { name } of listInAssemblyScript()) {
  for (const config of settings[name] ?? [[]]) {
    test(`${[name, ...config].join(' ')}: no path traps, leaves its memory or breaks a contract, and the binary goes each`, async (t) => {
      const nf = await loadNf(name, { config })
      const { terms, source, solver, init, packets } = await explored(name, nf.wasm, nf.config)
      t.deepEqual([...failures([init]), ...failures(packets.paths)].map(describe), [])
      t.true(packets.isComplete)
      const real = new RealNf(source)
      for (const { end, satisfied, facts, isUncertain } of packets.paths) {
        if (end.kind !== 'ended' || satisfied.kind !== 'yes') return t.fail(`${end.kind}, ${satisfied.kind}`)
        const run = end.result
        t.false(isUncertain)
        t.is(run.end.kind, 'returned')
        t.deepEqual(run.leftovers, [])
        t.deepEqual(confirm(real, { terms, run, input: run.input, facts, model: satisfied.model }, solver), {
          kind: 'confirmed',
        })
      }
      const { statistics, paths, rounds, left } = packets
      t.log(
        `${paths.length} paths in ${statistics.seconds.toFixed(1)} s, round ${rounds}, ${left.bytes.size} bytes left`,
      )
    })
  }
}
