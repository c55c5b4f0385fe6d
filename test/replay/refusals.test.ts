/** What is wrong with a request is said before anything is sent. */
import test from 'ava'

import { InputError } from '../../src/errors.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { conversation, traceOf } from './traffic.js'

const me = '192.168.1.7'
const server = '198.51.100.7'

const refusals: readonly (readonly [what: string, options: Partial<ReplayOptions>, message: RegExp])[] = [
  ['a client network in no packet', { clients: '10.77.0.0/16' }, /^--clients 10\.77\.0\.0\/16 matches no packet/],
  ['a port rule for no packet', { portRules: ['mac=02:00:00:00:99:99@0'] }, /^--port-rule mac=.* matches no packet/],
  ['client networks that are none', { clients: '10.0.0.1/8' }, /^--clients 10\.0\.0\.1\/8: .* is no network/],
  ['a filter with a mistake', { filter: 'tcp prt 80' }, /column 5/],
  ['no passes', { loop: 0 }, /^--loop must be a whole number from 1/],
  ['no time for a function', { hangAfter: 0 }, /^hangAfter must be a whole number from 1/],
  ['a topology without place for the function', { topology: 'chain-firewall-nat' }, /leave out --nf/],
  ['a topology that is not there', { topology: 'ring' }, /^there is no topology 'ring'/],
  ['a function that is not there', { nf: 'natt' }, /^there is no network function natt/],
  ['a topology where frames go in as they are', { asIs: true, topology: 'two-port' }, /^--as-is has no topology/],
  ['a value out of bounds', { config: ['maxFlows=0'] }, /maxFlows/],
  ['an unknown value', { config: ['colour=red'] }, /colour/],
]

for (const [what, options, message] of refusals) {
  test(`refused before anything is sent: ${what}`, async (t) => {
    const traces = [traceOf(conversation(me, 40000, server, 1))]
    let isPlanned = false
    const onPlan = (): void => {
      isPlanned = true
    }
    const error = await t.throwsAsync(replay({ nf: 'nat', traces, onPlan, ...options }), { instanceOf: InputError })
    t.regex(error?.message ?? '', message)
    t.is(error?.exitCode, 2)
    t.false(isPlanned)
  })
}

test('client networks need a device with sides', async (t) => {
  const traces = [traceOf(conversation(me, 40000, server, 1))]
  const run = replay({ nf: 'bridge', traces, clients: '192.168.0.0/16', config: ['capacity=64'] })
  t.regex((await t.throwsAsync(run, { instanceOf: InputError }))?.message ?? '', /needs a device with two sides/)
})
