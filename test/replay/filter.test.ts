import test from 'ava'

import { InputError } from '../../src/errors.js'
import { buildFrame } from '../../src/packet/build.js'
import { parseFilter, parseFrames } from '../../src/replay/index.js'
import { tcp, udp } from './traffic.js'

const frames = {
  web: tcp('10.1.2.3', 40000, '198.51.100.7', 443),
  back: tcp('198.51.100.7', 443, '10.1.2.3', 40000),
  dns: udp('10.1.2.3', 5353, '9.9.9.9', 53),
  dns6: udp('2001:db8::1', 5000, '2001:db8:0:53::1', 53),
  ping: buildFrame({ ipv4: { src: '10.1.2.3', dst: '192.168.7.9' }, icmp: { type: 8 } }),
  ping6: buildFrame({ ipv6: { src: '2001:db8::1', dst: '2001:db8::2' }, icmpv6: { type: 128 } }),
  arp: buildFrame({ arp: { senderIp: '10.1.2.3', targetIp: '10.1.2.1' }, minimumLength: 60 }),
  fragment: buildFrame({
    ipv4: { src: '10.1.2.3', dst: '9.9.9.9', fragmentOffset: 100, protocol: 17 },
    payload: '0123456789',
  }),
  tagged: buildFrame({
    vlan: { id: 42 },
    ipv4: { src: '172.16.0.1', dst: '10.9.9.9' },
    udp: { srcPort: 1, dstPort: 2 },
  }),
  large: tcp('10.1.2.3', 40001, '198.51.100.7', 80, 0x10, 'x'.repeat(1000)),
}

const table: readonly (readonly [filter: string, selected: readonly (keyof typeof frames)[]])[] = [
  ['tcp', ['web', 'back', 'large']],
  ['udp', ['dns', 'dns6', 'fragment', 'tagged']],
  ['icmp', ['ping']],
  ['icmp6', ['ping6']],
  ['arp', ['arp']],
  ['ip6', ['dns6', 'ping6']],
  ['ip and not udp and not tcp', ['ping']],
  ['vlan', ['tagged']],
  ['vlan 42', ['tagged']],
  ['vlan 41', []],
  ['port 53', ['dns', 'dns6']],
  ['src port 443', ['back']],
  ['dst port 443 or 80', ['web', 'large']],
  ['tcp port 80 or 443', ['web', 'back', 'large']],
  ['tcp port (80 or 53)', ['large']],
  ['portrange 40000-40001', ['web', 'back', 'large']],
  ['host 9.9.9.9', ['dns', 'fragment']],
  ['src host 198.51.100.7', ['back']],
  ['9.9.9.9', ['dns', 'fragment']],
  ['host 10.1.2.1', ['arp']],
  ['arp host 10.1.2.3', ['arp']],
  ['ip host 10.1.2.3 and less 60', ['dns', 'ping', 'web', 'back', 'fragment']],
  ['net 172.16.0.0/12', ['tagged']],
  ['dst net 192.168', ['ping']],
  ['ip6 net 2001:db8::/32', ['dns6', 'ping6']],
  ['src net 10 and dst net 198.51.100.0/24', ['web', 'large']],
  ['src and dst net 10', ['arp']],
  ['src or dst net 198.51.100.0/24', ['web', 'back', 'large']],
  ['greater 1000', ['large']],
  ['ether dst 02:00:00:00:00:02 and port 53', ['dns', 'dns6']],
  ['ether src 02:00:00:00:00:02', []],
  // Equal binding, from the left: (tcp or udp) and port 53.
  ['tcp or udp and port 53', ['dns', 'dns6']],
  ['tcp or (udp and vlan)', ['web', 'back', 'large', 'tagged']],
  ['not (tcp or udp or arp)', ['ping', 'ping6']],
  ['! tcp && ! udp && ! arp && ip6', ['ping6']],
]

for (const [text, selected] of table) {
  test(`the filter '${text}' selects what it says`, (t) => {
    const filter = parseFilter(text)
    const names = Object.entries(frames)
      .filter(([, frame]) => filter(frame, 0, frame.length))
      .map(([name]) => name)
    t.deepEqual(names.toSorted(), [...selected].toSorted())
  })
}

const wrong: readonly (readonly [filter: string, message: RegExp])[] = [
  ['', /^the filter is empty/],
  ['tcp and', /column 8: something is missing at the end/],
  ['tcp udp', /column 5: 'udp' is not expected here|column 5: 'tcp' cannot stand/],
  ['(tcp', /column 5: a '\)' is missing/],
  ['tcp)', /column 4: '\)' is not expected here/],
  ['and tcp', /column 1: 'and' is not expected here/],
  ['port', /column 5: a value is missing after 'port'/],
  ['port 70000', /column 6: '70000' is no port/],
  ['portrange 9-1', /column 11: '9-1' is no range of ports/],
  ['host 10.0.0.256', /column 6: '10\.0\.0\.256' is no address/],
  ['host 10.0.0.0/8', /column 6: '10\.0\.0\.0\/8' is a network: write net/],
  ['net 10.0.0.1/8', /column 5: '10\.0\.0\.1\/8' is no network/],
  ['tcp host 10.0.0.1', /column 10: 'tcp' cannot stand before an address/],
  ['icmp port 3', /column 11: 'icmp' has no ports/],
  ['less', /column 5: 'less' needs a number of bytes/],
  ['ether host 10.0.0.1', /column 12: '10\.0\.0\.1' is no MAC address/],
  ['banana', /column 1: 'banana' is not a word of filters/],
  ['tcp & udp', /column 5: '&' is not expected here|column 5: 'tcp' cannot stand/],
]

for (const [text, message] of wrong) {
  test(`the filter '${text}' is refused with its column`, (t) => {
    t.regex(t.throws(() => parseFilter(text), { instanceOf: InputError }).message, message)
  })
}

test('frames are selected by number', (t) => {
  const selected = parseFrames('1-3, 7,10-')
  t.deepEqual(
    [...Array(13).keys()].filter((number) => selected(number)),
    [1, 2, 3, 7, 10, 11, 12],
  )
  for (const text of ['', '0', '3-1', 'a', '1-2-3', '-5', '1,,2']) {
    t.regex(t.throws(() => parseFrames(text), { instanceOf: InputError }).message, /is no frame number or range/)
  }
})
