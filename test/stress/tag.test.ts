import test from 'ava'
import fc from 'fast-check'

import {
  buildFrame,
  type FrameParts,
  Layers,
  parseLayers,
  transportChecksumState,
  writeU16,
} from '../../src/packet/index.js'
import { readTag, sequenceOf, TAG_BYTES, testOf, writeTag } from '../../src/stress/tag.js'

const ipVersion = fc.constantFrom<4 | 6>(4, 6)
const tags = fc.constantFrom<FrameParts>({}, { vlan: { id: 5 } }, { vlan: [{ id: 1, tpid: 0x88a8 }, { id: 2 }] })
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const port = fc.integer({ min: 0, max: 0xffff })

function frameOf(version: 4 | 6, parts: FrameParts = {}, payload = 18): Uint8Array {
  const network = version === 4 ? { ipv4: {} } : { ipv6: {} }
  const bytes = new Uint8Array(payload)
  if (payload >= TAG_BYTES) writeTag(bytes, 0, 0, 0)
  return buildFrame({ ...network, udp: { srcPort: 1, dstPort: 2 }, ...parts, payload: bytes })
}

function layersOf(frame: Uint8Array): Layers {
  const layers = new Layers()
  parseLayers(layers, frame, 0, frame.length, true)
  return layers
}

function payloadAt(frame: Uint8Array): number {
  return layersOf(frame).transport + 8
}

test('a tag is read back, and the checksum is right with each', (t) => {
  fc.assert(
    fc.property(
      ipVersion,
      tags,
      fc.nat(255),
      fc.nat(2 ** 24 - 1),
      fc.nat(40),
      (version, parts, id, sequence, before) => {
        const frame = frameOf(version, parts)
        writeTag(frame, payloadAt(frame), id, sequence)
        t.is(transportChecksumState(layersOf(frame)), 'right')
        const inArena = new Uint8Array(before + frame.length)
        inArena.set(frame, before)
        const tag = readTag(inArena, before, frame.length)
        t.deepEqual([testOf(tag), sequenceOf(tag, sequence)], [id, sequence])
      },
    ),
  )
})

test('a tag is still there after addresses and ports were rewritten', (t) => {
  fc.assert(
    fc.property(word, port, port, fc.nat(2 ** 24 - 1), (source, from, to, sequence) => {
      const frame = frameOf(4)
      writeTag(frame, payloadAt(frame), 7, sequence)
      const payload = frame.slice(payloadAt(frame))
      const rewritten = buildFrame({ ipv4: { src: source }, udp: { srcPort: from, dstPort: to }, payload })
      t.is(transportChecksumState(layersOf(rewritten)), 'right')
      t.is(readTag(rewritten, 0, rewritten.length), readTag(frame, 0, frame.length))
    }),
  )
})

test('whatever the sequence number, it is known again near another, also around each multiple of 2^24', (t) => {
  const sequence = fc.oneof(
    fc.nat(2 ** 45),
    fc.tuple(fc.nat(2 ** 20), fc.integer({ min: -3, max: 3 })).map(([n, d]) => Math.max(0, n * 2 ** 24 + d)),
  )
  fc.assert(
    fc.property(sequence, fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }), (number, distance) => {
      const frame = frameOf(4)
      writeTag(frame, 42, 3, number)
      const tag = readTag(frame, 0, frame.length)
      t.is(sequenceOf(tag, Math.max(0, number - distance)), number)
      t.is(testOf(tag), 3)
    }),
  )
})

test('frames without a tag are told from those with one', (t) => {
  const untagged: readonly Uint8Array[] = [
    new Uint8Array(60),
    buildFrame({ arp: {}, minimumLength: 60 }),
    buildFrame({ ipv4: {}, udp: {}, payload: new Uint8Array(18) }),
    buildFrame({ ipv4: {}, tcp: {}, payload: frameOf(4).slice(42) }),
    buildFrame({ ipv6: {}, icmpv6: {}, payload: frameOf(4).slice(42) }),
    frameOf(4, { ipv4: { flags: 1 } }),
    frameOf(4, { ipv4: { fragmentOffset: 1 } }),
    frameOf(4, {}, TAG_BYTES - 1),
    frameOf(6).subarray(0, 62 + TAG_BYTES - 1),
    new Uint8Array(0),
  ]
  t.deepEqual(
    untagged.map((frame) => readTag(frame, 0, frame.length)),
    untagged.map(() => -1),
  )
  const damaged = frameOf(4)
  writeU16(damaged, 44, 1)
  t.is(readTag(damaged, 0, damaged.length), -1)
})

test('bytes of any kind are read without an error', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const tag = readTag(bytes, 0, bytes.length)
      return tag === -1 || (tag >= 0 && tag < 2 ** 32)
    }),
  )
  t.pass()
})
