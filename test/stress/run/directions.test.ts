import { rooted } from '../../packetio/rooted.js'
import { binaryOf, isSane, run, testsOf } from './running.js'

for (const [nf, topology] of [
  ['nop', 'two-port-veth'],
  ['firewall', 'two-port-veth'],
  ['policer', 'two-port-veth'],
  ['bridge', 'four-port-bridge-veth'],
  ['balancer', 'balancer-three-backends-veth'],
] as const) {
  rooted(`${nf} on ${topology} is loaded over IPv6`, async (t) => {
    const result = await run({ nf, topology, tests: ['frame-loss'], ip: 6, sizes: [84] })
    t.is(result.exitCode, 0, result.cause)
    isSane(t, result)
    t.like(result.nfs[0], { ip: 6, framesCorrupt: 0, framesMisdirected: 0 })
    t.true((result.nfs[0]?.framesReceived ?? 0) > 0)
  })
}

for (const [nf, topology, ip] of [
  ['nop', 'two-port-veth', 4],
  ['nat', 'two-port-veth', 4],
  ['firewall', 'two-port-veth', 6],
  ['policer', 'two-port-veth', 4],
  ['balancer', 'balancer-three-backends-veth', 4],
] as const) {
  rooted(`${nf} is loaded from both sides at once, over IPv${ip}`, async (t) => {
    const tests = ['throughput', 'latency']
    const result = await run({ nf, topology, tests, ip, sizes: [100], direction: 'both' })
    t.is(result.exitCode, 0, result.cause)
    isSane(t, result)
    t.like(result.nfs[0], { direction: 'both', framesCorrupt: 0, framesMisdirected: 0 })
    for (const { directions = [], figures, latency } of testsOf(result)) {
      t.is(directions.length, 2)
      for (const { sent, received } of directions) t.true(received > 0 && received <= sent)
      const counted = directions.reduce((sum, each) => sum + (each.latency?.count ?? 0), 0)
      t.is(counted, latency?.count ?? 0)
      t.true(figures.filter(({ name }) => /, port /.test(name)).length >= 2)
    }
  })
}

rooted('of two directions that is said which loses', async (t) => {
  const binary = binaryOf('  return port == 1 && count % 4 < 2 ? -1 : port ^ 1')
  const result = await run({ binary, tests: ['frame-loss'], direction: 'both', flows: 1 })
  t.is(result.exitCode, 0, result.cause)
  const [there, back] = testsOf(result)[0]?.directions ?? []
  const lossOf = ({ sent = 0, received = 0 } = {}): number => 1 - received / sent
  // A busy machine loses some of its own.
  t.true(lossOf(back) > 0.3, JSON.stringify(back))
  t.true(lossOf(there) < 0.2, JSON.stringify(there))
})
