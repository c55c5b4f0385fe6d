import test from 'ava'
import fc from 'fast-check'

import { buildFrame, dissect, fieldsOf, joinBytes, judgeChecksum, layerName } from '../../src/packet/index.js'
import { anyFrame, hex } from './arbitraries.js'

const names = (frame: Uint8Array) => dissect(frame).map(layerName)

test('sections follow on each other and cover every byte once, whatever the bytes', (t) => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      let at = 0
      for (const section of dissect(frame)) {
        t.is(section.at, at)
        t.true(section.length > 0)
        t.true(section.end >= at + section.length && section.end <= frame.length)
        for (const field of fieldsOf(section)) t.true(field.bit + field.width <= section.length * 8)
        judgeChecksum(frame, section)
        at += section.length
      }
      t.is(at, frame.length)
    }),
    { numRuns: 2000 },
  )
})

test('an 802.3 frame has LLC and SNAP, and a trailer after its length', (t) => {
  const bpdu = joinBytes([buildFrame({ ethernet: { type: 5 } }), hex('424203 0000 ffff')])
  t.deepEqual(names(bpdu), ['ethernet', 'llc', 'payload', 'trailer'])
  const snap = joinBytes([buildFrame({ ethernet: { type: 36 } }), hex('aaaa03 000000 0800')])
  const ip = buildFrame({ ipv4: {}, udp: {} }).subarray(14)
  t.deepEqual(names(joinBytes([snap, ip])), ['ethernet', 'llc', 'snap', 'ipv4', 'udp'])
  const numbered = joinBytes([buildFrame({ ethernet: { type: 4 } }), hex('f0f00102')])
  t.is(dissect(numbered)[1]?.length, 4)
})

test('an ICMP error quotes a datagram, one level deep', (t) => {
  const quoted = buildFrame({ ipv4: {}, udp: {}, payload: 'xy' }).subarray(14)
  const error = buildFrame({ ipv4: {}, icmp: { type: 3, code: 3 }, payload: quoted })
  const inner = ['inner ipv4', 'inner udp', 'inner payload']
  t.deepEqual(names(error), ['ethernet', 'ipv4', 'icmp', ...inner])
  const twice = buildFrame({ ipv4: {}, icmp: { type: 11 }, payload: error.subarray(14) })
  t.deepEqual(names(twice), ['ethernet', 'ipv4', 'icmp', 'inner ipv4', 'inner icmp', 'inner payload'])
})

test('UDP shorter than its datagram leaves padding, not trailer', (t) => {
  const frame = buildFrame({ ipv4: {}, udp: { length: 10 }, payload: 'abcd', minimumLength: 60 })
  t.deepEqual(names(frame), ['ethernet', 'ipv4', 'udp', 'payload', 'padding', 'trailer'])
})

test('a later fragment has payload only', (t) => {
  t.deepEqual(names(buildFrame({ ipv4: { fragmentOffset: 2 }, udp: {} })), ['ethernet', 'ipv4', 'payload'])
  const fragment = { protocol: 44, bytes: hex('00000010 00000000') }
  t.deepEqual(names(buildFrame({ ipv6: { extensions: [fragment] }, udp: {} })), [
    'ethernet',
    'ipv6',
    'fragment',
    'payload',
  ])
})

test('checksums are judged where they can be', (t) => {
  const judge = (frame: Uint8Array, name: string) => {
    const section = dissect(frame).find((candidate) => layerName(candidate) === name)
    return section === undefined ? 'no section' : judgeChecksum(frame, section)?.state
  }
  t.is(judge(buildFrame({ ipv4: {}, tcp: {} }), 'tcp'), 'right')
  t.is(judge(buildFrame({ ipv4: {}, tcp: { checksum: 5 } }), 'tcp'), 'wrong')
  t.is(judge(buildFrame({ ipv4: {}, udp: { checksum: 0 } }), 'udp'), 'absent')
  t.is(judge(buildFrame({ ipv6: {}, udp: { checksum: 0 } }), 'udp'), 'wrong')
  t.is(judge(buildFrame({ ipv6: {}, icmpv6: {} }), 'icmpv6'), 'right')
  t.is(judge(buildFrame({ ipv4: {}, icmp: {} }), 'icmp'), 'right')
  t.is(judge(buildFrame({ ipv4: { headerChecksum: 9 } }), 'ipv4'), 'wrong')
  t.is(judge(buildFrame({ ipv4: { flags: 1 }, tcp: {} }), 'tcp'), undefined, 'a fragment')
  t.is(judge(buildFrame({ ipv4: { totalLength: 500 }, tcp: {} }), 'tcp'), undefined, 'not whole')
  const extensions = [{ protocol: 60, bytes: new Uint8Array(8) }]
  t.is(judge(buildFrame({ ipv6: { extensions }, tcp: {} }), 'tcp'), 'right', 'after an extension header')
  const routed = [{ protocol: 43, bytes: new Uint8Array(8) }]
  t.is(judge(buildFrame({ ipv6: { extensions: routed }, tcp: {} }), 'tcp'), undefined, 'the last address is elsewhere')
})
