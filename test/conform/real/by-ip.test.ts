import test from 'ava'

import { sentByIp } from '../../../src/conform/real/by-ip.js'
import { readU16, readU48, writeU16 } from '../../../src/packet/bytes.js'
import { ipv4ChecksumState } from '../../../src/packet/checksum.js'
import { buildFrame } from '../../../src/packet/index.js'
import { Layers, parseLayers } from '../../../src/packet/layers.js'
import { datagram, frame, written } from './cases.js'

const DEVICE = 0x020000000000
const plain = written(datagram('192.0.2.1', 1, '203.0.113.9', 2), 18, 0)

function checksumOf(bytes: Uint8Array): string {
  const layers = new Layers()
  parseLayers(layers, bytes, 0, bytes.length, false)
  return ipv4ChecksumState(layers)
}

test('an identification that would be filled in is 1; checksums stay as right or wrong as they were', (t) => {
  const sent = sentByIp(plain, DEVICE)
  t.is(readU16(sent, 18), 1)
  t.is(checksumOf(sent), 'right')
  const wrong = plain.slice()
  writeU16(wrong, 24, readU16(wrong, 24) ^ 0x0100)
  t.is(checksumOf(sentByIp(wrong, DEVICE)), 'wrong')
  // What must not be fragmented needs none (RFC 6864 section 4.1), and is left without.
  const whole = written(plain, 20, 0x4000)
  t.deepEqual(sentByIp(whole, DEVICE), whole)
})

test('what follows the datagram is left out; the frame given stays as it is', (t) => {
  const padded = new Uint8Array(plain.length + 9).fill(0xee)
  padded.set(plain)
  const before = padded.slice()
  t.is(sentByIp(padded, DEVICE).length, plain.length)
  t.deepEqual(padded, before)
})

test('datagrams go to the device, or to the MAC address of their group', (t) => {
  const station = 0x02000000aa01
  const to = (dst: string, device: number | undefined): number => {
    const bytes = datagram('192.0.2.1', 1, dst, 2)
    bytes.set([2, 0, 0, 0, 0xaa, 1])
    return readU48(sentByIp(bytes, device), 0)
  }
  t.is(to('203.0.113.9', DEVICE), DEVICE)
  t.is(to('203.0.113.9', undefined), station)
  t.is(to('239.129.2.3', DEVICE), 0x01005e010203)
  t.is(to('255.255.255.255', DEVICE), 0xffffffffffff)
})

test('the same goes for IPv6, which has no identification', (t) => {
  const six = (dst: string, mac = '02:00:00:00:00:00'): Uint8Array => {
    const bytes = buildFrame({
      ethernet: { dst: mac, src: '02:00:00:00:01:00' },
      ipv6: { src: '2001:db8::1', dst },
      udp: { srcPort: 1, dstPort: 2 },
      payload: new Uint8Array(4),
    })
    return Uint8Array.of(...bytes, 0xee)
  }
  const one = six('2001:db8::2', '02:00:00:00:aa:01')
  t.deepEqual(sentByIp(one, DEVICE).subarray(6), one.subarray(6, -1))
  t.is(readU48(sentByIp(one, DEVICE), 0), DEVICE)
  t.is(readU48(sentByIp(six('ff02::1:ff00:9'), DEVICE), 0), 0x3333ff000009)
})

test('a datagram for one host in a frame for a group stays one, and what is no IP is as it was', (t) => {
  const group = plain.slice()
  group[0] = 1
  t.is(sentByIp(group, DEVICE)[0], 1)
  t.deepEqual(sentByIp(frame(1, 2), DEVICE), frame(1, 2))
})
