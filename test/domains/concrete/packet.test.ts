import test from 'ava'
import fc from 'fast-check'

import { Seen } from '../../../src/domains/concrete/features.js'
import { PacketPool } from '../../../src/domains/concrete/packet.js'
import { buildFrame } from '../../../src/packet/build.js'
import { ipv4ChecksumState, transportChecksumState } from '../../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../../src/packet/layers.js'
import type { Changes } from '../../../src/spec/packet.js'

const options = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined })
const port = fc.integer({ min: 0, max: 0xffff })
const payload = fc.uint8Array({ maxLength: 40 })

/** Frames of every shape that the legal form tells apart, and random bytes. */
const frames = fc.oneof(
  fc.record({ src: port, dst: port, payload, options }).map((f) =>
    buildFrame({
      ipv4: { src: '10.0.0.1', dst: '10.0.0.2', ...(f.options ? { options: f.options } : {}) },
      tcp: { srcPort: f.src, dstPort: f.dst },
      payload: f.payload,
    }),
  ),
  fc.record({ src: port, dst: port, payload }).map((f) =>
    buildFrame({
      vlan: { id: 7 },
      ipv4: { src: '10.0.0.1', dst: '10.0.0.2' },
      udp: { srcPort: f.src, dstPort: f.dst },
      payload: f.payload,
      trailer: f.payload,
    }),
  ),
  fc.record({ src: port, dst: port, payload }).map((f) =>
    buildFrame({
      ipv6: { src: '2001:db8::1', dst: '2001:db8::2' },
      udp: { srcPort: f.src, dstPort: f.dst },
      payload: f.payload,
    }),
  ),
  fc
    .record({ payload })
    .map((f) =>
      buildFrame({ ipv6: { src: '2001:db8::1', dst: '2001:db8::2' }, icmpv6: { type: 128 }, payload: f.payload }),
    ),
  fc.uint8Array({ maxLength: 80 }),
)

function packetOf(frame: Uint8Array, tagAware: boolean, offset = 0) {
  const pool = new PacketPool(tagAware, new Seen())
  const packet = pool.take()
  const bytes = new Uint8Array(offset + frame.length + 3)
  bytes.set(frame, offset)
  packet.parse(bytes, offset, frame.length)
  return { pool, packet }
}

test('a packet with no change is the same frame, parsed the same', (t) => {
  fc.assert(
    fc.property(frames, fc.boolean(), fc.nat(5), (frame, tagAware, offset) => {
      const { pool, packet } = packetOf(frame, tagAware, offset)
      const copy = pool.layersOf(packet.with({}))
      const parsed = new Layers()
      parseLayers(parsed, copy.bytes, copy.start, copy.end - copy.start, tagAware)
      t.deepEqual({ ...copy, bytes: 0 }, { ...parsed, bytes: 0 })
      t.deepEqual(copy.bytes.slice(copy.start, copy.end), frame)
    }),
  )
})

test('changes leave right checksums right, and touch only the fields they name and those checksums', (t) => {
  const address = fc.integer({ min: 0, max: 0xffffffff })
  const change = fc.record(
    { src: address, dst: address, ttl: fc.nat(255), dscp: fc.nat(63), ecn: fc.nat(3), identification: port },
    { requiredKeys: [] },
  )
  const transport = fc.record({ srcPort: port, dstPort: port }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.boolean(), payload, change, transport, (isTcp, data, ipv4, ports) => {
      const { src = 0x0a000001, dst = 0x0a000002, ttl = 64, dscp = 0, ecn = 0, identification = 0 } = ipv4
      const { srcPort = 1000, dstPort = 2000 } = ports
      const build = (network: object, transportPorts: { srcPort: number; dstPort: number }): Uint8Array =>
        buildFrame({ ipv4: network, ...(isTcp ? { tcp: transportPorts } : { udp: transportPorts }), payload: data })
      const before = build(
        { src: 0x0a000001, dst: 0x0a000002, ttl: 64, identification: 0 },
        { srcPort: 1000, dstPort: 2000 },
      )
      const { pool, packet } = packetOf(before, false)
      const after = pool.layersOf(packet.with({ ipv4, transport: ports }))
      t.is(ipv4ChecksumState(after), 'right')
      t.is(transportChecksumState(after), 'right')
      const { bytes } = after
      const view = new DataView(bytes.buffer)
      t.deepEqual(
        [
          view.getUint32(26),
          view.getUint32(30),
          bytes[22],
          (bytes[15] ?? 0) >> 2,
          (bytes[15] ?? 0) & 3,
          view.getUint16(18),
        ],
        [src, dst, ttl, dscp, ecn, identification],
      )
      t.deepEqual([view.getUint16(34), view.getUint16(36)], [srcPort, dstPort])
      t.deepEqual(bytes.slice(14 + 20 + (isTcp ? 20 : 8), before.length), before.slice(14 + 20 + (isTcp ? 20 : 8)))
    }),
  )
})

test('two sets of changes are one after the other', (t) => {
  const frame = buildFrame({ ipv4: { src: '10.0.0.1', dst: '10.0.0.2' }, udp: { srcPort: 1, dstPort: 2 } })
  const first: Changes = { ethernet: { src: 5 } }
  const second: Changes = { ipv4: { ttl: 3 }, transport: { dstPort: 9 } }
  const one = packetOf(frame, false)
  const both = one.pool.layersOf(one.packet.with(first, second))
  const two = packetOf(frame, false)
  const merged = two.pool.layersOf(two.packet.with({ ...first, ...second }))
  t.deepEqual(both.bytes.slice(0, both.end), merged.bytes.slice(0, merged.end))
})

test('getters read what the frame holds, and parts that are absent or malformed are undefined', (t) => {
  const { packet } = packetOf(
    buildFrame({
      vlan: { id: 12, priority: 5 },
      ipv6: { src: '2001:db8::1', dst: '::2', hopLimit: 9 },
      tcp: { srcPort: 80, dstPort: 81, flags: 0x12 },
    }),
    true,
  )
  t.like(packet.vlan, { id: 12, priority: 5, tpid: 0x8100 })
  t.like(packet.ipv6, { hopLimit: 9, nextHeader: 6, dst: 2n })
  t.like(packet.ip, { version: 6, protocol: 6, src: 0x20010db8000000000000000000000001n })
  t.like(packet.tcp, { srcPort: 80, dstPort: 81, flags: 0x12, checksumRight: true })
  t.is(packet.udp, undefined)
  t.is(packet.ipv4, undefined)
  const { packet: runt } = packetOf(new Uint8Array(13), false)
  t.is(runt.ethernet, undefined)
  t.is(runt.length, 13)
})

test('an address of IPv4 is the same number as an address of either version', (t) => {
  for (const [src, dst] of [
    ['10.0.0.1', '255.254.0.253'],
    ['128.0.0.0', '0.0.0.0'],
  ] as const) {
    const { packet } = packetOf(buildFrame({ ipv4: { src, dst }, udp: { srcPort: 1, dstPort: 2 } }), false)
    t.is(packet.ip?.src, BigInt(packet.ipv4?.src ?? -1))
    t.is(packet.ip?.dst, BigInt(packet.ipv4?.dst ?? -1))
  }
})

test('a tag that is put in is there with what it was given, and taking it out gives the packet back', (t) => {
  fc.assert(
    fc.property(frames, fc.nat(0xfff), fc.nat(7), fc.nat(1), fc.nat(5), (frame, id, priority, dropEligible, offset) => {
      const { pool, packet } = packetOf(frame, true, offset)
      if (frame.length < 14) {
        t.throws(() => packet.tagged({ id }), { message: /has no Ethernet header/ })
        return
      }
      const tagged = pool.own(packet.tagged({ id, priority, dropEligible }))
      t.like(tagged.vlan, { tpid: 0x8100, id, priority, dropEligible })
      const bytes = tagged.bytes.slice(tagged.start, tagged.start + tagged.length)
      t.is(bytes.length, frame.length + 4)
      const again = packetOf(bytes, true, offset)
      const back = again.pool.own(again.packet.untagged())
      t.deepEqual(back.bytes.slice(back.start, back.start + back.length), frame)
      t.is(pool.own(packet).length, frame.length)
    }),
  )
})

test('a tag that is not there, does not fit, or of a changed packet is refused', (t) => {
  const { packet } = packetOf(buildFrame({ ipv4: { src: '10.0.0.1', dst: '10.0.0.2' }, payload: 'x' }), true)
  t.throws(() => packet.untagged(), { message: 'packet.untagged: this packet has no VLAN tag' })
  t.throws(() => packet.tagged({ id: 4096 }), { message: '4096 does not fit into vlan.id' })
  t.throws(() => packet.with({ ethernet: { dst: 1 } }).tagged({ id: 1 }), { message: /takes the packet as it came in/ })
})
