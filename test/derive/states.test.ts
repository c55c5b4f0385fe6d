import test from 'ava'

import { derive } from '../../src/derive/derive.js'
import { mine } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'

const COUNTING = `
import { drop, expiringMap, forward, record, spec, timestamp, u8, u16 } from 'vigil-nf/spec'

const Type = record({ type: u16 })
const Seen = record({ step: u8, at: timestamp })

export default spec({
  title: 'a frame of a type leaves that came some times before, not at once',
  config: {},
  state: () => ({ seen: expiringMap(Type, 4096, Seen) }),
  process({ packet, ingress, now, seen }) {
    seen.expireOlderThan(now - 1000000000n)
    if (!packet.ethernet) return drop()
    const type = Type({ type: packet.ethernet.type })
    const slot = seen.touch(type, now) ?? seen.insert(type, now, Seen({ step: 0, at: now }))
    if (slot === undefined) return drop()
    const { step, at } = seen.valueAt(slot)
    if (now - at < 1000n) return drop()
    if (step === 3) return forward(1 - ingress, packet)
    seen.setValue(slot, Seen({ step: step + 1, at: now }))
    return drop()
  },
})
`

test('of a table that a few packets cannot fill, states have two entries, and one is told apart by its flags', async (t) => {
  const cwd = temporary()
  mine(cwd, COUNTING)
  const { coverage, isComplete, cases } = await derive({ nf: `${cwd}/nfs/mine` })
  t.true(isComplete)
  const [full, ...others] = coverage.targets.filter(
    ({ status, what }) => status === 'not found' && (what === 'true' || what === 'false'),
  )
  t.deepEqual(others, [])
  t.is(full?.text, 'slot === undefined')
  t.regex(full?.why ?? '', /\(12 kinds of state\)/)
  // What looks nothing up goes one way from the empty state, and one from the eleven other kinds.
  t.is(cases.filter(({ packets }) => packets.at(-1)?.line === lineOf('!packet.ethernet')).length, 2)
})

test('that a machine has six states and no more is proved, so that no packet can find it in a seventh', async (t) => {
  const cwd = temporary()
  mine(cwd, COUNTING.replace('step === 3', 'step === 5'))
  const { coverage } = await derive({ nf: `${cwd}/nfs/mine` })
  const [above] = coverage.targets.filter(({ text, what }) => text === 'step === 5' && what === 'one above')
  t.is(above?.status, 'unreachable')
  t.regex(above?.why ?? '', /step in seen is (?:\d or ){5}\d: every packet keeps that/)
})

const ADRIFT = `
import { any, drop, expiringMap, forward, ipv4Address, record, spec, u8 } from 'vigil-nf/spec'

const Host = record({ address: ipv4Address })
const Seen = record({ adrift: u8 })

export default spec({
  title: 'packets of one TTL leave but for the first; of a host that sent another nothing is said any more',
  config: {},
  state: () => ({ seen: expiringMap(Host, 4096, Seen) }),
  process({ packet, ingress, now, seen }) {
    seen.expireOlderThan(now - 1000000000n)
    if (!packet.ipv4) return drop()
    const host = Host({ address: packet.ipv4.src })
    const known = seen.touch(host, now)
    const slot = known ?? seen.insert(host, now, Seen({ adrift: 0 }))
    if (slot === undefined) return drop()
    if (packet.ipv4.ttl !== 64) seen.setValue(slot, Seen({ adrift: 1 }))
    if (seen.valueAt(slot).adrift === 1) return any()
    if (known === undefined) return drop()
    return forward(1 - ingress, packet)
  },
})
`

test('of a variant, and what comes after it, something is said: else it is no case', async (t) => {
  const cwd = temporary()
  mine(cwd, ADRIFT)
  const { cases } = await derive({ nf: `${cwd}/nfs/mine` })
  const open = lineOf('return any()', ADRIFT)
  t.true(cases.some(({ packets }) => packets.at(-1)?.line === open))
  const alone = cases.filter(({ packets }) => packets.filter(({ note }) => note !== undefined).length === 1)
  t.true(alone.length > 0)
  const unsaid = alone.filter(({ packets }) => {
    const at = packets.findIndex(({ note }) => note !== undefined)
    return packets.slice(at).every(({ line }) => line === open)
  })
  t.deepEqual(
    unsaid.map(({ title }) => title),
    [],
  )
})

function lineOf(text: string, source = COUNTING): number {
  return source.split('\n').findIndex((line) => line.includes(text)) + 1
}
