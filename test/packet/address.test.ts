import test from 'ava'
import fc from 'fast-check'

import {
  contains,
  formatCidr,
  formatIpv4,
  formatIpv6,
  formatMac,
  parseCidr,
  parseIpv4,
  parseIpv6,
  parseMac,
} from '../../src/packet/index.js'

test('addresses survive being written and read', (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (mac) => t.is(parseMac(formatMac(mac)), mac)))
  fc.assert(fc.property(fc.nat(0xffff_ffff), (address) => t.is(parseIpv4(formatIpv4(address)), address)))
  const sparse = fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
  const ipv6 = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    sparse.map((groups) => groups.reduce<bigint>((sum, group) => (sum << 16n) | group, 0n)),
  )
  fc.assert(fc.property(ipv6, (address) => t.is(parseIpv6(formatIpv6(address)), address)))
})

const canonical = test.macro<[string, string]>((t, text, expected) => {
  const address = parseIpv6(text)
  t.is(address === undefined ? undefined : formatIpv6(address), expected)
})

test('IPv6: leading zeros go (RFC 5952 4.1)', canonical, '2001:0db8::0001', '2001:db8::1')
test('IPv6: zeros are shortened as far as can be (4.2.1)', canonical, '2001:db8:0:0:0:0:2:1', '2001:db8::2:1')
test('IPv6: one zero group is not shortened (4.2.2)', canonical, '2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1')
test('IPv6: the longest run is shortened (4.2.3)', canonical, '2001:0:0:1:0:0:0:1', '2001:0:0:1::1')
test('IPv6: of equal runs the first (4.2.3)', canonical, '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1')
test('IPv6: lower case (4.3)', canonical, '2001:DB8::ABCD', '2001:db8::abcd')
test('IPv6: mapped IPv4 is dotted (5)', canonical, '::ffff:c000:201', '::ffff:192.0.2.1')
test('IPv6: dotted tails are read', canonical, '64:ff9b::192.0.2.33', '64:ff9b::c000:221')
test('IPv6: any', canonical, '::', '::')
test('IPv6: zeros at the end', canonical, 'fe80:0:0:0:0:0:0:0', 'fe80::')

for (const text of [
  '',
  '1',
  '10.0.0',
  '10.0.0.0.1',
  '10.0.0.256',
  '10.0.0.01',
  '10.0.0.-1',
  '10.0.0. 1',
  '0x1.1.1.1',
]) {
  test(`'${text}' is no IPv4 address`, (t) => t.is(parseIpv4(text), undefined))
}

for (const text of [
  '',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'g::',
  '::1%eth0',
  '1.2.3.4::',
  '::1.2.3',
  ':1:2:3:4:5:6:7',
]) {
  test(`'${text}' is no IPv6 address`, (t) => t.is(parseIpv6(text), undefined))
}

for (const text of [
  '',
  '02:00:00:00:00',
  '02:00:00:00:00:00:00',
  '02:00:00:00:00:0g',
  '02:00:00:00:00:',
  '020:0:0:0:0:0',
]) {
  test(`'${text}' is no MAC address`, (t) => t.is(parseMac(text), undefined))
}

test('MAC addresses may have dashes and single digits', (t) => {
  t.is(parseMac('2-0-5E-10-0-FF'), 0x02005e1000ff)
  t.is(formatMac(0x02005e1000ff), '02:00:5e:10:00:ff')
})

test('networks hold their addresses and no others', (t) => {
  const network = parseCidr('10.1.0.0/16')
  const everything = parseCidr('0.0.0.0/0')
  const prefix = parseCidr('2001:db8::/33')
  const host = parseCidr('192.0.2.1')
  if (!network || !everything || !prefix || !host) return t.fail('a network did not parse')
  t.true(contains(network, 4, 0x0a01ffff))
  t.false(contains(network, 4, 0x0a020000))
  t.false(contains(network, 6, 0x0a01ffffn))
  t.true(contains(network, 4, 0x0a01ffffn))
  t.true(contains(everything, 4, 0xffffffff))
  t.true(contains(prefix, 6, 0x20010db8_7fff0000_00000000_00000000n))
  t.false(contains(prefix, 6, 0x20010db8_80000000_00000000_00000000n))
  t.deepEqual([contains(host, 4, 0xc0000201), contains(host, 4, 0xc0000202)], [true, false])
  t.is(formatCidr(prefix), '2001:db8::/33')
  t.is(formatCidr(host), '192.0.2.1/32')
})

for (const text of [
  '10.0.0.1/8',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::1/64',
  '::/129',
  'x/8',
  '10.0.0.0/08',
]) {
  test(`'${text}' is no network`, (t) => t.is(parseCidr(text), undefined))
}
