/** A property is believed of the real binary only as far as the tables that it looks at are the binary's. */
import test from 'ava'

import type { LoadedProperty } from '../../../src/oracle/index.js'
import {
  any,
  asProperty,
  drop,
  expiringMap,
  forward,
  ipv4Address,
  must,
  property,
  record,
  spec,
} from '../../../src/spec/index.js'
import { PropertyJudge } from '../../../src/verify/counterexample/property-judge.js'
import { Bench, udp } from '../../oracle/harness.js'

const Client = record({ ip: ipv4Address })

/** Learns who sends by port 0, and sends it on by port 1; what comes in by port 1 is dropped. */
const learner = spec({
  title: 'learner',
  config: {},
  state: () => ({ clients: expiringMap(Client, 4) }),
  process({ packet, ingress, now, clients }) {
    if (!packet.ipv4 || ingress === 1) return drop()
    const client = Client({ ip: packet.ipv4.src })
    if (clients.touch(client, now) === undefined) clients.insert(client, now)
    return forward(1, packet)
  },
})

function judging(definition: object) {
  const made = asProperty(definition)
  if (made === undefined) throw new Error('not a property')
  const tested: LoadedProperty = { name: 'p', title: 'p', clause: '', file: 'p.ts', sha256: '', property: made }
  const bench = new Bench(learner, {}, 2, true)
  const judge = new PropertyJudge(bench.oracle, tested)
  const frame = udp({ ip: '10.0.0.1', port: 1 }, { ip: '10.0.0.2', port: 2 })
  /** Sends a packet by a port; it leaves by these ports, bit i for port i. */
  const send = (ingress: number, egress: number): boolean => {
    const output = egress === 0 ? undefined : { egress, frame }
    return judge.violation(bench.judge(ingress, frame, output)) !== undefined
  }
  return { judge, send }
}

const silentFromOne = property(learner, ({ ingress, output }) => (ingress === 1 ? must(!output.packet) : any()))
const strangersOnly = property(learner, ({ ingress, output, clients }) =>
  ingress === 1 && clients.size === 1 ? must(!output.packet) : any(),
)
const nobodyNew = property(learner, ({ ingress, output, before, after }) =>
  ingress === 1 ? must(after.clients.size === before.clients.size && !output.packet) : any(),
)
const learns = property(learner, ({ ingress, after }) => (ingress === 0 ? must(after.clients.size === 0) : any()))

test('a property of the packet alone is believed whatever was before', (t) => {
  const { send, judge } = judging(silentFromOne)
  t.false(send(0, 0))
  t.true(judge.breaksSpecification)
  t.true(send(1, 1))
})

test('tables before the packet are believed until the specification is violated, that packet included', (t) => {
  const right = judging(strangersOnly)
  t.false(right.send(0, 2))
  t.false(right.judge.breaksSpecification)
  t.true(right.send(1, 1))
  t.true(right.judge.breaksSpecification)
  const wrong = judging(strangersOnly)
  t.false(wrong.send(0, 0), 'dropped against the specification: it may not have learned')
  t.false(wrong.send(1, 1))
})

test('tables after the packet are believed only where it is as specified', (t) => {
  t.false(judging(nobodyNew).send(1, 1))
  const { send, judge } = judging(learns)
  t.true(send(0, 2))
  t.false(judge.breaksSpecification)
})

test('a property that fails on a packet says nothing of it', (t) => {
  const failing = property(learner, ({ clients }) => must(clients.timeAt(3) === 0n))
  t.false(judging(failing).send(1, 1))
})
