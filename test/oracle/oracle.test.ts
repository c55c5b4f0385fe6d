import test from 'ava'
import fc from 'fast-check'

import { OK, VIOLATION } from '../../src/oracle/index.js'
import { buildFrame } from '../../src/packet/build.js'
import type { Context, Verdict } from '../../src/spec/index.js'
import { any, drop, flood, forward, forwardToSet, SpecError, spec } from '../../src/spec/index.js'
import { Bench, udp } from './harness.js'

const A = { ip: '10.0.0.1', port: 1111 }
const B = { ip: '10.0.0.2', port: 2222 }

function always(process: (context: Context<Record<never, never>, Record<never, never>>) => Verdict): object {
  return spec({ title: 'test', config: {}, state: () => ({}), process })
}

test('every single changed byte of an output is a violation that names what differs', (t) => {
  const frame = udp(A, B)
  fc.assert(
    fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bench = new Bench(always(({ packet }) => forward(1, packet)))
      const output = frame.slice()
      output[at] = (output[at] ?? 0) ^ flip
      t.is(bench.judge(0, frame, { egress: 2, frame }), OK)
      t.is(bench.judge(0, frame, { egress: 2, frame: output }), VIOLATION)
      const { violation, expected, actual } = bench.oracle.violation()
      t.is(violation.kind, 'bytes')
      t.true(violation.differences.length > 0)
      t.deepEqual(expected.frame, frame)
      t.deepEqual(actual.frame, output)
    }),
  )
})

test('wrong ports, a drop instead of a packet, a packet instead of a drop, and a cut frame are told apart', (t) => {
  const frame = udp(A, B)
  const bench = new Bench(always(({ packet, ingress }) => (ingress === 0 ? forward(1, packet) : drop())))
  const kinds: string[] = []
  for (const [ingress, output] of [
    [0, { egress: 1, frame }],
    [0, { egress: 3, frame }],
    [0, undefined],
    [1, { egress: 1, frame }],
    [0, { egress: 2, frame: frame.slice(0, -1) }],
  ] as const) {
    t.is(bench.judge(ingress, frame, output), VIOLATION)
    kinds.push(bench.oracle.violation().violation.kind)
  }
  t.deepEqual(kinds, ['ports', 'ports', 'verdict', 'verdict', 'length'])
  t.is(bench.oracle.tally.violated, 5)
})

test('0x0000 and 0xFFFF are one checksum for IP and TCP, but not for UDP', (t) => {
  const bench = new Bench(always(({ packet }) => forward(1, packet)))
  const variants = (frame: Uint8Array, at: number): [Uint8Array, Uint8Array] => {
    const zero = frame.slice()
    zero.set([0, 0], at)
    const ones = frame.slice()
    ones.set([0xff, 0xff], at)
    return [zero, ones]
  }
  const tcp = buildFrame({ ipv4: { src: A.ip, dst: B.ip }, tcp: { srcPort: 1, dstPort: 2 } })
  for (const [zero, ones] of [variants(tcp, 24), variants(tcp, 50)]) {
    t.is(bench.judge(0, zero, { egress: 2, frame: ones }), OK)
    t.is(bench.judge(0, ones, { egress: 2, frame: zero }), OK)
  }
  const [zero, ones] = variants(udp(A, B), 40)
  t.is(bench.judge(0, zero, { egress: 2, frame: ones }), VIOLATION)
  t.is(bench.judge(0, ones, { egress: 2, frame: zero }), VIOLATION)
})

test('a rewritten wrong checksum must stay wrong by as much; repairing or spoiling it is a violation', (t) => {
  const bench = new Bench(always(({ packet }) => forward(1, packet.with({ ipv4: { src: 0x0a000063 } }))))
  const rewritten = { ip: '10.0.0.99', port: A.port }
  const right = udp(rewritten, B)
  t.is(bench.judge(0, udp(A, B), { egress: 2, frame: right }), OK)
  const wrongIn = udp(A, B)
  wrongIn[40] = (wrongIn[40] ?? 0) ^ 0x10
  t.is(bench.judge(0, wrongIn, { egress: 2, frame: right }), VIOLATION)
  // RFC 768: no checksum stays none.
  const none = udp(rewritten, B, { checksum: 0 })
  t.is(bench.judge(0, udp(A, B, { checksum: 0 }), { egress: 2, frame: none }), OK)
  t.is(bench.judge(0, udp(A, B), { egress: 2, frame: none }), VIOLATION)
  t.is(bench.judge(0, udp(A, B, { checksum: 0 }), { egress: 2, frame: right }), VIOLATION)
})

test('a free field may have any value, and its checksum must follow the value that it has', (t) => {
  const bench = new Bench(always(({ packet }) => forward(1, packet.with({ ipv4: { ttl: any } }))))
  for (const ttl of [0, 1, 63, 255]) t.is(bench.judge(0, udp(A, B), { egress: 2, frame: udp(A, B, { ttl }) }), OK)
  const stale = udp(A, B, { ttl: 64 })
  stale[22] = 63
  t.is(bench.judge(0, udp(A, B), { egress: 2, frame: stale }), VIOLATION)
})

test('recomputed checksums come out right whatever came in', (t) => {
  const bench = new Bench(always(({ packet }) => forward(1, packet.with({ checksums: 'recomputed' }))))
  const wrong = udp(A, B, { checksum: 0x1234 })
  wrong[24] = (wrong[24] ?? 0) ^ 1
  t.is(bench.judge(0, wrong, { egress: 2, frame: udp(A, B) }), OK)
  t.is(bench.judge(0, wrong, { egress: 2, frame: wrong }), VIOLATION)
})

test('a flood leaves on every port but the ingress, and with one port is a drop', (t) => {
  const frame = udp(A, B)
  const four = new Bench(
    always(({ packet }) => flood(packet)),
    {},
    4,
  )
  t.is(four.judge(1, frame, { egress: 0b1101, frame }), OK)
  t.is(four.judge(1, frame, { egress: 0b1111, frame }), VIOLATION)
  t.is(four.judge(1, frame, { egress: 0b0101, frame }), VIOLATION)
  t.is(four.oracle.tally.flooded, 1)
  const one = new Bench(
    always(({ packet }) => flood(packet)),
    {},
    1,
  )
  t.is(one.judge(0, frame), OK)
  t.is(one.oracle.tally.dropped, 1)
})

test('an empty set of ports is a drop; the ingress may be among the ports', (t) => {
  const frame = udp(A, B)
  const bench = new Bench(always(({ packet, ingress }) => forwardToSet(ingress === 0 ? 0 : 0b10, packet)))
  t.is(bench.judge(0, frame), OK)
  t.is(bench.judge(1, frame, { egress: 0b10, frame }), OK)
})

test('any() frees what leaves and is counted apart', (t) => {
  const frame = udp(A, B)
  const bench = new Bench(always(() => any()))
  t.is(bench.judge(0, frame), OK)
  t.is(bench.judge(0, frame, { egress: 3, frame: udp(B, A) }), OK)
  t.is(bench.oracle.tally.unspecified, 2)
})

test('a trap or a meaningless verdict is a violation whatever the specification says', (t) => {
  const frame = udp(A, B)
  const bench = new Bench(always(() => drop()))
  t.is(bench.oracle.judgeBad(0, 5n, frame, 0, frame.length, 'trap', 'unreachable executed'), VIOLATION)
  t.like(bench.oracle.violation().violation, { kind: 'trap', summary: 'unreachable executed' })
  t.is(bench.oracle.tally.violated, 1)
  t.is(bench.oracle.tally.checked, 1)
})

test('a specification that throws, or forwards to a port that is not there, is named as wrong itself', (t) => {
  const frame = udp(A, B)
  const throwing = new Bench(
    always(() => {
      throw new RangeError('oops')
    }),
  )
  t.throws(() => throwing.judge(0, frame), {
    instanceOf: SpecError,
    message: /test\.ts.*the specification failed: oops/,
  })
  const lost = new Bench(always(({ packet }) => forward(7, packet)))
  t.throws(() => lost.judge(0, frame), { instanceOf: SpecError, message: /port that does not exist \(there are 2\)/ })
  const overflow = new Bench(always(({ packet }) => forward(1, packet.with({ transport: { srcPort: 65_536 } }))))
  t.throws(() => overflow.judge(0, frame), {
    instanceOf: SpecError,
    message: /65536 does not fit into transport\.srcPort/,
  })
  const absent = new Bench(always(({ packet }) => forward(1, packet.with({ ipv6: { hopLimit: 1 } }))))
  t.throws(() => absent.judge(0, frame), {
    instanceOf: SpecError,
    message: /changes ipv6, which this packet does not have/,
  })
})
