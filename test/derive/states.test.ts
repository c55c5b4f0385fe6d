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
  const { coverage, isComplete } = await derive({ nf: `${cwd}/nfs/mine` })
  t.true(isComplete)
  const [full, ...others] = coverage.targets.filter(
    ({ status, what }) => status === 'not found' && (what === 'true' || what === 'false'),
  )
  t.deepEqual(others, [])
  t.is(full?.text, 'slot === undefined')
  t.regex(full?.why ?? '', /\(12 kinds of state\)/)
})
