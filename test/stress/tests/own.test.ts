import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { InputError } from '../../../src/errors.js'
import type { StressTest } from '../../../src/result/index.js'
import { type StressOptions, stress } from '../../../src/stress/run/index.js'
import { proceduresOf } from '../../../src/stress/tests/index.js'
import { floodOf } from '../../../src/stress/tests/syn-flood.js'
import { tornDown } from '../../../src/stress/tests/tear-down.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'

type Asked = Partial<StressOptions> & Pick<StressOptions, 'nf' | 'tests'>

/** Small and slow enough for any machine. */
const shape = { topology: 'two-port-veth', sizes: [128], flows: 30, duration: 0.2, repeat: 1, rateCap: 4000 }

/** One test with frames of one size. */
async function only(options: Asked): Promise<StressTest> {
  const { nfs } = await stress({ ...shape, ...options })
  const [found] = nfs[0]?.tests ?? []
  if (found === undefined) throw new Error(nfs[0]?.cause)
  // Whatever a test does to its device, nothing that is right is called wrong.
  const [wrong] = nfs[0]?.wrongFrames ?? []
  if (wrong !== undefined) throw new Error(wrong)
  return found
}

function mean({ figures }: StressTest, name: string): number {
  return figures.find((figure) => figure.name === name)?.mean ?? Number.NaN
}

for (const nf of ['nat', 'firewall']) {
  rooted(`as many connections fit into a ${nf} as its table has room for`, async (t) => {
    const found = await only({ nf, tests: ['capacity'], config: ['maxFlows=200'] })
    t.is(mean(found, 'connections'), 200, found.cause)
    t.is(found.trials[0]?.sent, 210)
  })
}

rooted('connections are made at a rate that is searched for, each time in an empty table', async (t) => {
  const found = await only({ nf: 'nat', tests: ['connection-rate'], config: ['maxFlows=400'] })
  t.true(found.isComplete, found.cause)
  t.true(mean(found, 'connections a second') > 0)
  // Opened, and answered.
  t.is(found.trials[0]?.sent, found.trials[1]?.sent)
})

rooted('the first frame that finds all connections expired is timed, and ten others after it', async (t) => {
  const config = ['maxFlows=60000', 'expiration=3s']
  const found = await only({ nf: 'nat', tests: ['tear-down'], config, rateCap: 80_000 })
  t.true(found.isComplete, found.cause)
  t.deepEqual(
    found.trials.slice(1).map(({ sent }) => sent),
    [1, 10],
  )
  const [first, usual] = [mean(found, 'first frame after'), mean(found, 'longest frame of a new flow otherwise')]
  const rates = found.figures.filter(({ name }) => name === 'connections torn down a second').map((each) => each.mean)
  const rate = tornDown(found.trials[0]?.received ?? 0, first, usual)
  // How long each takes is the machine's.
  t.deepEqual(rates, rate === undefined ? [] : [rate])
  t.regex(found.notes.join(), /^\d{4,5} connections expire at once, 3 s after/)
})

test('a rate is told where the first frame stands out, and of a flood where frames were sent', (t) => {
  t.is(tornDown(1000, 5_000_000, 1_000_000), 250_000)
  t.is(tornDown(1000, 2_000_000, 1_000_000), undefined)
  t.is(floodOf({ offered: 2000, sentBeside: 500, seconds: 0.5 }, 1000), 1000)
  t.is(floodOf({ offered: 500, sentBeside: 500, seconds: 0.5 }, 1000), 500)
  t.is(floodOf({ offered: 0, sentBeside: 500, seconds: 0 }, 1000), 0, 'one frame alone has no rate')
})

rooted('all have expired by then: a table that was nearly full has room', async (t) => {
  const found = await only({ nf: 'firewall', tests: ['tear-down'], config: ['maxFlows=11', 'expiration=1s'] })
  t.true(found.isComplete, found.cause)
  t.deepEqual(
    found.trials.map(({ sent, received }) => [sent, received]),
    [9, 1, 10].map((count) => [count, count]),
  )
})

test('what takes minutes to expire is not waited for', async (t) => {
  const asked = stress({ nf: 'firewall', topology: 'two-port-veth', tests: ['tear-down'] })
  await t.throwsAsync(asked, {
    instanceOf: InputError,
    message:
      /^the load test tear-down: connections expire after 300 s, which is not waited for \(--config expiration=5s/,
  })
})

rooted('tables that are nearly full, and flows that are new to them', async (t) => {
  const found = await only({ nf: 'nat', tests: ['longest-path'], config: ['maxFlows=200'] })
  t.true(found.isComplete, found.cause)
  t.true(found.notes.some((note) => note.startsWith('180 of 200 flows are known')))
  t.is(found.latency?.count, 10)
})

rooted('a device that starts anew is judged anew: its table has room again', async (t) => {
  // 180 flows and 10 others in each repetition, of which three would not fit.
  const { trials } = await only({ nf: 'nat', tests: ['longest-path'], config: ['maxFlows=200'], repeat: 3 })
  t.true(trials.length > 3)
  t.true(
    trials.every(({ judged, received }) => judged > 0 || received === 0),
    JSON.stringify(trials.map(({ judged, received }) => [judged, received])),
  )
})

for (const [nf, ip] of [
  ['nat', 4],
  ['firewall', 4],
  ['firewall', 6],
] as const) {
  rooted(`a ${nf} drops a flood of SYN segments over IPv${ip}, and forwards what it has to`, async (t) => {
    const found = await only({ nf, ip, tests: ['syn-flood'], loss: 0.01 })
    t.true(found.isComplete, found.cause)
    t.true(mean(found, 'segments dropped without a loss') > 0, JSON.stringify(found))
    t.true(found.trials.every(({ misdirected, corrupt }) => misdirected === 0 && corrupt === 0))
  })
}

rooted('a policer lets pass what is configured', async (t) => {
  const config = ['rate=22000', 'burst=11000', 'expiration=10s']
  const found = await only({ nf: 'policer', tests: ['policing'], config, duration: 1 })
  t.true(found.isComplete, found.cause)
  // 100 frames at once, then 200 a second; the machine may lose some.
  const [burst, rate] = [mean(found, 'burst'), mean(found, 'rate')]
  t.true(burst > 9000 && burst < 12_000, String(burst))
  t.true(rate > 19_000 && rate < 24_000, String(rate))
})

rooted('flows of a backend that dies find another, and no others move', async (t) => {
  const backends = [1, 2, 3].map(
    (i) => `  backend${i}: { mac: 02:00:00:00:02:0${i}, ip: 192.0.2.${i}, emits: [{ kind: heartbeat, every: 100ms }] }`,
  )
  const topology = join(temporary(), 'balanced.yaml')
  writeFileSync(
    topology,
    [
      'title: backends that send heartbeats often',
      'ports: { kind: veth }',
      'nodes: { dut: { nf: $nf, ports: 4 } }',
      'hosts:',
      ...backends,
      'links:',
      ...[1, 2, 3].map((i) => `  - { from: backend${i}, to: dut.${i} }`),
      'inputs: { clients: dut.0 }',
      '',
    ].join('\n'),
  )
  const config = ['heartbeatTimeout=1s']
  const found = await only({ nf: 'balancer', topology, tests: ['balancing'], config, flows: 300 })
  t.true(found.isComplete, found.cause)
  t.true(mean(found, 'busiest backend above the mean') < 0.5)
  t.is(mean(found, 'flows of the dead backend that found no other'), 0)
  t.is(mean(found, 'flows of living backends that moved or were lost'), 0)
})

rooted('a bridge knows as many addresses as its table has room for, and learns and floods at a rate', async (t) => {
  const bridge = { nf: 'bridge', topology: 'four-port-bridge-veth' }
  const capacity = await only({ ...bridge, tests: ['address-capacity'], config: ['capacity=100'] })
  t.is(mean(capacity, 'addresses'), 100, capacity.cause)
  const rate = await only({ ...bridge, tests: ['address-rate'], config: ['capacity=300'] })
  t.true(mean(rate, 'addresses a second') > 0, rate.cause)
  const flooded = await only({ ...bridge, tests: ['broadcast'] })
  t.true(mean(flooded, 'broadcasts') > 0, flooded.cause)
  t.true(flooded.trials.every(({ sent, flooded: copies }) => copies <= 2 * sent))
})

rooted('what needs empty tables says where no table can be emptied, and two ports show no flooding', async (t) => {
  const config = ['capacity=100']
  const linux = await stress({ ...shape, nf: 'bridge', topology: 'bridge-linux', tests: ['address-capacity'], config })
  t.is(linux.exitCode, 4)
  t.regex(linux.cause ?? '', /^address-capacity with 128 bytes: the tables of this device cannot be emptied/)
  const two = await only({ nf: 'bridge', tests: ['address-capacity'], config })
  t.regex(two.cause ?? '', /with two ports nobody sees/)
})

test('a network function has the tests of all, and those of its kind alone', (t) => {
  const names = (nf: string, tests: readonly string[]): string[] => proceduresOf(nf, tests).map(({ name }) => name)
  t.deepEqual(names('nat', ['capacity', 'latency', 'throughput', 'latency']), ['throughput', 'latency', 'capacity'])
  const message = /no load test capacity of policer \(there are throughput, .*, policing\)/
  t.throws(() => proceduresOf('policer', ['capacity']), { instanceOf: InputError, message })
  t.throws(() => proceduresOf('mine', ['balancing']), { instanceOf: InputError, message: /of mine/ })
})
