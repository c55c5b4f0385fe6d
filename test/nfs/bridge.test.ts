import test, { type ExecutionContext } from 'ava'

import { wrongBridges } from '../wrong-builds/bridge/builds.js'
import { type EthernetFields, ethernet, mutated, type Tag } from './frames.js'
import { agreesOnRandomFrames, missedIn } from './random-frames.js'
import { nfUnderTest, type Sent } from './under-test.js'
import { A, B, BROADCAST, C, GROUP, RESERVED, transparent, vlanPorts, vlans, worlds } from './worlds/bridge.js'

const OTHERS_OF_0 = [1, 2, 3]

function leaves(t: ExecutionContext, sent: Sent, ports: readonly number[]): void {
  t.deepEqual(sent.ports, ports)
  t.is(sent.violation, undefined)
}

function frame(src: number, dst: number, more: Partial<EthernetFields> = {}): Uint8Array {
  return ethernet({ src, dst, payload: Array.from({ length: 46 }, (_, i) => i), ...more })
}

test('a frame for an unknown station is flooded, the answer goes to one port, both unchanged', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  const question = bridge.send(0, frame(A, B), 0n)
  leaves(t, question, OTHERS_OF_0)
  t.deepEqual(question.frame, frame(A, B))
  const answer = bridge.send(2, frame(B, A), 1n)
  leaves(t, answer, [0])
  t.deepEqual(answer.frame, frame(B, A))
  leaves(t, bridge.send(0, frame(A, B), 2n), [2])
})

test('a frame whose destination is behind the port it came from is filtered', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  bridge.send(0, frame(A, B), 0n)
  leaves(t, bridge.send(0, frame(B, A), 1n), [])
  leaves(t, bridge.send(0, frame(A, A), 2n), [])
})

test('group and broadcast destinations are flooded', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  leaves(t, bridge.send(0, frame(A, GROUP), 0n), OTHERS_OF_0)
  leaves(t, bridge.send(1, frame(B, BROADCAST), 1n), [0, 2, 3])
})

test('a group address as source is not learned, and the frame goes on', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  leaves(t, bridge.send(0, frame(GROUP, B), 0n), OTHERS_OF_0)
  leaves(t, bridge.send(1, frame(A, GROUP), 1n), [0, 2, 3])
})

test('the sixteen reserved addresses are never forwarded, their neighbours are; the source is learned all the same', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  for (let last = 0; last < 16; last++) leaves(t, bridge.send(0, frame(A, RESERVED + last), 0n), [])
  leaves(t, bridge.send(0, frame(A, RESERVED + 16), 0n), OTHERS_OF_0)
  leaves(t, bridge.send(0, frame(A, RESERVED - 1), 0n), OTHERS_OF_0)
  leaves(t, bridge.send(0, frame(A, RESERVED + 0x100), 0n), OTHERS_OF_0)
  leaves(t, bridge.send(1, frame(B, A), 0n), [0])
})

test('a station that is heard on another port has moved', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  bridge.send(3, frame(A, BROADCAST), 1n)
  leaves(t, bridge.send(1, frame(B, A), 2n), [3])
})

test('a station is forgotten when it was last heard longer ago than the ageing time', async (t) => {
  const make = await nfUnderTest('bridge', transparent)
  for (const [later, ports] of [
    [99n, [0]],
    [100n, [0]],
    [101n, [0, 2, 3]],
  ] as const) {
    const bridge = make()
    bridge.send(0, frame(A, BROADCAST), 1000n)
    leaves(t, bridge.send(1, frame(B, A), 1000n + later), ports)
  }
})

test('each frame of a station, not one to it, keeps it known', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  bridge.send(0, frame(A, BROADCAST), 60n)
  leaves(t, bridge.send(1, frame(B, A), 150n), [0])
  leaves(t, bridge.send(1, frame(B, A), 161n), [0, 2, 3])
})

test('before the ageing time has passed once, nothing is old', async (t) => {
  const bridge = (await nfUnderTest('bridge', { capacity: '2', ageingTime: '300 s' }))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  leaves(t, bridge.send(1, frame(B, A), 5n), [0])
})

test('with a full table a new station is not learned, its frames go on, and nobody is thrown out', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  bridge.send(1, frame(B, BROADCAST), 50n)
  leaves(t, bridge.send(2, frame(C, A), 60n), [0])
  leaves(t, bridge.send(1, frame(B, C), 70n), [0, 2, 3])
  leaves(t, bridge.send(1, frame(B, A), 80n), [0])
  leaves(t, bridge.send(2, frame(C, BROADCAST), 101n), [0, 1, 3])
  leaves(t, bridge.send(1, frame(B, C), 102n), [2])
})

test('a static entry wins over what is heard, and is not learned', async (t) => {
  const staticEntries = { '02:00:00:00:00:01': 3, '01:00:5e:00:00:01': 2 }
  const bridge = (await nfUnderTest('bridge', { ...transparent, staticEntries }))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  leaves(t, bridge.send(1, frame(B, A), 1n), [3])
  leaves(t, bridge.send(3, frame(B, A), 2n), [])
  leaves(t, bridge.send(0, frame(C, GROUP), 3n), [2])
  // The table has room for two: A took none of it, or C would not be known.
  leaves(t, bridge.send(3, frame(B, C), 4n), [0])
})

test('a frame needs room for its two addresses and its type', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  for (const length of [0, 1, 6, 13]) leaves(t, bridge.send(0, mutated(frame(A, B), [], length), 0n), [])
  leaves(t, bridge.send(1, frame(C, A), 1n), [0, 2, 3])
  leaves(t, bridge.send(0, mutated(frame(A, B), [], 14), 2n), OTHERS_OF_0)
})

test('without VLANs, tags are payload, whole or not', async (t) => {
  const bridge = (await nfUnderTest('bridge', transparent))()
  const tagged = frame(A, B, { tags: [{ id: 0xfff }] })
  t.deepEqual(bridge.send(0, tagged, 0n).frame, tagged)
  leaves(t, bridge.send(1, frame(B, A, { tags: [{ id: 7 }] }), 1n), [0])
  leaves(t, bridge.send(0, mutated(tagged, [], 15), 2n), [1])
})

test('with VLANs, a frame leaves by the ports that send its VLAN in its form', async (t) => {
  const make = await nfUnderTest('bridge', vlans, { ports: vlanPorts })
  const cases: readonly (readonly [what: string, ingress: number, tags: readonly Tag[], ports: readonly number[]])[] = [
    ['untagged, from an access port', 0, [], [1]],
    ['untagged, from the only access port of its VLAN', 2, [], []],
    ['untagged, from a trunk, by its PVID', 3, [], [0, 1]],
    ['untagged, from the other trunk', 4, [], [2]],
    ['tagged, from a trunk', 3, [{ id: 1 }], [4]],
    ['tagged with a VLAN that only trunks carry', 4, [{ id: 4094 }], [3]],
    ['tagged with its own VLAN, from an access port', 0, [{ id: 1 }], [3, 4]],
    ['tagged with another VLAN, from an access port', 0, [{ id: 2 }], []],
    ['tagged with the reserved VID', 3, [{ id: 0xfff }], []],
    ['with a service tag, which is none here', 0, [{ tpid: 0x88a8, id: 2 }], [1]],
    ['with a service tag outside a customer tag', 0, [{ tpid: 0x88a8, id: 2 }, { id: 2 }], [1]],
    ['with two customer tags, by the outer one', 3, [{ id: 1 }, { id: 2 }], [4]],
  ]
  for (const [what, ingress, tags, ports] of cases) {
    const sent = make().send(ingress, frame(A, B, { tags }), 0n)
    t.deepEqual(sent.ports, ports, what)
    t.is(sent.violation, undefined, what)
    t.deepEqual(sent.frame, frame(A, B, { tags }), what)
  }
})

test('a priority tag leaves by trunks with the VLAN of its port filled in', async (t) => {
  const bridge = (await nfUnderTest('bridge', vlans, { ports: vlanPorts }))()
  const sent = bridge.send(2, frame(A, B, { tags: [{ id: 0, priority: 5 }] }), 0n)
  leaves(t, sent, [3, 4])
  t.deepEqual(sent.frame, frame(A, B, { tags: [{ id: 2, priority: 5 }] }))
})

test('a tag that is cut short is dropped and teaches nothing', async (t) => {
  const bridge = (await nfUnderTest('bridge', vlans, { ports: vlanPorts }))()
  const tagged = frame(A, C, { tags: [{ id: 1 }] })
  for (const length of [14, 15, 16, 17]) leaves(t, bridge.send(3, mutated(tagged, [], length), 0n), [])
  leaves(t, bridge.send(4, frame(C, A, { tags: [{ id: 1 }] }), 1n), [3])
  leaves(t, bridge.send(0, frame(B, A), 2n), [1])
  leaves(t, bridge.send(3, mutated(tagged, [], 18), 3n), [4])
})

test('the same address in two VLANs is two stations', async (t) => {
  const bridge = (await nfUnderTest('bridge', vlans, { ports: vlanPorts }))()
  bridge.send(0, frame(A, BROADCAST), 0n)
  leaves(t, bridge.send(4, frame(B, A), 1n), [2])
  leaves(t, bridge.send(3, frame(B, A), 2n), [0])
})

test('a frame for a station behind a port that needs the other form is dropped, not flooded', async (t) => {
  const bridge = (await nfUnderTest('bridge', vlans, { ports: vlanPorts }))()
  bridge.send(3, frame(A, BROADCAST, { tags: [{ id: 1 }] }), 0n)
  leaves(t, bridge.send(0, frame(B, A), 1n), [])
  leaves(t, bridge.send(4, frame(C, A, { tags: [{ id: 1 }] }), 2n), [3])
})

test('a static entry holds in every VLAN, but only where its port carries the frame', async (t) => {
  const bridge = (
    await nfUnderTest('bridge', { ...vlans, staticEntries: { '02:00:00:00:00:01': 0 } }, { ports: vlanPorts })
  )()
  leaves(t, bridge.send(1, frame(B, A), 0n), [0])
  leaves(t, bridge.send(2, frame(B, A), 1n), [])
  leaves(t, bridge.send(3, frame(B, A, { tags: [{ id: 1 }] }), 2n), [])
})

for (const one of worlds) {
  test(`binary and specification agree on any frames, ${one.what}`, async (t) => agreesOnRandomFrames(t, one))
}

test('random frames find every wrong build', async (t) => {
  t.deepEqual(await missedIn(worlds, wrongBridges), [])
})
