import test from 'ava'
import fc from 'fast-check'

import { buildFrame, type FrameParts, hexdump, hexText, printLine, printTree } from '../../src/packet/index.js'
import { anyFrame, hex } from './arbitraries.js'

const head = '02:00:00:00:00:01 > 02:00:00:00:00:02'

const line = test.macro<[FrameParts, string]>((t, parts, expected) => t.is(printLine(buildFrame(parts)), expected))

test(
  'TCP',
  line,
  { ipv4: {}, tcp: { srcPort: 4000, dstPort: 80, flags: 2, sequence: 7 }, payload: 'abc' },
  `${head}, 57 bytes, 192.0.2.1:4000 > 192.0.2.2:80, TCP SYN, seq 7, win 65535, length 3`,
)
test(
  'UDP over IPv6 in a tag',
  line,
  { vlan: { id: 5 }, ipv6: {}, udp: { srcPort: 1, dstPort: 53 } },
  `${head}, 66 bytes, VLAN 5, [2001:db8::1]:1 > [2001:db8::2]:53, UDP, length 0`,
)
test(
  'wrong checksums',
  line,
  { ipv4: { headerChecksum: 1 }, udp: { checksum: 1 } },
  `${head}, 42 bytes, 192.0.2.1:0 > 192.0.2.2:0, UDP, length 0, ipv4 checksum wrong, udp checksum wrong`,
)
test('ARP request', line, { arp: {} }, `${head}, 42 bytes, ARP who has 192.0.2.2, tell 192.0.2.1`)
test('ARP reply', line, { arp: { operation: 2 } }, `${head}, 42 bytes, ARP 192.0.2.1 is at 02:00:00:00:00:01`)
test(
  'echo',
  line,
  { ipv4: {}, icmp: { type: 8, identifier: 3, sequence: 4 } },
  `${head}, 42 bytes, 192.0.2.1 > 192.0.2.2, ICMP echo request, id 3, seq 4`,
)
test(
  'neighbour solicitation',
  line,
  { ipv6: {}, icmpv6: { target: 'fe80::9' } },
  `${head}, 78 bytes, 2001:db8::1 > 2001:db8::2, ICMPv6 neighbour solicitation, code 0, fe80::9`,
)
test(
  'a later fragment',
  line,
  { ipv4: { fragmentOffset: 2, flags: 1 }, payload: 'x' },
  `${head}, 35 bytes, 192.0.2.1 > 192.0.2.2, fragment 16+, no next header`,
)
test(
  'a total length that does not fit',
  line,
  { ipv4: { totalLength: 0, headerChecksum: 0xf6fe }, udp: {} },
  `${head}, 42 bytes, 192.0.2.1:0 > 192.0.2.2:0, total length 0 but 28 bytes present, UDP, length 0, ipv4 checksum wrong`,
)
test('an unknown EtherType', line, { ethernet: { type: 0x88cc }, payload: 'x' }, `${head}, 15 bytes, type 0x88cc`)

test('frames cut short say so', (t) => {
  const frame = buildFrame({ ipv4: {}, tcp: {} })
  t.is(printLine(new Uint8Array(0)), 'empty frame')
  t.is(printLine(frame.subarray(0, 9)), 'frame cut short, 9 bytes')
  t.regex(printLine(frame.subarray(0, 30)), /IPv4 cut short$/)
  t.regex(printLine(frame.subarray(0, 50)), /TCP cut short$/)
})

test('any bytes can be printed, and the tree is one line for each field or row', (t) => {
  fc.assert(
    fc.property(anyFrame, fc.nat(40), (frame, payloadBytes) => {
      t.false(printLine(frame).includes('\n'))
      t.notRegex(printLine(frame) + printTree(frame, { payloadBytes }), /undefined|NaN/)
    }),
    { numRuns: 1000 },
  )
})

test('the tree names every field, judges checksums, spells flags and dumps payload', (t) => {
  const frame = buildFrame({
    ipv4: { options: hex('01010100'), ttl: 3, flags: 2 },
    udp: { srcPort: 53, checksum: 0x1234 },
    payload: 'a wire, and more of it',
    trailer: hex('00'),
  })
  t.is(
    printTree(frame, { indent: '> ', payloadBytes: 20 }),
    `> frame: 69 bytes
>   ethernet
>     dst = 02:00:00:00:00:02
>     src = 02:00:00:00:00:01
>     type = 0x0800 (IPv4)
>   ipv4
>     version = 4
>     ihl = 6
>     dscp = 0
>     ecn = 0
>     totalLength = 54
>     identification = 0x0000
>     flags = DF
>     fragmentOffset = 0
>     ttl = 3
>     protocol = 17 (UDP)
>     headerChecksum = 0xf0b2 right
>     src = 192.0.2.1
>     dst = 192.0.2.2
>     options = 01 01 01 00
>   udp
>     srcPort = 53
>     dstPort = 0
>     length = 30
>     checksum = 0x1234 wrong (expected 0x6f02)
>   payload: 22 bytes
>     0000  61 20 77 69 72 65 2c 20  61 6e 64 20 6d 6f 72 65 |a wire, and more|
>     0010  20 6f 66 20                                      | of |
>     ... 2 more bytes
>   trailer: 1 byte
>     0000  00                                               |.|`,
  )
})

test('a header that is cut short shows the fields that are whole', (t) => {
  const text = printTree(buildFrame({ arp: {} }).subarray(0, 25))
  t.regex(text, /arp \(cut short after 11 bytes\)/)
  t.regex(text, /operation = 1 \(request\)\n {4}bytes = 02 00 00$/)
})

test('bytes as text tell how many are left out', (t) => {
  t.is(hexText(hex('00ff10'), 2), '00 ff (1 more)')
  t.is(hexText(hex('00ff10')), '00 ff 10')
  t.deepEqual(hexdump(new Uint8Array(0)), [])
})
