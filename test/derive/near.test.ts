import test from 'ava'

import { nearMisses, sized } from '../../src/derive/near.js'
import { buildFrame, ipv4HeaderChecksum, readU16 } from '../../src/packet/index.js'
import { layersOf } from '../../src/verify/counterexample/shrinking/edit.js'

const ipv4 = { src: '10.1.2.3', dst: '203.0.113.84' }
const ports = { srcPort: 40_000, dstPort: 8080 }
const udp = buildFrame({ ipv4, udp: ports, payload: 'text' })

function variantsOf(frame: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map(nearMisses(frame).map(({ name, bytes }) => [name, bytes]))
}

test('a header too short for its addresses has a right checksum, and a whole segment behind it', (t) => {
  const made = variantsOf(udp).get('IPv4 header of 16 bytes, its segment behind it') ?? new Uint8Array(60)
  t.is(made[14], 0x44)
  t.is(readU16(made, 16), 16 + 12)
  t.is(readU16(made, 24), ipv4HeaderChecksum(made, 14, 16))
  t.deepEqual(made.subarray(30, 42), udp.subarray(34, 46))
})

test('checksums that are zero but for one bit', (t) => {
  const variants = variantsOf(udp)
  for (const checksum of [0x0001, 0x0080, 0x0100, 0x8000]) {
    const made = variants.get(`UDP checksum 0x${checksum.toString(16).padStart(4, '0')}`)
    t.is(made && readU16(made, 40), checksum)
  }
})

test('one address of a station becomes one of a group', (t) => {
  const made = variantsOf(udp).get('ethernet.src group bit changed') ?? udp
  t.is((made[6] ?? 0) ^ (udp[6] ?? 0), 1)
  t.deepEqual(made.subarray(7), udp.subarray(7))
})

test('the same addresses come over IPv6, also of a frame that is as long as can be', (t) => {
  for (const frame of [udp, sized(udp, 1514)]) {
    const made = variantsOf(frame).get('the same addresses over IPv6') ?? new Uint8Array(60)
    const { ipv6 } = layersOf(made)
    t.is(ipv6, 14)
    t.true(made.length <= 1514)
    t.deepEqual([...made.subarray(22, 38)], [...new Uint8Array(12), 10, 1, 2, 3])
    t.deepEqual([...made.subarray(38, 54)], [...new Uint8Array(12), 203, 0, 113, 84])
  }
})
