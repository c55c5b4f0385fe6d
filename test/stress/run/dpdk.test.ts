import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'

import { stress } from '../../../src/stress/run/index.js'
import { withDpdk } from '../../packetio/with-dpdk.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true, strict: true }).compile(
  typeof schema === 'object' && schema !== null ? schema : {},
)

withDpdk('a network function on rings of DPDK is loaded, and what it loses is counted', async (t) => {
  const result = await stress({
    nf: 'nat',
    topology: 'dpdk-rings',
    // The last one starts the network function anew, on the same rings, before each trial.
    tests: ['throughput', 'latency', 'connection-rate'],
    sizes: [64],
    flows: 20,
    duration: 0.1,
    repeat: 1,
    rateCap: 2000,
  })
  t.is(result.exitCode, 0, result.cause)
  t.true(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors))
  const [nf] = result.nfs
  t.deepEqual(
    nf?.tests.map(({ name, isComplete }) => [name, isComplete]),
    [
      ['throughput', true],
      ['latency', true],
      ['connection-rate', true],
    ],
  )
  for (const { trials } of nf?.tests ?? []) {
    t.true(trials.some(({ received }) => received > 0))
    for (const { sent, received, lost, testerLost } of trials) t.is(sent, received + lost + testerLost)
  }
  t.true((nf?.testers[0]?.ceiling ?? 0) > 0)
  t.true((nf?.tests[1]?.latency?.count ?? 0) > 0)
  t.deepEqual(
    nf?.ports.map(({ backend, lost }) => [backend, lost]),
    [
      ['dpdk', 0],
      ['dpdk', 0],
    ],
  )
  t.regex(nf?.notExercised[0] ?? '', /times are those of reading/)
})
