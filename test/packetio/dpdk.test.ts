import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'

import { createPcapWriter, openCapture } from '../../src/capture/index.js'
import { InputError, MachineError } from '../../src/errors.js'
import {
  Burst,
  codeOf,
  openDpdk,
  openDpdkRings,
  Pacer,
  startDpdk,
  waitForFrames,
  waitForRoom,
} from '../../src/packetio/index.js'
import { readAll } from '../capture/build.js'
import { temporary } from '../temporary.js'
import { burstOf, frameOf, ROOM, received } from './frames.js'
import { wire } from './rooted.js'
import { polled, withDpdk, withRootedDpdk } from './with-dpdk.js'

withDpdk('frames of all lengths go both ways over a pair of rings, in their order', (t) => {
  startDpdk()
  const ports = openDpdkRings('both')
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  t.like(ports[0], { name: 'botha', backend: 'dpdk', capabilities: { longest: 1514, longestTagged: 1518 } })
  t.like(ports[0].device, { driver: 'net_ring' })
  t.true(ports[1].link().isUp)
  const shape = fc.tuple(fc.integer({ min: 14, max: 1514 }), fc.nat(255))
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1 }), fc.boolean(), (shapes, isBack) => {
      const [from, to] = isBack ? [ports[1], ports[0]] : ports
      const frames = [[14, 1], [60, 2], [1514, 3], ...shapes].map(([length = 0, fill = 0]) => frameOf(length, fill))
      const before = BigInt(Date.now() - 1) * 1_000_000n
      t.is(from.send(burstOf(frames), 0, frames.length), frames.length)
      t.deepEqual(polled(to, frames.length), frames)
      const last = new Burst(1, ROOM)
      from.send(burstOf([frameOf(60, 0)]), 0, 1)
      t.is(to.receive(last), 1)
      t.true(last.time(0) >= before)
    }),
    { numRuns: 50 },
  )
  const [one, other] = ports.map((port) => port.counts())
  t.deepEqual([one?.sent, one?.sentBytes], [other?.received, other?.receivedBytes])
  t.deepEqual([one?.refused, one?.lost, one?.oversize], [0, 0, 0])
})

withDpdk('a frame without room in the arena is left out and counted', (t) => {
  startDpdk()
  const ports = openDpdkRings('room')
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  ports[0].send(burstOf([frameOf(60, 1), frameOf(500, 2), frameOf(61, 3)]), 0, 3)
  const burst = new Burst(8, 100)
  t.is(ports[1].receive(burst), 2)
  t.deepEqual([burst.length(0), burst.length(1)], [60, 61])
  t.like(ports[1].counts(), { oversize: 1, received: 2, receivedBytes: 121 })
})

withDpdk('the longest frames are those that a port says; longer ones are refused and named', (t) => {
  startDpdk()
  const ports = openDpdkRings('long', { mtu: 9000 })
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  const [port, other] = ports
  const arena = new Burst(1, 10_000)
  for (const [length, tags, code] of [
    [9014, [], undefined],
    [9018, [1], undefined],
    [9018, [1, 2], undefined],
    [9015, [], 'EMSGSIZE'],
    [9019, [1], 'EMSGSIZE'],
    [13, [], 'EINVAL'],
  ] as const) {
    arena.bytes.set(frameOf(Math.max(length, 14), 7, tags))
    arena.set(0, 0, length)
    if (code === undefined) {
      t.is(port.send(arena, 0, 1), 1)
      t.is(other.receive(arena), 1)
      t.is(arena.length(0), length)
    } else {
      const error = t.throws(() => port.send(arena, 0, 1), { instanceOf: MachineError })
      t.is(codeOf(error), code)
      t.true(error?.message.startsWith(`sending a frame ${length} bytes: `))
    }
  }
  t.is(port.counts().refused, 3)
})

withDpdk('what a full ring does not take is kept by the sender, and what comes before a wrong frame is sent', (t) => {
  startDpdk()
  const ports = openDpdkRings('full')
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  const frames = Array.from({ length: 1500 }, (_, i) => frameOf(60, i & 255))
  const burst = burstOf(frames)
  const first = ports[0].send(burst, 0, frames.length)
  t.is(first, 1023)
  t.is(ports[0].send(burst, first, 1), 0)
  t.deepEqual(polled(ports[1], first), frames.slice(0, first))
  t.is(ports[0].send(burst, first, frames.length - first), frames.length - first)
  t.deepEqual(polled(ports[1], frames.length - first), frames.slice(first))
  t.is(ports[0].send(burstOf([frameOf(60, 1), frameOf(1600, 2), frameOf(60, 3)]), 0, 3), 1)
  t.like(ports[0].counts(), { sent: 1501, refused: 0 })
})

withDpdk('a port that has to be asked is waited for until it has frames, or the time is over', (t) => {
  startDpdk()
  const ports = openDpdkRings('wait')
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  const begun = performance.now()
  const { user, system } = process.cpuUsage()
  t.is(waitForFrames(ports, 200), 0)
  const used = process.cpuUsage({ user, system })
  t.true(performance.now() - begun >= 200)
  t.true(used.user + used.system < 150_000, `${used.user + used.system} microseconds of a processor`)
  t.is(ports[0].send(burstOf([frameOf(60, 1)]), 0, 1), 1)
  // Were it waited for on, ava would end this test.
  t.is(waitForFrames(ports, 2 ** 31 - 1), 1)
  t.is(waitForFrames(ports, 0), 1)
  t.deepEqual(polled(ports[1], 1), [frameOf(60, 1)])
  t.is(waitForFrames(ports, 0), 0)
  // Nobody knows whether it takes some.
  t.is(waitForRoom([ports[0]], 2 ** 31 - 1), 1)
})

withDpdk('a pacer sends on a port of DPDK from its own thread, while this one receives and counts', (t) => {
  startDpdk()
  const ports = openDpdkRings('paced')
  t.teardown(() => {
    for (const port of ports) port.close()
  })
  const frames = Array.from({ length: 500 }, (_, i) => frameOf(60 + i, i & 255))
  const pacer = new Pacer(ports, { slots: 500 })
  const begin = pacer.now()
  for (const [i, frame] of frames.entries()) {
    pacer.frames[pacer.next]?.set(frame)
    pacer.push(frame.length, i & 1, begin + i * 10_000)
  }
  pacer.publish()
  const half = (odd: number): Uint8Array[] => frames.filter((_, i) => (i & 1) === odd)
  t.deepEqual(polled(ports[1], 250), half(0))
  t.deepEqual(polled(ports[0], 250), half(1))
  t.is(pacer.stop(), 0)
  t.deepEqual(
    ports.map((port) => port.counts().sent),
    [250, 250],
  )
})

withDpdk('a pair of rings outlives one of its ports, and a name is free once both are closed', (t) => {
  startDpdk()
  const [one, other] = openDpdkRings('again')
  t.is(one.send(burstOf([frameOf(60, 1)]), 0, 1), 1)
  one.close()
  t.deepEqual(polled(other, 1), [frameOf(60, 1)])
  t.throws(() => one.link(), { message: /the port is closed/ })
  t.throws(() => openDpdkRings('again'), { instanceOf: MachineError, message: /^making rings again: / })
  other.close()
  for (const port of openDpdkRings('again')) port.close()
})

withDpdk('net_pcap gives the frames of a capture, and writes those it is sent', async (t) => {
  startDpdk()
  const folder = temporary()
  const [incoming, outgoing] = [join(folder, 'in.pcap'), join(folder, 'out.pcap')]
  const frames = Array.from({ length: 200 }, (_, i) => frameOf(14 + i * 9, i))
  const writer = createPcapWriter(incoming)
  for (const [i, bytes] of frames.entries()) writer.write({ bytes, time: BigInt(i) })
  writer.close()
  const port = openDpdk(`net_pcap0,rx_pcap=${incoming},tx_pcap=${outgoing}`)
  const fitting = frames.filter(({ length }) => length <= 1514)
  const seen = polled(port, frames.length)
  t.deepEqual(seen, frames)
  t.is(port.send(burstOf(seen), 0, fitting.length), fitting.length)
  t.like(port.counts(), { received: frames.length, sent: fitting.length })
  port.close()
  const { frames: written } = await readAll(openCapture(outgoing))
  t.deepEqual(
    written.map(({ data }) => data),
    fitting,
  )
})

withDpdk('a frame of several buffers arrives whole', (t) => {
  startDpdk()
  const file = join(temporary(), 'jumbo.pcap')
  const frame = Uint8Array.from({ length: 9000 }, (_, i) => i % 251)
  const writer = createPcapWriter(file)
  writer.write({ bytes: frame, time: 0n })
  writer.close()
  const port = openDpdk(`net_pcap1,rx_pcap=${file}`)
  const burst = new Burst(1, 10_000)
  t.is(port.receive(burst), 1)
  t.deepEqual(burst.frame(0), frame)
  port.close()
})

withDpdk('net_null gives frames of zeros without end, and takes all', (t) => {
  startDpdk()
  const port = openDpdk('net_null0,size=100')
  t.teardown(() => port.close())
  const burst = new Burst(64, ROOM)
  t.is(port.receive(burst), 64)
  t.deepEqual(burst.frame(63), new Uint8Array(100))
  t.is(port.send(burst, 0, 64), 64)
  t.like(port.counts(), { received: 64, sent: 64, sentBytes: 6400 })
})

withRootedDpdk('net_af_packet is opened in a namespace, and tags stay in their frames', (t) => {
  startDpdk()
  const { ends, ports } = wire(t)
  const port = openDpdk('net_af_packet0,iface=right', { namespace: ends[1].namespace })
  const frames = [frameOf(60, 1), frameOf(1514, 2), frameOf(64, 3, [0x6005]), frameOf(1518, 4, [5])]
  t.is(ports[0].send(burstOf(frames), 0, 4), 4)
  t.deepEqual(polled(port, 4), frames)
  t.is(port.send(burstOf(frames), 0, 4), 4)
  t.deepEqual(
    received(ports[0], 4).map(({ frame }) => frame),
    frames,
  )
  t.throws(() => openDpdk('net_af_packet0,iface=right'), {
    instanceOf: MachineError,
    message: 'opening net_af_packet0: opening a DPDK device: Device or resource busy',
  })
  port.close()
  t.throws(() => openDpdk('net_af_packet0,iface=right'), { message: /^opening net_af_packet0: .*No such device$/ })
})

withRootedDpdk(
  'an interface that was opened is promiscuous as long as it is',
  (t) => {
    startDpdk()
    const [{ namespace }] = wire(t).ends
    const isPromiscuous = (): boolean =>
      execFileSync('nsenter', [`--net=${namespace.path}`, 'ip', 'link'], { encoding: 'utf8' }).includes('PROMISC')
    const port = openDpdk('net_af_packet1,iface=left', { namespace })
    t.true(isPromiscuous())
    port.close()
    t.false(isPromiscuous())
  },
  ['ip', 'nsenter'],
)

withDpdk('what cannot be opened is one line that says why, and the next try is a new one', (t) => {
  startDpdk()
  for (const [device, message] of [
    ['net_pcap7,rx_pcap=/nothing.pcap', /^opening net_pcap7: .*nothing\.pcap: No such file or directory$/],
    ['net_af_packet7,iface=nothing', /^opening net_af_packet7: .*No such device$/],
    ['net_af_packet7', /^opening net_af_packet7: EAL: Driver cannot attach the device \(net_af_packet7\)$/],
  ] as const) {
    t.throws(() => openDpdk(device), { instanceOf: MachineError, message })
  }
  t.throws(() => openDpdk('net_nothing0'), {
    instanceOf: InputError,
    message: /failed to parse device "net_nothing0"$/,
  })
  const port = openDpdk('net_null7')
  t.throws(() => openDpdk('net_null7'), {
    message: 'opening net_null7: opening a DPDK device: Device or resource busy',
  })
  port.close()
  openDpdk('net_null7').close()
})

test('devices, options and arguments that DPDK would not understand are told before it is asked', (t) => {
  for (const device of [
    '',
    'eth0',
    'net_pcap0,',
    'net_pcap0,rx_pcap',
    '00:00',
    '0000:00:00.9',
    'net_null0 net_null1',
  ]) {
    t.throws(() => openDpdk(device), {
      instanceOf: InputError,
      message: `not a device of DPDK: ${device} (such as net_pcap0,rx_pcap=in.pcap or 0000:03:00.0)`,
    })
  }
  t.throws(() => openDpdk('ffff:ff:1f.7'), { instanceOf: InputError, message: /^there is no PCI device ffff:ff:1f\.7/ })
  t.throws(() => openDpdk('net_null0', { mtu: 60 }), { instanceOf: InputError })
  t.throws(() => openDpdk('net_null0', { buffers: 5 }), { instanceOf: InputError })
  t.throws(() => openDpdkRings('a-b'), { instanceOf: InputError })
  t.throws(() => openDpdkRings('ab', { frames: 1000 }), { instanceOf: InputError })
  for (const args of [['--help'], ['-l'], ['--proc-type=secondary'], ['--iova-mode=xx'], ['--file-prefix=rte']]) {
    t.throws(() => startDpdk({ args }), {
      instanceOf: InputError,
      message: new RegExp(`^not an option of DPDK that can be passed on: ${args[0]}`),
    })
  }
  t.throws(() => startDpdk({ megabytes: 1 }), { instanceOf: InputError })
})

withDpdk('DPDK is started once: again with the same options it runs on, with others that is said', (t) => {
  startDpdk()
  startDpdk()
  t.throws(() => startDpdk({ megabytes: 64 }), {
    instanceOf: InputError,
    message: 'DPDK runs with other options (it is started once in a process)',
  })
})
