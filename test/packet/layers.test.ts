import test from 'ava'
import fc from 'fast-check'

import { buildFrame, type FrameParts, Layers, maxVlanTags, parseLayers } from '../../src/packet/index.js'
import { anyFrame } from './arbitraries.js'

function parse(frame: Uint8Array, tagAware = false): Layers {
  const layers = new Layers()
  parseLayers(layers, frame, 0, frame.length, tagAware)
  return layers
}

const u16 = (b: Uint8Array, at: number) => (b[at] ?? 0) * 256 + (b[at + 1] ?? 0)

/** The rules again, in the plainest form, on slices that hold exactly what may be read. */
function reference(frame: Uint8Array, tagAware: boolean) {
  const none = { vlanTags: 0, etherType: -1, l3: -1, ipv4: -1, ipv6: -1, arp: -1, ...noUpper() }
  if (frame.length < 14) return { ethernet: false, ...none }
  let l3 = 14
  while (tagAware && [0x8100, 0x88a8].includes(u16(frame, l3 - 2)) && l3 < 22 && frame.length >= l3 + 4) l3 += 4
  const link = { ...none, ethernet: true, vlanTags: (l3 - 14) / 4, etherType: u16(frame, l3 - 2), l3 }
  const rest = frame.slice(l3)
  const isArp = rest.length >= 28 && rest.slice(0, 6).join() === '0,1,8,0,6,4'
  if (link.etherType === 0x0806) return { ...link, arp: isArp ? l3 : -1 }
  if (link.etherType === 0x0800) return { ...link, ...reference4(rest, l3) }
  return link.etherType === 0x86dd ? { ...link, ...reference6(rest, l3) } : link
}

function noUpper() {
  const ip = { ipHeaderLength: 0, ipEnd: -1, protocol: -1, fragmentOffset: 0, moreFragments: false }
  return { ...ip, tcp: -1, udp: -1, transport: -1, icmp: -1, icmpv6: -1 }
}

function reference4(ip: Uint8Array, at: number) {
  const version = (ip[0] ?? 0) >> 4
  const headerLength = ((ip[0] ?? 0) % 16) * 4
  const total = u16(ip, 2)
  const isLegal = ip.length >= 20 && version === 4 && headerLength >= 20 && headerLength <= total && total <= ip.length
  if (!isLegal) return {}
  const fragmentOffset = u16(ip, 6) % 8192
  const protocol = ip[9] ?? 0
  return {
    ipv4: at,
    ipHeaderLength: headerLength,
    ipEnd: at + total,
    protocol,
    fragmentOffset,
    moreFragments: (u16(ip, 6) & 0x2000) > 0,
    ...(fragmentOffset > 0 ? {} : referenceUpper(ip.slice(headerLength, total), at + headerLength, protocol, 4)),
  }
}

function reference6(ip: Uint8Array, at: number) {
  const total = 40 + u16(ip, 4)
  if (ip.length < 40 || (ip[0] ?? 0) >> 4 !== 6 || total > ip.length) return {}
  const protocol = ip[6] ?? 0
  const upper = referenceUpper(ip.slice(40, total), at + 40, protocol, 6)
  return { ipv6: at, ipHeaderLength: 40, ipEnd: at + total, protocol, ...upper }
}

function referenceUpper(segment: Uint8Array, at: number, protocol: number, version: 4 | 6) {
  const { length } = segment
  const headerLength = ((segment[12] ?? 0) >> 4) * 4
  const udpLength = u16(segment, 4)
  if (protocol === 6 && length >= 20 && headerLength >= 20 && headerLength <= length) return { tcp: at, transport: at }
  if (protocol === 17 && length >= 8 && udpLength >= 8 && udpLength <= length) {
    return version === 6 && u16(segment, 6) === 0 ? {} : { udp: at, transport: at }
  }
  if (protocol === 1 && version === 4 && length >= 8) return { icmp: at }
  return protocol === 58 && version === 6 && length >= 8 ? { icmpv6: at } : {}
}

test('the parse is that of the plain rules, whatever the bytes', (t) => {
  let transports = 0
  fc.assert(
    fc.property(anyFrame, fc.boolean(), (frame, tagAware) => {
      const { bytes: _bytes, start: _start, end: _end, ...found } = parse(frame, tagAware)
      if (found.transport !== -1) transports += 1
      t.deepEqual({ ...found }, reference(frame, tagAware))
    }),
    { numRuns: 1500 },
  )
  t.true(transports > 50, 'legal packets were among them')
})

test('nothing outside the frame is read, and what was parsed before leaves no trace', (t) => {
  const layers = new Layers()
  fc.assert(
    fc.property(anyFrame, anyFrame, fc.nat(50), fc.boolean(), (frame, before, start, tagAware) => {
      const results = [0x00, 0x45, 0xff].map((poison) => {
        const bytes = new Uint8Array(start + frame.length + 100).fill(poison)
        bytes.set(frame, start)
        parseLayers(layers, before, 0, before.length, !tagAware)
        parseLayers(layers, bytes, start, frame.length, tagAware)
        return relative(layers)
      })
      t.deepEqual(results[0], relative(parse(frame, tagAware)))
      t.deepEqual(results[1], results[0])
      t.deepEqual(results[2], results[0])
    }),
    { numRuns: 1000 },
  )
})

function relative(layers: Layers): unknown {
  const from = (at: number) => (at === -1 ? -1 : at - layers.start)
  const { l3, ipv4, ipv6, arp, ipEnd, tcp, udp, transport, icmp, icmpv6 } = layers
  const offsets = [l3, ipv4, ipv6, arp, ipEnd, tcp, udp, transport, icmp, icmpv6, layers.end].map(from)
  const { ethernet, vlanTags, etherType, ipHeaderLength, protocol, fragmentOffset, moreFragments } = layers
  return [offsets, ethernet, vlanTags, etherType, ipHeaderLength, protocol, fragmentOffset, moreFragments]
}

const legal = test.macro<[FrameParts, Partial<Layers>, boolean?]>((t, parts, wanted, tagAware = false) => {
  t.like(parse(buildFrame(parts), tagAware), wanted)
})

test('TCP over IPv4 with options', legal, { ipv4: { options: new Uint8Array(8) }, tcp: {} }, { tcp: 42, udp: -1 })
test('a trailer is outside the datagram', legal, { ipv4: {}, udp: {}, minimumLength: 60 }, { ipEnd: 42, end: 60 })
test('a wrong header checksum is legal', legal, { ipv4: { headerChecksum: 1 }, udp: {} }, { ipv4: 14, udp: 34 })
test('version 5 in IPv4', legal, { ipv4: { version: 5 }, udp: {} }, { ipv4: -1, l3: 14 })
test('ihl 4', legal, { ipv4: { ihl: 4 }, udp: {} }, { ipv4: -1 })
test('ihl beyond the total length', legal, { ipv4: { ihl: 8 }, udp: {} }, { ipv4: -1 })
test('ihl up to the total length', legal, { ipv4: { ihl: 7 }, udp: {} }, { ipv4: 14, ipHeaderLength: 28, udp: -1 })
test('total length of all bytes present', legal, { ipv4: { totalLength: 28 }, udp: {} }, { ipv4: 14, udp: 34 })
test('total length one too many', legal, { ipv4: { totalLength: 29 }, udp: {} }, { ipv4: -1 })
test('first fragment', legal, { ipv4: { flags: 1 }, tcp: {} }, { tcp: 34, moreFragments: true })
test('later fragment', legal, { ipv4: { fragmentOffset: 1 }, tcp: {} }, { ipv4: 14, tcp: -1, fragmentOffset: 1 })
test('TCP data offset 4', legal, { ipv4: {}, tcp: { dataOffset: 4 } }, { tcp: -1, transport: -1, ipv4: 14 })
test('TCP data offset up to the end', legal, { ipv4: {}, tcp: { dataOffset: 6 }, payload: 'abcd' }, { tcp: 34 })
test('TCP data offset past the end', legal, { ipv4: {}, tcp: { dataOffset: 6 }, payload: 'abc' }, { tcp: -1 })
test('TCP options in the trailer', legal, { ipv4: {}, tcp: { dataOffset: 6 }, minimumLength: 60 }, { tcp: -1 })
test('UDP length 7', legal, { ipv4: {}, udp: { length: 7 } }, { udp: -1 })
test('UDP length below the IP payload', legal, { ipv4: {}, udp: { length: 8 }, payload: 'ab' }, { udp: 34 })
test('UDP length beyond the IP payload', legal, { ipv4: {}, udp: { length: 9 }, minimumLength: 60 }, { udp: -1 })
test('UDP over IPv4 without a checksum', legal, { ipv4: {}, udp: { checksum: 0 } }, { udp: 34 })
test('UDP over IPv6 without a checksum', legal, { ipv6: {}, udp: { checksum: 0 } }, { udp: -1, ipv6: 14 })
test('IPv6 payload length one too many', legal, { ipv6: { payloadLength: 9 }, udp: {} }, { ipv6: -1 })
test('IPv4 without payload', legal, { ipv4: {} }, { ipv4: 14, ipEnd: 34 })
test('IPv6 without payload', legal, { ipv6: {} }, { ipv6: 14, ipEnd: 54 })
test('IPv6 version 4', legal, { ipv6: { version: 4 }, udp: {} }, { ipv6: -1 })
test(
  'TCP after an extension header is not looked for',
  legal,
  { ipv6: { extensions: [{ protocol: 0, bytes: new Uint8Array(8) }] }, tcp: {} },
  { ipv6: 14, tcp: -1, protocol: 0 },
)
test('ICMP of 8 bytes', legal, { ipv4: {}, icmp: {} }, { icmp: 34, transport: -1 })
test('ICMP of 7 bytes', legal, { ipv4: { totalLength: 27 }, icmp: {} }, { icmp: -1, ipv4: 14 })
test('ICMP over IPv6 is not ICMPv6', legal, { ipv6: { nextHeader: 1 }, icmpv6: {} }, { icmp: -1, icmpv6: -1 })
test('ICMPv6', legal, { ipv6: {}, icmpv6: {} }, { icmpv6: 54, icmp: -1 })
test('ARP', legal, { arp: {} }, { arp: 14 })
test('ARP for another hardware', legal, { arp: { hardwareType: 6 } }, { arp: -1 })
test('a tag is opaque unless asked for', legal, { vlan: {}, ipv4: {}, udp: {} }, { etherType: 0x8100, ipv4: -1 })
test('a tag is passed over', legal, { vlan: {}, ipv4: {}, udp: {} }, { vlanTags: 1, ipv4: 18, udp: 38 }, true)
test(
  'two tags are passed over',
  legal,
  { vlan: [{ tpid: 0x88a8 }, {}], ipv4: {}, udp: {} },
  { vlanTags: maxVlanTags, ipv4: 22, udp: 42 },
  true,
)
test(
  'a third tag stays',
  legal,
  { vlan: [{}, {}, {}], ipv4: {}, udp: {} },
  { vlanTags: maxVlanTags, etherType: 0x8100, l3: 22, ipv4: -1 },
  true,
)

test('a tag that is not whole is no tag', (t) => {
  const frame = buildFrame({ vlan: {}, ipv4: {}, udp: {} })
  t.like(parse(frame.subarray(0, 17), true), { vlanTags: 0, etherType: 0x8100, l3: 14 })
  t.like(parse(frame.subarray(0, 18), true), { vlanTags: 1, etherType: 0x0800, l3: 18, ipv4: -1 })
})

test('13 bytes are no Ethernet frame, 14 are', (t) => {
  t.like(parse(new Uint8Array(13)), { ethernet: false, etherType: -1, l3: -1 })
  t.like(parse(new Uint8Array(14)), { ethernet: true, etherType: 0, l3: 14 })
})
