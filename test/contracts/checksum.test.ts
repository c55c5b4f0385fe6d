import test from 'ava'
import fc from 'fast-check'
import { libvigSubject, type Subject } from './subject.js'

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(1 << 20)
})

/** RFC 1071, the plain way: add words, carry around at each. */
function onesComplementSum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) {
    sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    if (sum > 0xffff) sum -= 0xffff
  }
  return sum
}

const checksumOf = (bytes: Uint8Array): number => 0xffff - onesComplementSum(bytes)

/** 0x0000 and 0xffff are the same number in ones' complement. */
const same = (a: number, b: number): boolean => a % 0xffff === b % 0xffff

const word = fc.oneof(fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff), fc.nat(0xffff))
const double = fc.oneof(fc.constantFrom(0, 0xffff, 0x10000, 0xffff0000, 0xffffffff), fc.nat(0xffffffff))
const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })

test('updates keep their contract for every kind of field', (t) => {
  fc.assert(
    fc.property(word, word, word, double, double, sixteen, sixteen, (checksum, old, fresh, was, is, before, after) => {
      const driver = subject.driver()
      driver.call('checksum_update_u16', { checksum, old, fresh })
      driver.call('checksum_update_u32', { checksum, old: was, fresh: is })
      driver.call('checksum_update_u128', { checksum, old: before, fresh: after })
      driver.call('udp_checksum_finish', { original: old, updated: fresh })
      return driver.calls === 4
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

test('an updated right checksum is the one computed anew; a wrong one is wrong by as much', (t) => {
  const packets = fc.record({
    bytes: fc.uint8Array({ minLength: 24, maxLength: 80 }).filter(({ length }) => length % 2 === 0),
    at: fc.nat(5),
    fresh: double,
    error: word,
  })
  fc.assert(
    fc.property(packets, ({ bytes, at, fresh, error }) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const old = view.getUint32(4 * at)
      const before = (checksumOf(bytes) + error) % 0xffff
      view.setUint32(4 * at, fresh)
      const halves = [old >>> 16, fresh >>> 16, old & 0xffff, fresh & 0xffff] as const
      const whole = Number(subject.device.call('checksum_update_u32', [before, old, fresh]))
      const first = Number(subject.device.call('checksum_update_u16', [before, halves[0], halves[1]]))
      const twice = Number(subject.device.call('checksum_update_u16', [first, halves[2], halves[3]]))
      return same(whole, checksumOf(bytes) + error) && same(twice, whole)
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

test('sums over bytes keep their contract, odd lengths included', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500, size: 'max' }), double, (bytes, initial) => {
      const driver = subject.driver()
      driver.call('checksum_ones_complement', { bytes, length: bytes.length, initial })
      const plain = subject.driver().call('checksum_ones_complement', { bytes, length: bytes.length, initial: 0 })
      return driver.calls === 1 && plain?.result === onesComplementSum(bytes)
    }),
  )
  t.pass()
})

test('a header is right with its checksum, and wrong with any other', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 15 }),
      fc.uint8Array({ minLength: 60, maxLength: 60 }),
      fc.nat(15),
      (ihl, bytes, bit) => {
        const header = bytes.slice(0, 4 * ihl)
        header[0] = 0x40 + ihl
        header.set([0, 0], 10)
        const checksum = checksumOf(header)
        header.set([checksum >> 8, checksum & 0xff], 10)
        const driver = subject.driver()
        const right = driver.call('ipv4_header_checksum_ok', { header, length: header.length })
        header[10 + (bit >> 3)] = (header[10 + (bit >> 3)] ?? 0) ^ (1 << (bit & 7))
        const wrong = driver.call('ipv4_header_checksum_ok', { header, length: header.length })
        return right?.result === 1 && wrong?.result === 0
      },
    ),
  )
  t.pass()
})

const CHECKSUM_AT: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6, 58: 2 }

/** The pseudo header as bytes, and nothing for ICMP: RFC 768, RFC 8200 section 8.1. */
function pseudoHeader(ip: Uint8Array, protocol: number, length: number): number[] {
  if (protocol === 1) return []
  if (ip.length === 20) return [...ip.slice(12, 20), 0, protocol, length >> 8, length & 0xff]
  return [...ip.slice(8, 40), 0, 0, length >> 8, length & 0xff, 0, 0, 0, protocol]
}

test('a message is right with its checksum over the pseudo header, and wrong with one bit changed', (t) => {
  const messages = fc.record({
    ipv6: fc.boolean(),
    protocol: fc.constantFrom(1, 6, 17, 58),
    address: fc.uint8Array({ minLength: 40, maxLength: 40 }),
    message: fc.uint8Array({ minLength: 20, maxLength: 200, size: 'max' }),
    flip: fc.nat(20 * 8 - 1),
  })
  fc.assert(
    fc.property(messages, ({ ipv6, protocol, address, message, flip }) => {
      const ip = address.slice(0, ipv6 ? 40 : 20)
      ip[0] = ipv6 ? 0x60 : 0x45
      const at = CHECKSUM_AT[protocol] ?? 0
      message.set([0, 0], at)
      const whole = Uint8Array.from([...pseudoHeader(ip, protocol, message.length), ...message])
      const checksum = checksumOf(whole) === 0 && protocol === 17 ? 0xffff : checksumOf(whole)
      message.set([checksum >> 8, checksum & 0xff], at)
      const driver = subject.driver()
      const right = driver.call('transport_checksum_ok', { ip, protocol, message, length: message.length })
      message[flip >> 3] = (message[flip >> 3] ?? 0) ^ (1 << (flip & 7))
      // A flip that makes a UDP checksum zero says "no checksum"; the contract's own words judge that one.
      const wrong = driver.call('transport_checksum_ok', { ip, protocol, message, length: message.length })
      return right?.result === 1 && (wrong?.outcome === 'no checksum' || wrong?.result === 0)
    }),
    { numRuns: 500 },
  )
  t.pass()
})

test('UDP without a checksum is right over IPv4 and wrong over IPv6', (t) => {
  const driver = subject.driver()
  const message = Uint8Array.of(0, 53, 0, 53, 0, 8, 0, 0)
  for (const [version, expected] of [
    [4, 1],
    [6, 0],
  ] as const) {
    const ip = new Uint8Array(version === 4 ? 20 : 40).fill(1)
    ip[0] = version << 4
    t.is(driver.call('transport_checksum_ok', { ip, protocol: 17, message, length: 8 })?.result, expected)
  }
})
