import test from 'ava'
import fc from 'fast-check'

import * as packet from '../../src/packet/index.js'
import { hex } from './arbitraries.js'

type View = new (bytes: Uint8Array, at: number) => packet.HeaderView

const headers: readonly (readonly [string, View, packet.FieldTable, number])[] = [
  ['ethernet', packet.EthernetView, packet.ethernetFields, 14],
  ['vlan', packet.VlanView, packet.vlanFields, 4],
  ['llc', packet.LlcView, packet.llcFields, 3],
  ['snap', packet.SnapView, packet.snapFields, 5],
  ['arp', packet.ArpView, packet.arpFields, 28],
  ['ipv4', packet.Ipv4View, packet.ipv4Fields, 20],
  ['ipv6', packet.Ipv6View, packet.ipv6Fields, 40],
  ['tcp', packet.TcpView, packet.tcpFields, 20],
  ['udp', packet.UdpView, packet.udpFields, 8],
  ['icmp', packet.IcmpView, packet.icmpFields, 8],
  ['icmp query', packet.IcmpView, packet.icmpQueryFields, 8],
  ['icmpv6', packet.Icmpv6View, packet.icmpv6Fields, 8],
  ['icmpv6 echo', packet.Icmpv6View, packet.icmpv6EchoFields, 8],
]

const tablesAlone: readonly (readonly [string, packet.FieldTable, number])[] = [
  ['llc numbered', packet.llcNumberedFields, 4],
  ['extension', packet.extensionFields, 2],
  ['fragment', packet.fragmentFields, 8],
  ['icmpv6 neighbour', packet.icmpv6NeighbourFields, 24],
]

for (const [name, table, length] of [...headers.map(([n, , f, l]) => [n, f, l] as const), ...tablesAlone]) {
  test(`${name}: the table covers every bit of the header once, and its fields name themselves`, (t) => {
    const covered = Object.values(table).flatMap(({ bit, width }) => Array.from({ length: width }, (_, i) => bit + i))
    t.deepEqual(covered, [...new Array(length * 8).keys()])
    t.true(Object.isFrozen(table))
    for (const [key, field] of Object.entries(table)) t.is(field.name, key)
  })

  test(`${name}: fields read the bits that they say, and writing one leaves the others`, (t) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 44, maxLength: 44 }), fc.nat(3), fc.nat(2 ** 32), (bytes, at, value) => {
        const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
        for (const field of Object.values(table)) {
          const from = at * 8 + field.bit
          const expected = BigInt(`0b${bits.slice(from, from + field.width)}`)
          const found = packet.readField(bytes, at, field)
          t.is(BigInt(found), expected)
          t.is(typeof found, field.width > 53 ? 'bigint' : 'number')
          const copy = bytes.slice()
          packet.writeField(copy, at, field, found)
          t.deepEqual(copy, bytes)
          packet.writeField(copy, at, field, value)
          t.is(BigInt(packet.readField(copy, at, field)), BigInt.asUintN(field.width, BigInt(value)))
          packet.writeField(copy, at, field, found)
          t.deepEqual(copy, bytes)
        }
      }),
      { numRuns: 20 },
    )
  })
}

for (const [name, View, table] of headers) {
  test(`${name}: every field has a getter and a setter that agree with the table, and nothing throws`, (t) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(40), fc.nat(255), (bytes, at, value) => {
        const view = new View(bytes, at)
        for (const field of Object.values(table)) {
          t.is(Reflect.get(view, field.name), packet.readField(bytes, at, field))
          const copy = bytes.slice()
          packet.writeField(copy, at, field, value)
          const changed = bytes.slice()
          Reflect.set(new View(changed, at), field.name, field.width > 53 ? BigInt(value) : value)
          t.deepEqual(changed, copy)
        }
      }),
      { numRuns: 50 },
    )
  })
}

test('neighbour messages have their target', (t) => {
  const message = hex('8700 0000 00000000 fe80000000000000 0000000000000001')
  const view = new packet.Icmpv6View(message, 0)
  t.is(packet.formatIpv6(view.target), 'fe80::1')
  view.target = 5n
  t.is(packet.readU128(message, 8), 5n)
})

test('a literal TCP SYN reads as what it is', (t) => {
  const frame = hex(`
    020000000002 020000000001 8100 6005 0800
    46b8 0030 1c46 4000 40 06 0000 c0000201 c6336402 01010100
    d431 0050 00000001 80000002 60 12 faf0 1234 0000 020405b4`)
  const ethernet = new packet.EthernetView(frame, 0)
  t.is(packet.formatMac(ethernet.dst), '02:00:00:00:00:02')
  const vlan = new packet.VlanView(frame, 14)
  t.deepEqual([vlan.priority, vlan.dropEligible, vlan.id, vlan.type], [3, 0, 5, 0x0800])
  const ip = new packet.Ipv4View(frame, 18)
  t.deepEqual([ip.version, ip.headerLength, ip.dscp, ip.ecn, ip.totalLength], [4, 24, 46, 0, 48])
  t.deepEqual([ip.identification, ip.flags, ip.fragmentOffset, ip.ttl, ip.protocol], [0x1c46, 2, 0, 64, 6])
  t.deepEqual([packet.formatIpv4(ip.src), packet.formatIpv4(ip.dst)], ['192.0.2.1', '198.51.100.2'])
  t.deepEqual(ip.options, hex('01010100'))
  const tcp = new packet.TcpView(frame, 42)
  t.deepEqual([tcp.srcPort, tcp.dstPort, tcp.sequence, tcp.acknowledgement], [54_321, 80, 1, 0x80000002])
  t.deepEqual([tcp.headerLength, tcp.flags, tcp.window, tcp.checksum, tcp.urgentPointer], [24, 18, 64_240, 0x1234, 0])
  t.deepEqual(tcp.options, hex('020405b4'))
})

test('options of a header that claims too little or too much stay within the bytes', (t) => {
  t.is(new packet.Ipv4View(hex('41'), 0).options.length, 0)
  t.is(new packet.Ipv4View(packet.joinBytes([hex('4f'), new Uint8Array(23)]), 0).options.length, 4)
})

test('values are written as people write them', (t) => {
  const { flags, checksum } = packet.tcpFields
  t.is(packet.formatField(flags, 0x12), 'SYN|ACK')
  t.is(packet.formatField(flags, 0), 'none')
  t.is(packet.formatField(checksum, 0xab), '0x00ab')
  t.is(packet.formatField(packet.ipv4Fields.protocol, 6), '6 (TCP)')
  t.is(packet.formatField(packet.ipv4Fields.protocol, 250), '250')
  t.is(packet.formatField(packet.ethernetFields.type, 0x86dd), '0x86dd (IPv6)')
  t.is(packet.formatField(packet.ipv6Fields.src, 1n), '::1')
})

test('a table whose fields do not fill the header is refused', (t) => {
  t.throws(() => packet.fieldTable(2, { a: { width: 8, kind: 'uint', doc: '' } }), {
    message: /8 bits in a header of 2/,
  })
})
