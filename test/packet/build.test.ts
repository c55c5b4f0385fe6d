import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import {
  buildFrame,
  dissect,
  icmpChecksumState,
  ipv4ChecksumState,
  Layers,
  layerName,
  parseLayers,
  transportChecksumState,
} from '../../src/packet/index.js'
import { goodFrame, hex } from './arbitraries.js'

test('a datagram is laid out byte by byte', (t) => {
  const frame = buildFrame({
    ethernet: { dst: '02:00:00:00:00:0b', src: '02:00:00:00:00:0a' },
    ipv4: { src: '10.0.0.1', dst: '10.0.0.2', ttl: 9, identification: 7 },
    udp: { srcPort: 53, dstPort: 4000 },
    payload: 'hi!',
    minimumLength: 60,
  })
  const datagram = hex(`
    02000000000b 02000000000a 0800
    4500 001f 0007 0000 09 11 9dc5 0a000001 0a000002
    0035 0fa0 000b 5297 686921`)
  t.deepEqual(frame.subarray(0, datagram.length), datagram)
  t.deepEqual(frame.subarray(datagram.length), new Uint8Array(60 - datagram.length))
})

test('tags announce each other and the datagram', (t) => {
  const frame = buildFrame({
    vlan: [
      { tpid: 0x88a8, id: 5, priority: 7 },
      { id: 6, dropEligible: 1 },
    ],
    ipv6: {},
  })
  t.deepEqual(frame.subarray(12, 22), hex('88a8 e005 8100 1006 86dd'))
})

test('extension headers are chained', (t) => {
  const extensions = [
    { protocol: 0, bytes: new Uint8Array(8) },
    { protocol: 60, bytes: new Uint8Array(8) },
  ]
  const frame = buildFrame({ ipv6: { extensions }, udp: {} })
  t.deepEqual([frame[20], frame[54], frame[62]], [0, 60, 17])
  t.is(frame[19], 24)
})

test('what is given stays, however wrong', (t) => {
  const frame = buildFrame({
    ethernet: { type: 0x1234 },
    ipv4: { totalLength: 9, headerChecksum: 1, protocol: 99, ihl: 15 },
    tcp: { checksum: 2, dataOffset: 1 },
  })
  t.deepEqual([...frame.subarray(12, 18)], [0x12, 0x34, 0x4f, 0, 0, 9])
  t.deepEqual([frame[23], frame[25], frame[46], frame[51]], [99, 1, 0x10, 2])
})

test('checksums that were not given are right', (t) => {
  const layers = new Layers()
  const seen = { transport: 0, icmp: 0 }
  fc.assert(
    fc.property(goodFrame, (frame) => {
      parseLayers(layers, frame, 0, frame.length, true)
      t.not(ipv4ChecksumState(layers), 'wrong')
      t.not(transportChecksumState(layers), 'wrong')
      t.not(icmpChecksumState(layers), 'wrong')
      if (transportChecksumState(layers) === 'right') seen.transport += 1
      if (icmpChecksumState(layers) === 'right') seen.icmp += 1
    }),
    { numRuns: 500 },
  )
  t.true(seen.transport > 10 && seen.icmp > 10)
})

test('the layers asked for are the layers found', (t) => {
  const layers = (frame: Uint8Array) => dissect(frame).map(layerName)
  t.deepEqual(layers(buildFrame({ ipv4: {}, tcp: {}, payload: 'x' })), ['ethernet', 'ipv4', 'tcp', 'payload'])
  t.deepEqual(layers(buildFrame({ arp: {}, minimumLength: 60 })), ['ethernet', 'arp', 'trailer'])
  t.deepEqual(layers(buildFrame({ ipv6: {}, icmpv6: { target: '::1' } })), ['ethernet', 'ipv6', 'icmpv6'])
  t.deepEqual(layers(buildFrame({})), ['ethernet'])
})

test('text that is no address is refused, naming the field', (t) => {
  const error = t.throws(() => buildFrame({ ipv4: { src: '10.0.0.300' } }), { instanceOf: InputError })
  t.regex(error?.message ?? '', /'10\.0\.0\.300' is not a value for src/)
  t.throws(() => buildFrame({ tcp: { srcPort: '80' } }), { instanceOf: InputError })
})
