import test from 'ava'
import fc from 'fast-check'

import { buildFrame, diffPackets, type FrameParts } from '../../src/packet/index.js'
import { anyFrame, goodFrame, hex } from './arbitraries.js'

type Row = readonly [layer: string, field: string, expected: string, actual: string]

function rows(expected: Uint8Array, actual: Uint8Array): Row[] {
  return diffPackets(expected, actual).map((d) => [d.layer, d.field, d.expected, d.actual] as const)
}

const difference = test.macro<[FrameParts, FrameParts, Row[]]>((t, a, b, expected) => {
  t.deepEqual(rows(buildFrame(a), buildFrame(b)), expected)
})

const udp = { checksum: 1 }
const ipv4 = { headerChecksum: 2 }

test(
  'fields by name, values by kind',
  difference,
  { ipv4: { ...ipv4, src: '10.0.0.1', flags: 2 }, udp, payload: 'ab' },
  { ipv4: { ...ipv4, src: '10.0.0.2', flags: 0 }, udp: { checksum: 0xabc, srcPort: 5 }, payload: 'ab' },
  [
    ['ipv4', 'flags', 'DF', 'none'],
    ['ipv4', 'src', '10.0.0.1', '10.0.0.2'],
    ['udp', 'srcPort', '0', '5'],
    ['udp', 'checksum', '0x0001', '0x0abc'],
  ],
)
test(
  'payload as runs of bytes',
  difference,
  { ipv4, udp, payload: 'one wire, two ends' },
  { ipv4, udp, payload: 'One wIRe, two Ends' },
  [
    ['payload', 'byte 0', '6f', '4f'],
    ['payload', 'bytes 5-6', '69 72', '49 52'],
    ['payload', 'byte 14', '65', '45'],
  ],
)
test(
  'options are bytes of their layer',
  difference,
  { ipv4: { ...ipv4, options: hex('01010101') } },
  { ipv4: { ...ipv4, options: hex('01010201') } },
  [['ipv4', 'byte 22', '01', '02']],
)
test(
  'a tag too many is one line, not a shift of all that follows',
  difference,
  { ipv4, udp },
  { vlan: { id: 5 }, ipv4, udp },
  [
    ['frame', 'length', '42 bytes', '46 bytes'],
    ['ethernet', 'type', '0x0800 (IPv4)', '0x8100 (802.1Q)'],
    ['vlan', 'layer', 'absent', '00 05 08 00'],
  ],
)
test('a tag that is missing', difference, { vlan: { id: 5 }, ipv4, udp }, { ipv4, udp }, [
  ['frame', 'length', '46 bytes', '42 bytes'],
  ['ethernet', 'type', '0x8100 (802.1Q)', '0x0800 (IPv4)'],
  ['vlan', 'layer', '00 05 08 00', 'absent'],
])
test('a trailer', difference, { ipv4, udp }, { ipv4, udp, trailer: hex('0102') }, [
  ['frame', 'length', '42 bytes', '44 bytes'],
  ['trailer', 'layer', 'absent', '01 02'],
])
test(
  'messages of two types share what comes before the types part',
  difference,
  { ipv4, icmp: { type: 8, checksum: 1, sequence: 1 } },
  { ipv4, icmp: { type: 5, checksum: 1 } },
  [
    ['icmp', 'type', '8 (echo request)', '5 (redirect)'],
    ['icmp', 'byte 7', '01', '00'],
  ],
)

test('the quoted datagram of an ICMP error has a name of its own', (t) => {
  const quote = (srcPort: number) => {
    const payload = buildFrame({ ipv4, udp: { checksum: 1, srcPort } }).subarray(14)
    return buildFrame({ ipv4, icmp: { type: 3, checksum: 1 }, payload })
  }
  t.deepEqual(rows(quote(1), quote(2)), [['inner udp', 'srcPort', '1', '2']])
})

test('bit offsets are those of the frame', (t) => {
  const [first] = diffPackets(buildFrame({ ipv4: { ...ipv4, ttl: 1 } }), buildFrame({ ipv4: { ...ipv4, ttl: 2 } }))
  t.is(first?.bit, (14 + 8) * 8)
})

test('there is no difference if and only if the bytes are equal', (t) => {
  fc.assert(
    fc.property(anyFrame, anyFrame, (a, b) => {
      t.deepEqual(diffPackets(a, a.slice()), [])
      t.is(diffPackets(a, b).length === 0, Buffer.compare(a, b) === 0)
    }),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(goodFrame, fc.nat(), fc.integer({ min: 0, max: 7 }), (frame, at, bit) => {
      const changed = frame.slice()
      const index = at % frame.length
      changed[index] = (changed[index] ?? 0) ^ (1 << bit)
      t.true(diffPackets(frame, changed).length > 0)
    }),
    { numRuns: 1000 },
  )
})
