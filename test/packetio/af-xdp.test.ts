import test from 'ava'
import fc from 'fast-check'

import { InputError, MachineError } from '../../src/errors.js'
import {
  Burst,
  changeLink,
  type LinkEnd,
  linkOf,
  openAfXdp,
  openPort,
  type PacketPort,
  setOffloads,
  waitForFrames,
  waitForRoom,
} from '../../src/packetio/index.js'
import { burstOf, carried, frameOf, ROOM, received, sendAll } from './frames.js'
import { inside, openXdp, slowPort, wireOf, withAfXdp, xdpWire } from './rooted.js'

function backend(name: string): (end: LinkEnd) => PacketPort {
  return ({ namespace, name: interfaceName }) => openPort(name, interfaceName, { namespace })
}

for (const [one, other] of [
  ['af_xdp', 'af_xdp'],
  ['af_xdp', 'af_packet'],
] as const) {
  withAfXdp(`frames of all lengths arrive as they were sent, both ways (${one}, ${other})`, (t) => {
    const { ports } = wireOf(t, [backend(one), backend(other)])
    const frames = Array.from({ length: 1514 - 14 + 1 }, (_, i) => frameOf(14 + i, i & 255))
    frames.push(frameOf(1518, 1, [5]), frameOf(1518, 2, [0x6005, 7]), frameOf(60, 3, [5]))
    for (const [from, to] of [ports, ports.toReversed()]) {
      if (from !== undefined && to !== undefined) t.deepEqual(carried(from, to, frames), frames)
    }
  })
}

withAfXdp('bursts of any shape arrive in their order, at rising times, and each is counted', (t) => {
  const { ports } = xdpWire(t)
  let count = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 60, max: 1514 }), fc.nat(255)), { minLength: 1, maxLength: 64 }),
      (shapes) => {
        const frames = shapes.map(([length, fill]) => frameOf(length, fill))
        const before = BigInt(Date.now() - 1) * 1_000_000n
        t.is(ports[0].send(burstOf(frames), 0, frames.length), frames.length)
        const seen = received(ports[1], frames.length)
        const times = seen.map(({ time }) => time)
        t.deepEqual(
          seen.map(({ frame }) => frame),
          frames,
        )
        t.true(times.every((time, i) => time >= (times[i - 1] ?? before)))
        count += frames.length
      },
    ),
    { numRuns: 50 },
  )
  t.deepEqual(received(ports[0], 1, 100), [], 'a port does not see what it sends')
  t.like(ports[0].counts(), { sent: count, received: 0, refused: 0 })
  t.like(ports[1].counts(), { sent: 0, received: count, receivedBytes: ports[0].counts().sentBytes, lost: 0 })
})

withAfXdp('of 100,000 frames as many are received as sent, many times what the rings hold', (t) => {
  const { ports } = xdpWire(t, { ringFrames: 128 })
  const burst = burstOf(Array.from({ length: 64 }, (_, i) => frameOf(60, i)))
  const into = new Burst(64, ROOM)
  let sent = 0
  let seen = 0
  while (sent < 100_000) {
    const count = Math.min(64, 100_000 - sent)
    sendAll(ports[0], burst, count)
    sent += count
    while (seen < sent) {
      if (waitForFrames([ports[1]], 5000) === 0) return t.fail(`${seen} of ${sent} arrived`)
      const filled = ports[1].receive(into)
      for (let i = 0; i < filled; i++, seen++) {
        if (into.length(i) !== 60 || into.frame(i)[20] !== seen % 64) return t.fail(`frame ${seen} is another`)
      }
    }
  }
  t.like(ports[0].counts(), { sent: 100_000, refused: 0 })
  t.like(ports[1].counts(), { received: 100_000, lost: 0, oversize: 0 })
})

withAfXdp('frames that full rings cannot take are counted: none is missing without a count', (t) => {
  const { ends, ports } = xdpWire(t, { ringFrames: 64 })
  const burst = burstOf(Array.from({ length: 64 }, (_, i) => frameOf(1000, i)))
  const taken = 6400
  for (let i = 0; i < taken; i += 64) sendAll(ports[0], burst, 64)
  const seen = received(ports[1], taken, 500).length
  const { sent } = ports[0].counts()
  const { received: counted, lost } = ports[1].counts()
  t.is(sent, taken)
  t.true(lost > 0)
  t.is(seen, counted)
  t.is(counted + lost, sent)
  t.is(linkOf(ends[1].namespace, 'right').counts.received, sent)
})

withAfXdp('a device that drops what it is given: no frame is taken, as where a queue is full', (t) => {
  const { ends, ports } = xdpWire(t)
  const frames = [1, 2, 3].map((fill) => frameOf(60, fill))
  changeLink(ends[1].namespace, 'right', { isUp: false })
  t.is(ports[0].send(burstOf(frames), 0, 3), 0)
  changeLink(ends[1].namespace, 'right', { isUp: true })
  t.deepEqual(carried(ports[0], ports[1], frames), frames)
  t.like(ports[0].counts(), { sent: 3, sentBytes: 180, refused: 0 })
})

withAfXdp('what a port refuses does not leave later, and what follows does', (t) => {
  const { ends, ports } = xdpWire(t)
  const [{ namespace, name }] = ends
  const refusedWith = (pattern: RegExp, frames: readonly Uint8Array[]): void => {
    t.throws(() => ports[0].send(burstOf(frames), 0, frames.length), { instanceOf: MachineError, message: pattern })
  }
  refusedWith(/^sending a frame 13 bytes: Invalid argument/, [frameOf(60, 1).subarray(0, 13), frameOf(60, 2)])
  changeLink(namespace, name, { isUp: false })
  for (const fill of [3, 4])
    refusedWith(/^sending a frame 60 bytes: Network is down/, [frameOf(60, fill), frameOf(60, fill)])
  changeLink(namespace, name, { isUp: true })
  // Neither waiting for room nor for frames sends what was left in the ring.
  waitForRoom(ports, 10)
  t.deepEqual(received(ports[0], 1, 10), [])
  t.is(ports[0].send(burstOf([frameOf(61, 5), frameOf(60, 6)]), 0, 2), 2)
  t.deepEqual(
    received(ports[1], 3, 300).map(({ frame }) => [frame.length, frame[59]]),
    [
      [61, 5],
      [60, 6],
    ],
  )
  t.like(ports[0].counts(), { sent: 2, sentBytes: 121, refused: 3 })
})

withAfXdp(
  'a port behind which a queue is full takes fewer frames; those that it took all leave, in their order',
  (t) => {
    const { ports, slow } = slowPort(t, (end) => openXdp(end, { ringFrames: 256 }))
    const frames = Array.from({ length: 3000 }, (_, i) => {
      const frame = frameOf(1000, i & 255)
      frame[14] = i >> 8
      return frame
    })
    const burst = burstOf(frames)
    const seen: number[] = []
    const see = (count: number): void => {
      for (const { frame } of received(ports[1], count)) seen.push((frame[14] ?? 0) * 256 + (frame[15] ?? 0))
    }
    let wasFull = false
    for (let sent = 0; sent < frames.length; ) {
      const taken = slow.send(burst, sent, frames.length - sent)
      if (taken < frames.length - sent) wasFull = true
      sent += taken
      see(1)
    }
    see(frames.length - seen.length)
    t.true(wasFull)
    // A busy machine may not come to read them in time: those are counted.
    t.is(seen.length + ports[1].counts().lost, 3000)
    t.true(seen.every((number, i) => number > (seen[i - 1] ?? -1)))
    t.like(slow.counts(), { sent: 3000, sentBytes: 3_000_000, refused: 0 })
  },
  ['ip', 'tc', 'nsenter'],
)

withAfXdp('the longest frames are those that a port says; longer ones are refused and named', (t) => {
  const { ports } = xdpWire(t, { mtu: 1400 })
  const [port] = ports
  const { longest, longestTagged, ...others } = port.capabilities
  t.deepEqual([longest, longestTagged], [1414, 1418])
  t.deepEqual(others, { layer: 'ethernet', versions: [4, 6], besides: 'lost', times: 'reading', fills: 'nothing' })
  t.is(port.send(burstOf([frameOf(longest, 1), frameOf(longestTagged, 2, [1])]), 0, 2), 2)
  t.is(received(ports[1], 2).length, 2)
  for (const wrong of [frameOf(longest + 1, 1), frameOf(longestTagged + 1, 2, [1])]) {
    t.throws(() => port.send(burstOf([wrong]), 0, 1), {
      instanceOf: MachineError,
      message: new RegExp(`^sending a frame ${wrong.length} bytes: Message too long`),
    })
  }
  // What comes before it is sent.
  t.is(port.send(burstOf([frameOf(60, 9), frameOf(longest + 1, 1)]), 0, 2), 1)
  t.is(port.counts().refused, 2)
})

withAfXdp('on a link of jumbo frames the longest is what the rings hold, and longer ones are counted as lost', (t) => {
  const { ports } = wireOf(t, [backend('af_packet'), backend('af_xdp')], 9000)
  const { longest, longestTagged } = ports[1].capabilities
  t.deepEqual([longest, longestTagged], [3840, 3840])
  t.is(ports[1].mode, 'copy, generic XDP')
  const burst = new Burst(2, 9216)
  for (const [i, frame] of [frameOf(9014, 1), frameOf(3840, 2)].entries()) {
    burst.bytes.set(frame, i * 9216)
    burst.set(i, i * 9216, frame.length)
  }
  ports[0].send(burst, 0, 2)
  const into = new Burst(2, 9216)
  t.true(waitForFrames([ports[1]], 5000) > 0)
  t.is(ports[1].receive(into), 1)
  t.deepEqual(into.frame(0), frameOf(3840, 2))
  t.is(ports[1].counts().lost, 1)
  t.throws(() => ports[1].send(burst, 0, 1), { message: /Message too long/ })
  t.is(ports[1].send(burst, 1, 1), 1)
})

withAfXdp('a frame without room in the arena is left out and counted', (t) => {
  const { ports } = xdpWire(t)
  ports[0].send(burstOf([frameOf(60, 1), frameOf(500, 2), frameOf(61, 3)]), 0, 3)
  const burst = new Burst(8, 100)
  waitForFrames([ports[1]], 5000)
  t.is(ports[1].receive(burst), 2)
  t.deepEqual([burst.length(0), burst.length(1)], [60, 61])
  t.is(ports[1].counts().oversize, 1)
})

withAfXdp('a link that goes down is an error that says so, not silence', (t) => {
  const { ends, ports } = xdpWire(t)
  changeLink(ends[1].namespace, 'right', { isUp: false })
  t.throws(() => waitForFrames([ports[1]], 1000), {
    instanceOf: MachineError,
    message: 'waiting for a port: Network is down',
  })
  t.throws(() => openXdp(ends[1]), {
    instanceOf: InputError,
    message: 'interface right is down (ip link set right up)',
  })
  t.is(waitForFrames([ports[0]], 0), 0)
})

withAfXdp(
  'an interface of which AF_XDP would see only a part is refused, with what to do',
  (t) => {
    const { ends, ports } = xdpWire(t)
    const [{ namespace }] = ends
    ports[1].close()
    setOffloads(ends[1].namespace, 'right', ['rx-tags'])
    t.throws(() => openXdp(ends[1]), {
      instanceOf: InputError,
      message: 'interface right takes VLAN tags out of frames (AF_XDP does not see them: ethtool -K right rxvlan off)',
    })
    inside(namespace, ...'ip link add many up numrxqueues 2 type veth peer name few'.split(' '))
    t.throws(() => openAfXdp('many', { namespace }), {
      instanceOf: InputError,
      message: /^interface many spreads what it receives over 2 queues \(.*ethtool -L many combined 1/,
    })
    t.throws(() => openAfXdp('nothing', { namespace }), { instanceOf: InputError, message: /nothing: No such device/ })
  },
  ['ip', 'nsenter'],
)

test('a ring of a size that the kernel does not make is refused', (t) => {
  for (const ringFrames of [0, 32, 100, 1 << 17, 127.5, Number.NaN]) {
    t.throws(() => openAfXdp('eth0', { ringFrames }), {
      instanceOf: InputError,
      message: `a ring of ${ringFrames} frames (a power of two from 64 to 65536)`,
    })
  }
})
