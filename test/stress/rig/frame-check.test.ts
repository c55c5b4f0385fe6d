import test from 'ava'
import fc from 'fast-check'

import {
  ipv4HeaderChecksum,
  readU16,
  updateUdpChecksum,
  updateUdpChecksum32,
  writeU16,
  writeU32,
} from '../../../src/packet/index.js'
import { TestFrames } from '../../../src/stress/frames.js'
import { FrameCheck } from '../../../src/stress/rig/frame-check.js'

interface Case {
  readonly check: FrameCheck
  readonly bytes: Buffer
  readonly length: number
}

/** The frame lies somewhere in an arena. */
const START = 32

function made(size: number, seed: number, sequence: number, version: 4 | 6 = 4): Case {
  const frames = new TestFrames({ version, size, flows: 3, seed })
  const bytes = Buffer.alloc(START + frames.length + 8)
  frames.write(bytes.subarray(START), sequence % 3, 1, sequence)
  return { check: new FrameCheck(frames), bytes, length: frames.length }
}

const shapes = [fc.integer({ min: 64, max: 1518 }), fc.nat(), fc.nat(2 ** 24 - 1)] as const

test('a frame is whole as it was sent, and as a NAT sends it on', (t) => {
  fc.assert(
    fc.property(...shapes, fc.nat(0xffff_ffff), fc.nat(0xffff), (size, seed, sequence, address, port) => {
      const { check, bytes, length } = made(size, seed, sequence)
      t.true(check.isIntact(bytes, START, length))
      const [ip, udp] = [START + 14, START + 34]
      let sum = readU16(bytes, udp + 6)
      sum = updateUdpChecksum32(sum, bytes.readUInt32BE(ip + 12), address)
      sum = updateUdpChecksum(sum, readU16(bytes, udp), port)
      writeU32(bytes, ip + 12, address)
      writeU16(bytes, udp, port)
      writeU16(bytes, udp + 6, sum)
      writeU16(bytes, ip + 10, ipv4HeaderChecksum(bytes, ip, 20))
      t.true(check.isIntact(bytes, START, length))
    }),
  )
})

test('any bit that is not one of the MAC addresses is missed', (t) => {
  fc.assert(
    fc.property(...shapes, fc.nat(), fc.nat(7), (size, seed, sequence, place, bit) => {
      const { check, bytes, length } = made(size, seed, sequence)
      const at = START + 12 + (place % (length - 12))
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      // A tag checks itself.
      const isTag = at >= START + 42 && at < START + 48
      t.is(check.isIntact(bytes, START, length), isTag)
      if (isTag) t.true(check.isDamaged(bytes, START, length))
    }),
  )
})

test('a frame that is longer or shorter than it was is not whole', (t) => {
  const { check, bytes, length } = made(100, 1, 1)
  t.false(check.isIntact(bytes, START, length + 1))
  t.false(check.isIntact(bytes, START, length - 1))
})

test('a frame behind a VLAN tag is whole, and 4 bytes longer', (t) => {
  const { check, bytes, length } = made(100, 1, 1)
  const tagged = Buffer.concat([
    bytes.subarray(0, START + 12),
    Buffer.from([0x81, 0, 0, 5]),
    bytes.subarray(START + 12),
  ])
  t.true(check.isIntact(tagged, START, length + 4))
  t.false(check.isIntact(tagged, START, length))
})

test('any bit of an IPv6 frame is missed that neither a MAC address, its tag, traffic class, flow label nor hop limit has', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 84, max: 1518 }), fc.nat(), fc.nat(), fc.nat(7), (size, seed, place, bit) => {
      const { check, bytes, length } = made(size, seed, 5, 6)
      t.true(check.isIntact(bytes, START, length))
      const at = START + 12 + (place % (length - 12))
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const [ip, tag] = [START + 14, START + 62]
      const isFree = (at === ip && bit < 4) || (at > ip && at < ip + 4) || at === ip + 7 || (at >= tag && at < tag + 6)
      t.is(check.isIntact(bytes, START, length), isFree)
    }),
  )
})

test('a UDP checksum of zero is none, and IPv6 wants one', (t) => {
  const { check, bytes, length } = made(84, 1, 1, 6)
  const [port, checksum] = [START + 54, START + 60]
  // So that the right one is 0xffff, the other zero of one's complement.
  writeU16(bytes, port, (readU16(bytes, port) + readU16(bytes, checksum)) % 0xffff)
  writeU16(bytes, checksum, 0xffff)
  t.true(check.isIntact(bytes, START, length))
  writeU16(bytes, checksum, 0)
  t.false(check.isIntact(bytes, START, length))
})
