import test from 'ava'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'
import { Emitter } from '../../src/testbed/emitter.js'
import { beatsOf, createSimulator, JudgedNode, loadTopology, wire } from '../../src/testbed/index.js'
import { FakeDevice, FakeJudge, FakeObserver, frame } from './fake.js'

test('heartbeats are legal UDP datagrams with right checksums', (t) => {
  const beats = beatsOf(loadTopology('balancer-three-backends'))
  t.is(beats.length, 3)
  const layers = new Layers()
  for (const { frame: bytes } of beats) {
    parseLayers(layers, bytes, 0, bytes.length, false)
    t.true(layers.udp >= 0)
    t.is(ipv4ChecksumState(layers), 'right')
    t.is(transportChecksumState(layers), 'right')
  }
})

test('hosts send from the first packet of the trace on, before packets of the same time', (t) => {
  const topology = loadTopology('balancer-three-backends')
  const observer = new FakeObserver()
  const judge = new FakeJudge()
  const node = new JudgedNode('dut', new FakeDevice(4, () => 1), judge, observer, 1)
  const simulator = createSimulator(wire(topology, [node], 0), observer, { beats: beatsOf(topology) })
  const second = 1_000_000_000n
  simulator.send(0, frame(7), 0, 60, 10n * second, 0)
  simulator.send(0, frame(7), 0, 60, 12n * second, 1)
  simulator.finish()
  t.deepEqual(
    judge.log.map((line) => line.split(' ').slice(0, 3).join(' ').replace('000000000 ', 's ')),
    ['10s in 1', '10s in 2', '10s in 3', '10s in 0', '11s in 1', '11s in 2', '11s in 3'].concat([
      '12s in 1',
      '12s in 2',
      '12s in 3',
      '12s in 0',
    ]),
  )
  t.is(simulator.counts.emitted, 9)
  t.deepEqual(observer.gone_, [0, 1])
})

test('a silence of years is not a billion packets: only the latest beats are sent', (t) => {
  const emitter = new Emitter([{ frame: frame(0), host: 0, every: 10n }])
  emitter.start(0n)
  emitter.take()
  emitter.skipTo(1_000_000n)
  const times: bigint[] = []
  while (emitter.next !== undefined && emitter.next <= 1_000_000n) {
    times.push(emitter.next)
    emitter.take()
  }
  t.is(times.length, 61)
  t.is(times.at(-1), 1_000_000n)
})
