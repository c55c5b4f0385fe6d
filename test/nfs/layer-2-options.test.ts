/** The alternatives of bridge, balancer and policer that their own binaries do not implement. */
import test from 'ava'

import { ethernet, ipv4, udp } from './frames.js'
import { Judge } from './judge.js'

const A = 0x020000000001
const B = 0x020000000002
const GROUP = 0x01005e000001

function datagram(src: number, dst: number): Uint8Array {
  const payload = ipv4({ src: 1, dst: 2, protocol: 17, payload: udp({ srcPort: 1, dstPort: 2 }) })
  return ethernet({ src, dst, type: 0x0800, payload })
}

test('bridge, nullSource: a frame from the address of all zeros is forwarded or dropped', async (t) => {
  const frame = ethernet({ src: 0, dst: B })
  for (const nullSource of ['forward', 'drop']) {
    const bridge = await Judge.of('bridge', { capacity: 4 }, { nullSource }, 2)
    t.is(bridge.allows(0, 0n, frame, 1, frame), nullSource === 'forward')
    t.is(bridge.allows(0, 1n, frame), nullSource === 'drop')
  }
})

test('bridge, groupSource: a frame from a group address is forwarded or dropped', async (t) => {
  const frame = ethernet({ src: GROUP, dst: B })
  const other = ethernet({ src: A, dst: B })
  for (const groupSource of ['forward', 'drop']) {
    const bridge = await Judge.of('bridge', { capacity: 4 }, { groupSource }, 2)
    t.is(bridge.allows(0, 0n, frame, 1, frame), groupSource === 'forward')
    t.is(bridge.allows(0, 1n, frame), groupSource === 'drop')
    t.true(bridge.allows(0, 2n, other, 1, other))
  }
})

test('balancer, returnTraffic: an answer leaves by wan or is dropped', async (t) => {
  const answer = datagram(0x020000000201, A)
  const rewritten = datagram(0x020000000000, 0x020000000100)
  for (const returnTraffic of ['forward', 'drop']) {
    const balancer = await Judge.of('balancer', { capacity: 4, height: 67 }, { returnTraffic }, 4)
    t.is(balancer.allows(1, 0n, answer, 0, rewritten), returnTraffic === 'forward')
    t.is(balancer.allows(1, 1n, answer), returnTraffic === 'drop')
  }
})

test('policer, macs: addresses are kept or those of the egress port, both ways', async (t) => {
  const frame = datagram(A, B)
  const toInside = datagram(0x020000000000, 0x020000000100)
  const toWan = datagram(0x020000000001, 0x020000000101)
  for (const macs of ['keep', 'rewrite']) {
    const policer = await Judge.of('policer', { capacity: 4 }, { macs }, 2)
    t.is(policer.allows(1, 0n, frame, 0, frame), macs === 'keep')
    t.is(policer.allows(1, 1n, frame, 0, toInside), macs === 'rewrite')
    t.is(policer.allows(0, 2n, frame, 1, toWan), macs === 'rewrite')
  }
})

test('policer, nonIp: what is not IP passes or is dropped, from wan only', async (t) => {
  const frame = ethernet({ src: A, dst: B, type: 0x0806, payload: [1, 2, 3] })
  const malformed = ethernet({ src: A, dst: B, type: 0x86dd, payload: [0x60] })
  for (const nonIp of ['forward', 'drop']) {
    const policer = await Judge.of('policer', { capacity: 4 }, { nonIp }, 2)
    t.is(policer.allows(1, 0n, frame, 0, frame), nonIp === 'forward')
    t.is(policer.allows(1, 1n, frame), nonIp === 'drop')
    t.true(policer.allows(0, 2n, frame, 1, frame))
    t.true(policer.allows(1, 3n, malformed))
  }
})
