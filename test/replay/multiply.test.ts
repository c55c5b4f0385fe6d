import test from 'ava'
import fc from 'fast-check'

import { buildFrame } from '../../src/packet/build.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/checksum.js'
import { Multiplier } from '../../src/replay/multiply.js'
import { FIRST, SECOND } from '../../src/replay/sides.js'
import { readTuple, reverseTuple, tupleWords } from '../../src/replay/tuple.js'
import { parsed, tcp, udp } from './traffic.js'

function tuple(frame: Uint8Array): Uint32Array {
  const words = new Uint32Array(tupleWords)
  readTuple(parsed(frame), words, 0)
  return words
}

const flow = fc.record({ host: fc.integer({ min: 1, max: 250 }), port: fc.integer({ min: 1024, max: 65_535 }) })
const passes = 40

test('every pass has flows of its own, different flows stay different, and both directions agree', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(flow, { selector: (f) => `${f.host}:${f.port}`, maxLength: 12 }),
      fc.nat(),
      (flows, seed) => {
        const multiplier = new Multiplier(seed)
        const seen = new Set<string>()
        for (let pass = 1; pass <= passes; pass++) {
          for (const { host, port } of flows) {
            const out = tcp(`192.168.3.${host}`, port, '198.51.100.7', 443)
            const back = tcp('198.51.100.7', 443, `192.168.3.${host}`, port)
            multiplier.flow(parsed(out), FIRST, pass)
            multiplier.flow(parsed(back), SECOND, pass)
            const words = tuple(out)
            seen.add(words.join())
            const reversed = new Uint32Array(tupleWords)
            reverseTuple(tuple(back), 0, reversed, 0)
            t.deepEqual(reversed, words)
            t.is((words[2] ?? 0) >>> 16, 0xc0a8)
            t.is(ipv4ChecksumState(parsed(out)), 'right')
            t.is(transportChecksumState(parsed(back)), 'right')
          }
        }
        t.is(seen.size, flows.length * passes)
      },
    ),
    { numRuns: 20 },
  )
})

test('services keep their ports, group destinations their addresses', (t) => {
  const multiplier = new Multiplier(1)
  const ntp = udp('10.0.0.1', 123, '9.9.9.9', 123)
  multiplier.flow(parsed(ntp), FIRST, 3)
  t.is(tuple(ntp)[1], (123 << 16) | 123)
  t.not(tuple(ntp)[2], 0x0a00_0001)
  for (const group of ['224.0.0.251', '255.255.255.255', 'ff02::fb']) {
    const frame = udp(group.includes(':') ? 'fe80::1' : '10.0.0.1', 5353, group, 5353)
    const before = frame.slice()
    multiplier.flow(parsed(frame), SECOND, 3)
    t.deepEqual(frame, before)
  }
})

test('stations move their own addresses in every pass, also inside ARP; group addresses stay', (t) => {
  const multiplier = new Multiplier(1)
  const seen = new Set<string>()
  for (let pass = 1; pass <= passes; pass++) {
    const frame = buildFrame({
      ethernet: { src: '02:00:00:00:00:01', dst: 'ff:ff:ff:ff:ff:ff' },
      arp: { targetMac: '00:00:00:00:00:00' },
    })
    multiplier.station(parsed(frame), pass)
    const mac = Buffer.from(frame.subarray(6, 12)).toString('hex')
    t.is(Buffer.from(frame.subarray(22, 28)).toString('hex'), mac)
    t.is(Buffer.from(frame.subarray(0, 6)).toString('hex'), 'ffffffffffff')
    t.is(Buffer.from(frame.subarray(32, 38)).toString('hex'), '000000000000')
    t.true(mac.startsWith('020000'))
    seen.add(mac)
  }
  t.is(seen.size, passes)
})
