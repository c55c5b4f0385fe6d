import test from 'ava'
import fc from 'fast-check'

import {
  buildFrame,
  congruent,
  type FrameParts,
  fold,
  icmpChecksum,
  icmpChecksumState,
  ipv4ChecksumState,
  ipv4HeaderChecksum,
  Layers,
  onesComplementSum,
  parseLayers,
  readU16,
  readU32,
  readU48,
  readU128,
  transportChecksum,
  transportChecksumState,
  updateChecksum,
  updateChecksum32,
  updateChecksum48,
  updateChecksum128,
  updateUdpChecksum,
  updateUdpChecksum32,
  updateUdpChecksum128,
  writeU16,
} from '../../src/packet/index.js'
import { hex } from './arbitraries.js'

function parse(frame: Uint8Array): Layers {
  const layers = new Layers()
  parseLayers(layers, frame, 0, frame.length, false)
  return layers
}

const word = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 1, 0xfffe, 0xffff))

test('a known header has its known checksum', (t) => {
  const header = hex('45000073 00004000 4011 b861 c0a80001 c0a800c7')
  t.is(ipv4HeaderChecksum(header, 0, 20), 0xb861)
  t.is(fold(onesComplementSum(header, 0, 20)), 0xffff)
})

test('the example of RFC 1071 section 3', (t) => {
  t.is(fold(onesComplementSum(hex('0001 f203 f4f5 f6f7'), 0, 8)), 0xddf2)
})

test('the example of RFC 1624 section 4: the sum is 0x0000, not 0xFFFF', (t) => {
  t.is(updateChecksum(0xdd2f, 0x5555, 0x3285), 0x0000)
})

test('an odd last byte is the high half of a word', (t) => {
  t.is(onesComplementSum(hex('0102 03'), 0, 3), 0x0102 + 0x0300)
})

test('the sum is that of the words, however long, wherever it starts, whatever surrounds it', (t) => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 65_000, maxLength: 70_000 }))
  fc.assert(
    fc.property(bytes, fc.nat(0xffff), fc.nat(3), (data, initial, start) => {
      const framed = new Uint8Array(data.length + 8).fill(0xaa)
      framed.set(data, start)
      let sum = BigInt(initial)
      for (let i = 0; i < data.length; i += 2) sum += BigInt((data[i] ?? 0) * 256 + (data[i + 1] ?? 0))
      const found = fold(onesComplementSum(framed, start, start + data.length, initial))
      t.true(congruent(found, Number(sum % 0xffffn)))
      t.is(found === 0, sum === 0n)
    }),
    { numRuns: 100 },
  )
  t.is(fold(onesComplementSum(new Uint8Array(65_536).fill(0xff), 0, 65_536, 0xffff)), 0xffff)
})

test('a moved checksum is the recomputed one where it was right, and wrong by as much where it was wrong', (t) => {
  const forms = [
    { width: 2, apply: (c: number, a: Uint8Array, b: Uint8Array) => updateChecksum(c, readU16(a, 0), readU16(b, 0)) },
    { width: 4, apply: (c: number, a: Uint8Array, b: Uint8Array) => updateChecksum32(c, readU32(a, 0), readU32(b, 0)) },
    { width: 6, apply: (c: number, a: Uint8Array, b: Uint8Array) => updateChecksum48(c, readU48(a, 0), readU48(b, 0)) },
    {
      width: 16,
      apply: (c: number, a: Uint8Array, b: Uint8Array) => updateChecksum128(c, readU128(a, 0), readU128(b, 0)),
    },
  ]
  const octet = fc.oneof(fc.nat(255), fc.constantFrom(0, 255))
  for (const { width, apply } of forms) {
    const field = fc.array(octet, { minLength: width, maxLength: width }).map((list) => Uint8Array.from(list))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 30 }), field, field, word, (rest, before, after, wrong) => {
        const right = (value: Uint8Array) =>
          fold(onesComplementSum(rest, 0, rest.length, onesComplementSum(value, 0, width))) ^ 0xffff
        t.true(congruent(apply(right(before), before, after), right(after)))
        const error = (wrong - right(before) + 0xffff * 2) % 0xffff
        t.is((apply(wrong, before, after) - right(after) + 0xffff * 2) % 0xffff, error)
      }),
      { numRuns: 300 },
    )
  }
})

test('a moved right header checksum is exactly the recomputed one', (t) => {
  fc.assert(
    fc.property(fc.nat(255), word, word, (ttl, source, identification) => {
      const header = buildFrame({ ipv4: { src: source, ttl: 9 } }).slice(14)
      const right = readU16(header, 10)
      const ttlMoved = updateChecksum(right, readU16(header, 8), (ttl << 8) | (header[9] ?? 0))
      const moved = updateChecksum(ttlMoved, readU16(header, 4), identification)
      header[8] = ttl
      writeU16(header, 4, identification)
      t.is(moved, ipv4HeaderChecksum(header, 0, 20))
    }),
  )
})

test('UDP: no checksum stays none, and one that comes to 0 goes out as 0xFFFF', (t) => {
  t.is(updateUdpChecksum(0, 1, 2), 0)
  t.is(updateUdpChecksum32(0, 1, 2), 0)
  t.is(updateUdpChecksum128(0, 1n, 2n), 0)
  t.is(updateUdpChecksum(0xdd2f, 0x5555, 0x3285), 0xffff)
  fc.assert(
    fc.property(word, word, word, fc.nat(0xffff_ffff), (old, before, after, wide) => {
      t.is(updateUdpChecksum(old, before, after) === 0, old === 0)
      t.is(updateUdpChecksum32(old, before, wide) === 0, old === 0)
      t.is(updateUdpChecksum128(old, BigInt(wide) << 90n, BigInt(after)) === 0, old === 0)
    }),
  )
})

test('0x0000 and 0xFFFF are equal, and nothing else is', (t) => {
  t.true(congruent(0, 0xffff))
  fc.assert(fc.property(word, word, (a, b) => t.is(congruent(a, b), a === b || (a + b === 0xffff && a * b === 0))))
})

const kinds: Record<string, FrameParts> = {
  'TCP over IPv4': { ipv4: {}, tcp: {}, payload: 'odd' },
  'UDP over IPv4': { ipv4: {}, udp: {}, payload: 'even' },
  'TCP over IPv6': { ipv6: {}, tcp: { options: new Uint8Array(4) }, payload: 'odd' },
  'UDP over IPv6': { ipv6: {}, udp: {} },
  'UDP shorter than its datagram': { ipv4: {}, udp: { length: 10 }, payload: 'abcdef' },
  'UDP and a trailer': { ipv4: {}, udp: {}, minimumLength: 60, trailer: hex('ffff') },
}

for (const [name, parts] of Object.entries(kinds)) {
  test(`transport checksum: ${name}`, (t) => {
    const frame = buildFrame(parts)
    const layers = parse(frame)
    const at = layers.transport + (layers.tcp === -1 ? 6 : 16)
    const right = transportChecksum(frame, layers)
    writeU16(frame, at, right)
    t.is(transportChecksumState(layers), 'right')
    writeU16(frame, at, right ^ 1 || 2)
    t.is(transportChecksumState(layers), 'wrong')
    t.is(transportChecksum(frame, layers), right, 'the field itself does not matter')
  })
}

test('bytes after the length of UDP are not covered', (t) => {
  const frame = buildFrame({ ipv4: {}, udp: { length: 10 }, payload: 'abcdef' })
  const whole = buildFrame({ ipv4: {}, udp: {}, payload: 'ab' })
  t.is(transportChecksum(frame, parse(frame)), readU16(whole, 40))
})

test('ICMP checksums are judged, ICMPv6 with its pseudo header', (t) => {
  for (const parts of [
    { ipv4: {}, icmp: { sequence: 5 } },
    { ipv6: {}, icmpv6: { sequence: 5 } },
  ]) {
    const frame = buildFrame({ ...parts, payload: 'ping' })
    const layers = parse(frame)
    t.is(icmpChecksumState(layers), 'right')
    t.is(readU16(frame, (layers.icmp === -1 ? layers.icmpv6 : layers.icmp) + 2), icmpChecksum(frame, layers))
    frame[frame.length - 1] = 0
    t.is(icmpChecksumState(layers), 'wrong')
  }
})

test('what cannot be judged is absent', (t) => {
  t.is(transportChecksumState(parse(buildFrame({ ipv4: {}, udp: { checksum: 0 } }))), 'absent')
  t.is(transportChecksumState(parse(buildFrame({ ipv4: { flags: 1 }, tcp: {} }))), 'absent')
  t.is(transportChecksumState(parse(buildFrame({ ipv4: {}, icmp: {} }))), 'absent')
  t.is(icmpChecksumState(parse(buildFrame({ ipv4: {}, tcp: {} }))), 'absent')
  t.is(ipv4ChecksumState(parse(buildFrame({ ipv6: {} }))), 'absent')
  t.is(transportChecksum(buildFrame({ arp: {} }), parse(buildFrame({ arp: {} }))), 0)
})

test('a UDP checksum that comes to 0 is 0xFFFF', (t) => {
  const parts = (word: number): FrameParts => ({ ipv4: {}, udp: { srcPort: word }, payload: 'x' })
  const zeroAt = readU16(buildFrame(parts(0)), 40)
  const frame = buildFrame(parts(zeroAt))
  t.is(readU16(frame, 40), 0xffff)
  t.is(transportChecksum(frame, parse(frame)), 0xffff)
  t.is(transportChecksumState(parse(frame)), 'right')
})

test('IPv4 header checksums are judged with their options', (t) => {
  const frame = buildFrame({ ipv4: { options: hex('01020304') } })
  t.is(ipv4ChecksumState(parse(frame)), 'right')
  frame[36] = 9
  t.is(ipv4ChecksumState(parse(frame)), 'wrong')
})
