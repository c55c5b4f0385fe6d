import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'

import { InputError, MachineError } from '../../src/errors.js'
import {
  Burst,
  CHECKSUM_OPEN,
  changeLink,
  linkOf,
  openAfPacket,
  setOffloads,
  TAG_RESTORED,
  waitForFrames,
} from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { burstOf, frameOf, ROOM, received } from './frames.js'
import { inside, rooted, slowPort, wire } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

for (const transmit of ['ring', 'sendmmsg'] as const) {
  rooted(`frames arrive as they were sent, in their order and at rising times (${transmit})`, (t) => {
    const { ports } = wire(t, { transmit })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 60, max: 1514 }), fc.nat(255)), { minLength: 1 }), (shapes) => {
        const frames = shapes.map(([length, fill]) => frameOf(length, fill))
        const before = BigInt(Date.now() - 1) * 1_000_000n
        const burst = burstOf(frames)
        let sent = 0
        while (sent < frames.length) sent += ports[0].send(burst, sent, frames.length - sent)
        const seen = received(ports[1], frames.length)
        const times = seen.map(({ time }) => time)
        t.deepEqual(
          seen.map(({ frame }) => frame),
          frames,
        )
        t.true(times.every((time, i) => time >= (times[i - 1] ?? before)))
      }),
      { numRuns: 50 },
    )
    t.deepEqual(received(ports[0], 1, 100), [], 'a port does not see what it sends')
  })

  rooted(`tags that the kernel takes out are back in their frame, also two of them (${transmit})`, (t) => {
    const { ports } = wire(t, { transmit })
    const frames = [frameOf(64, 1, [0x6005]), frameOf(200, 2, [0x0001, 0xefff]), frameOf(1518, 3, [5]), frameOf(60, 4)]
    t.is(ports[0].send(burstOf(frames), 0, 4), 4)
    const seen = received(ports[1], 4)
    t.deepEqual(
      seen.map(({ frame }) => frame),
      frames,
    )
    t.deepEqual(
      seen.map(({ flags }) => flags & TAG_RESTORED),
      [TAG_RESTORED, TAG_RESTORED, TAG_RESTORED, 0],
    )
  })

  rooted(`the longest frames are those that a port says; longer ones are refused and named (${transmit})`, (t) => {
    const { ports } = wire(t, { mtu: 1400, transmit })
    const [port] = ports
    const { longest, longestTagged } = port.capabilities
    t.deepEqual([longest, longestTagged], [1414, 1418])
    const fitting = [frameOf(longest, 1), frameOf(longestTagged, 2, [1]), frameOf(longestTagged, 3, [1, 2])]
    t.is(port.send(burstOf(fitting), 0, 3), 3)
    t.is(received(ports[1], 3).length, 3)
    for (const tooLong of [
      frameOf(longest + 1, 1),
      frameOf(longestTagged + 1, 2, [1]),
      frameOf(longestTagged + 4, 3, [1, 2]),
    ]) {
      const error = t.throws(() => port.send(burstOf([tooLong]), 0, 1), { instanceOf: MachineError })
      t.regex(error?.message ?? '', new RegExp(`^sending a frame ${tooLong.length} bytes: Message too long`))
    }
    // What comes before it is sent.
    t.is(port.send(burstOf([frameOf(60, 9), frameOf(longest + 1, 1)]), 0, 2), 1)
    t.is(port.counts().refused, 3)
  })

  rooted(`jumbo frames fit, and more frames than a queue holds are all sent (${transmit})`, (t) => {
    const { ports } = wire(t, { mtu: 9000, transmit })
    const frames = Array.from({ length: 1500 }, (_, i) => frameOf(i % 3 === 0 ? 9014 : 60, i & 255))
    const burst = new Burst(frames.length, 9216)
    for (const [i, frame] of frames.entries()) {
      burst.bytes.set(frame, i * 9216)
      burst.set(i, i * 9216, frame.length)
    }
    const arrived = new Burst(64, 9216)
    let count = 0
    for (let sent = 0; count < frames.length; ) {
      sent += ports[0].send(burst, sent, frames.length - sent)
      t.true(waitForFrames([ports[1]], 5000) > 0, `${count} of ${frames.length} arrived`)
      const filled = ports[1].receive(arrived)
      for (let i = 0; i < filled; i++, count++) {
        if (Buffer.compare(arrived.frame(i), frames[count] ?? new Uint8Array()) !== 0)
          t.fail(`frame ${count} is another`)
      }
    }
    t.is(ports[0].counts().sent, frames.length)
  })
}

for (const transmit of ['ring', 'sendmmsg'] as const) {
  rooted(`what a port refuses does not leave later, and what follows does (${transmit})`, (t) => {
    const { ends, ports } = wire(t, { transmit })
    const [{ namespace, name }] = ends
    const refusedWith = (pattern: RegExp, frames: readonly Uint8Array[]): void => {
      t.throws(() => ports[0].send(burstOf(frames), 0, frames.length), { instanceOf: MachineError, message: pattern })
    }
    refusedWith(/^sending a frame 13 bytes: Invalid argument/, [frameOf(60, 1).subarray(0, 13), frameOf(60, 2)])
    changeLink(namespace, name, { mtu: 1000 })
    refusedWith(/^sending a frame 1400 bytes: Message too long/, [frameOf(1400, 3), frameOf(60, 4)])
    changeLink(namespace, name, { isUp: false })
    refusedWith(/^sending a frame 60 bytes: Network is down/, [frameOf(60, 5), frameOf(60, 6)])
    changeLink(namespace, name, { isUp: true })
    // The kernel says it of the next frame too.
    refusedWith(/^sending a frame 60 bytes: Network is down/, [frameOf(60, 7)])
    t.is(ports[0].send(burstOf([frameOf(60, 8)]), 0, 1), 1)
    t.deepEqual(
      received(ports[1], 2, 300).map(({ frame }) => frame[59]),
      [8],
    )
    t.like(ports[0].counts(), { sent: 1, sentBytes: 60, refused: 4 })
  })

  rooted(
    `a port behind which a queue is full takes fewer frames; those that it took all leave (${transmit})`,
    (t) => {
      const { ports, slow } = slowPort(t, ({ namespace, name }) => openAfPacket(name, { namespace, transmit }))
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
        if (taken === 0) see(1)
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
}

rooted('a frame without room in the arena is left out and counted', (t) => {
  const { ports } = wire(t)
  ports[0].send(burstOf([frameOf(60, 1), frameOf(500, 2), frameOf(61, 3)]), 0, 3)
  const burst = new Burst(8, 100)
  waitForFrames([ports[1]], 5000)
  t.is(ports[1].receive(burst), 2)
  t.deepEqual([burst.length(0), burst.length(1)], [60, 61])
  t.is(ports[1].counts().oversize, 1)
})

rooted('frames that a full ring cannot take are counted as lost: none is missing without a count', (t) => {
  const { ends, ports } = wire(t, { ringBytes: 1 << 19 })
  const burst = burstOf(Array.from({ length: 64 }, (_, i) => frameOf(1000, i)))
  let sent = 0
  while (sent < 6400) sent += ports[0].send(burst, 0, 64)
  const seen = received(ports[1], sent, 500).length
  const { received: counted, lost } = ports[1].counts()
  t.true(lost > 0)
  t.is(seen, counted)
  t.is(counted + lost, sent)
  t.is(linkOf(ends[1].namespace, 'right').counts.received, sent)
  t.is(linkOf(ends[0].namespace, 'left').counts.sent, sent)
})

rooted('ports of one fanout group share what arrives', (t) => {
  const { ends, ports } = wire(t)
  const shared = [1, 2].map(() => openAfPacket('right', { namespace: ends[1].namespace, fanout: 7 }))
  t.teardown(() => {
    for (const port of shared) port.close()
  })
  ports[0].send(burstOf(Array.from({ length: 32 }, (_, i) => frameOf(60, i))), 0, 32)
  const seen = shared.flatMap((port) => received(port, 32, 500))
  t.is(seen.length, 32)
})

rooted('a link that goes down is an error that says so, not silence', (t) => {
  const { ends, ports } = wire(t)
  changeLink(ends[1].namespace, 'right', { isUp: false })
  t.throws(() => waitForFrames([ports[1]], 1000), { instanceOf: MachineError, message: /Network is down/ })
  t.false(linkOf(ends[0].namespace, 'left').hasCarrier)
  t.throws(() => openAfPacket('right', { namespace: ends[1].namespace }), {
    instanceOf: InputError,
    message: 'interface right is down (ip link set right up)',
  })
})

rooted('what does not exist, is closed or lies outside of its arena is said', (t) => {
  const { ends, ports } = wire(t)
  t.throws(() => openAfPacket('nothing', { namespace: ends[0].namespace }), {
    instanceOf: InputError,
    message: /^looking at a link nothing: No such device/,
  })
  t.throws(() => openAfPacket('a-name-of-16-bytes', { namespace: ends[0].namespace }), { message: /at most 15 bytes/ })
  const burst = burstOf([frameOf(60, 1)])
  burst.set(0, ROOM - 59, 60)
  t.throws(() => ports[0].send(burst, 0, 1), { instanceOf: RangeError, message: /outside of its arena/ })
  burst.place(0, 0, ROOM + 1)
  t.throws(() => ports[0].receive(burst), { instanceOf: RangeError })
  t.throws(() => ports[0].send(burst, 1, 1), { instanceOf: TypeError })
  const extra = openAfPacket('left', { namespace: ends[0].namespace })
  extra.close()
  extra.close()
  t.throws(() => extra.send(burst, 0, 0), { message: /the port is closed/ })
})

rooted(
  'a checksum that the kernel left open is known as such',
  (t) => {
    const { ends, ports } = wire(t)
    const run = (...words: string[]): string => inside(ends[0].namespace, ...words)
    const send = `const s = require('dgram').createSocket('udp4'); s.send('vigil', 9, '10.9.0.2', () => s.close())`
    run('ip', 'address', 'add', '10.9.0.1/24', 'dev', 'left')
    run('ip', 'neighbour', 'add', '10.9.0.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'left')
    run(process.execPath, '-e', send)
    setOffloads(ends[0].namespace, 'left', ['tx-checksum'])
    run(process.execPath, '-e', send)
    const udp = received(ports[1], 2).filter(({ frame }) => frame[12] === 0x08 && frame[13] === 0x00)
    t.deepEqual(
      udp.map(({ flags }) => flags & CHECKSUM_OPEN),
      [0, CHECKSUM_OPEN],
    )
  },
  ['ip', 'nsenter'],
)

rooted(
  'without the privilege, what was refused and what it takes is said',
  (t) => {
    const script = join(temporary(), 'create.mjs')
    writeFileSync(
      script,
      `import { NetworkNamespace } from ${JSON.stringify(packetio)}
     try { NetworkNamespace.create() } catch (error) { console.log(error.exitCode, error.message) }`,
    )
    const powerless = ['--bounding-set', '-all', '--inh-caps', '-all', process.execPath, script]
    t.is(
      execFileSync('setpriv', powerless, { encoding: 'utf8' }).trim(),
      '3 making a network namespace: Operation not permitted (needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN, as root has)',
    )
  },
  ['setpriv'],
)
