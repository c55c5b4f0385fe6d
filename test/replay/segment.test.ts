import test from 'ava'
import fc from 'fast-check'

import { buildFrame } from '../../src/packet/build.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/checksum.js'
import { TcpView } from '../../src/packet/tcp.js'
import { Segments } from '../../src/replay/segment.js'
import { ACK, FIN, PSH, parsed } from './traffic.js'

const limit = 1514

interface Shape {
  readonly isIpv6: boolean
  readonly isTagged: boolean
  readonly payload: Uint8Array
  readonly sequence: number
  readonly identification: number
  readonly options: Uint8Array
  readonly checksum: number | undefined
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  isIpv6: fc.boolean(),
  isTagged: fc.boolean(),
  payload: fc.uint8Array({ minLength: 1600, maxLength: 9000 }),
  sequence: fc.oneof(fc.nat(0xffff_ffff), fc.constant(0xffff_ff00)),
  identification: fc.oneof(fc.nat(0xffff), fc.constant(0xffff)),
  options: fc.constantFrom(new Uint8Array(0), Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2)),
  checksum: fc.option(fc.nat(0xffff), { nil: undefined }),
})

function frameOf(shape: Shape): Uint8Array {
  const { isIpv6, isTagged, payload, sequence, identification, options, checksum } = shape
  const wrong = checksum === undefined ? {} : { checksum }
  return buildFrame({
    ...(isTagged ? { vlan: { id: 7 } } : {}),
    ...(isIpv6 ? { ipv6: {} } : { ipv4: { identification } }),
    tcp: { srcPort: 1, dstPort: 2, sequence, flags: FIN | PSH | ACK, options, ...wrong },
    payload,
  })
}

function cut(frame: Uint8Array, most = limit): Uint8Array[] | undefined {
  const segments = new Segments()
  if (!segments.cut(parsed(frame), most)) return undefined
  return segments.starts
    .slice(0, segments.count)
    .map((start, i) => segments.bytes.slice(start, start + (segments.lengths[i] ?? 0)))
}

test('segments carry the same bytes, each under the limit, at the right sequence numbers', (t) => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const pieces = cut(frameOf(shape)) ?? []
      t.true(pieces.length > 1)
      const stream = new Uint8Array(shape.payload.length)
      for (const [i, piece] of pieces.entries()) {
        t.true(piece.length <= limit)
        const layers = parsed(piece)
        t.true(layers.tcp >= 0)
        t.is(layers.ipEnd, piece.length)
        const view = new TcpView(piece, layers.tcp)
        const data = piece.subarray(layers.tcp + view.dataOffset * 4)
        stream.set(data, (view.sequence - shape.sequence) >>> 0)
        t.is(view.flags, i === pieces.length - 1 ? FIN | PSH | ACK : ACK)
        if (layers.ipv4 < 0) continue
        t.is(ipv4ChecksumState(layers), 'right')
        t.is((piece[layers.ipv4 + 4] ?? 0) * 256 + (piece[layers.ipv4 + 5] ?? 0), (shape.identification + i) & 0xffff)
      }
      t.deepEqual(stream, shape.payload)
    }),
    { numRuns: 40 },
  )
})

test('a right checksum is right in each segment, a wrong one wrong in each', (t) => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const frame = frameOf(shape)
      const whole = transportChecksumState(parsed(frame))
      for (const piece of cut(frame) ?? []) t.is(transportChecksumState(parsed(piece)), whole)
    }),
    { numRuns: 40 },
  )
})

test('CWR stays with the first segment', (t) => {
  const frame = buildFrame({ ipv4: {}, tcp: { flags: 0x80 | ACK }, payload: new Uint8Array(3000) })
  const flags = cut(frame)?.map((piece) => new TcpView(piece, parsed(piece).tcp).flags)
  t.deepEqual(flags, [0x80 | ACK, ACK, ACK])
})

test('what is not a whole TCP packet is not cut', (t) => {
  const payload = new Uint8Array(3000)
  t.is(cut(buildFrame({ ipv4: {}, udp: {}, payload })), undefined)
  t.is(cut(buildFrame({ ipv4: { flags: 1 }, tcp: {}, payload })), undefined)
  t.is(cut(buildFrame({ payload })), undefined)
  t.is(cut(buildFrame({ ipv4: {}, tcp: {}, payload }), 60), undefined)
})
