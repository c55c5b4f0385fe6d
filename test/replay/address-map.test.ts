import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { formatIpv4, formatIpv6, formatMac } from '../../src/packet/address.js'
import { buildFrame } from '../../src/packet/build.js'
import { readU32, readU48, readU128 } from '../../src/packet/bytes.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/checksum.js'
import { AddressMap } from '../../src/replay/address-map.js'
import { parsed, tcp, udp } from './traffic.js'

function source(frame: Uint8Array): string {
  const { ipv4, ipv6 } = parsed(frame)
  return ipv4 >= 0 ? formatIpv4(readU32(frame, ipv4 + 12)) : formatIpv6(readU128(frame, ipv6 + 8))
}

function destination(frame: Uint8Array): string {
  const { ipv4, ipv6 } = parsed(frame)
  return ipv4 >= 0 ? formatIpv4(readU32(frame, ipv4 + 16)) : formatIpv6(readU128(frame, ipv6 + 24))
}

test('networks and MAC addresses are mapped, what is outside stays', (t) => {
  const map = new AddressMap('10.0.0.0/8=172.16.0.0/12, 2001:db8::/32=fd00:1::/32,02:00:00:00:00:01=02:00:00:00:aa:aa')
  const frames = [
    udp('192.0.2.1', 1, '10.0.3.4', 2),
    udp('2001:db8:5::6', 1, '2001:db9::1', 2),
    buildFrame({ arp: { senderIp: '10.0.0.9', targetIp: '10.0.0.8', senderMac: '02:00:00:00:00:01' } }),
  ]
  for (const frame of frames) map.apply(parsed(frame))
  const [four, six, arp] = frames
  if (four === undefined || six === undefined || arp === undefined) return t.fail()
  t.deepEqual([source(four), destination(four)], ['192.0.2.1', '172.16.3.4'])
  t.deepEqual([source(six), destination(six)], ['fd00:1:5::6', '2001:db9::1'])
  t.is(formatMac(readU48(four, 6)), '02:00:00:00:aa:aa')
  t.is(formatMac(readU48(arp, 22)), '02:00:00:00:aa:aa')
  t.is(formatIpv4(readU32(arp, 28)), '172.16.0.9')
  t.is(formatIpv4(readU32(arp, 38)), '172.16.0.8')
  t.is(map.changed, 3)
})

test('checksums stay as right or as wrong as they were', (t) => {
  const checksum = fc.option(fc.nat(0xffff), { nil: undefined })
  fc.assert(
    fc.property(fc.nat(0xffff), fc.boolean(), fc.boolean(), checksum, checksum, (host, isTcp, isIpv6, ip, sum) => {
      const address = isIpv6 ? `2001:db8::${host.toString(16)}` : `10.0.${host >> 8}.${host & 255}`
      const wrong = sum === undefined || (sum === 0 && isIpv6) ? {} : { checksum: sum }
      const frame = buildFrame({
        ...(isIpv6
          ? { ipv6: { src: address } }
          : { ipv4: { src: address, ...(ip === undefined ? {} : { headerChecksum: ip }) } }),
        ...(isTcp ? { tcp: wrong } : { udp: wrong }),
        payload: 'abc',
      })
      const states = (): string[] => [ipv4ChecksumState(parsed(frame)), transportChecksumState(parsed(frame))]
      const before = states()
      new AddressMap('10.0.0.0/8=172.16.0.0/12,2001:db8::/32=fd99::/32').apply(parsed(frame))
      t.deepEqual(states(), before)
      t.regex(source(frame), /^172\.16\.|^fd99:/)
    }),
    { numRuns: 200 },
  )
})

test('a smaller network takes as many addresses as it has, each its own, then the map is refused', (t) => {
  const map = new AddressMap('10.0.0.0/8=192.0.2.0/29')
  const send = (address: string): string => {
    const frame = tcp(address, 1, '8.8.8.8', 2)
    map.apply(parsed(frame))
    return source(frame)
  }
  const addresses = ['10.0.0.1', '10.1.0.1', '10.2.0.1', '10.0.0.2', '10.9.9.9', '10.9.9.8', '10.7.7.7', '10.7.7.6']
  const given = addresses.map(send)
  t.is(given[0], '192.0.2.1')
  t.is(new Set(given).size, 8)
  t.deepEqual(addresses.map(send), given)
  const error = t.throws(() => send('10.4.4.4'), { instanceOf: InputError })
  t.regex(error.message, /more addresses of 10\.0\.0\.0\/8 occur than 192\.0\.2\.0\/29 has/)
})

for (const text of ['10.0.0.0/8', '10.0.0.0/8=fd00::/8', 'a=b', '10.0.0.0/8=1.0.0.0/8=2.0.0.0/8', '']) {
  test(`the map '${text}' is refused`, (t) => {
    t.regex(t.throws(() => new AddressMap(text), { instanceOf: InputError }).message, /^--map .*not two networks/)
  })
}

test('IPv6 networks of different size are refused', (t) => {
  const error = t.throws(() => new AddressMap('fd00::/8=fd00::/16'), { instanceOf: InputError })
  t.regex(error.message, /must have the same prefix length/)
})
