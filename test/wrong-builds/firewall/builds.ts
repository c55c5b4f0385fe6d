/** Wrong firewalls. */
import { wrongHeaders } from '../legal-headers.js'
import { drops, misroutes, passes, type WrongBuild, writes } from '../wrong-build.js'
import { wrongKeys } from './keys.js'
import { expiry, full, keptByAnother, shapes, sides, strangers, unasked } from './scenes.js'

const admission: readonly WrongBuild[] = [
  ...passes(strangers, 'nobody asked', {
    name: 'unsolicited-inbound-passes',
    why: 'anybody outside reaches every host',
    find: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return 1',
  }),
  ...passes(unasked, 'and again', {
    name: 'inbound-opens-flows',
    why: 'a stranger needs but two packets',
    find: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return DROP',
    replace:
      'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) {\n    if (expiring_map_insert(flows, <i32>key, now, <i32>found)) store<i32>(expiring_map_value(flows, load<i32>(found)), 1)\n    return DROP\n  }',
  }),
  ...passes(strangers, 'by another port of the device', {
    name: 'opener-not-compared',
    why: 'a host takes over the flow of another with its address',
    find: '    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP\n',
    replace: '',
  }),
  ...drops(sides, 'answer to port 1 again', {
    name: 'dropped-packet-ends-the-flow',
    why: "a host ends others' flows by using their address",
    find: '    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP\n',
    replace:
      '    if (load<i32>(expiring_map_value(flows, slot)) != port) {\n      expiring_map_erase(flows, slot)\n      return DROP\n    }\n',
    needs: 'expiring_map_erase',
  }),
  ...misroutes(sides, 'answer to port 1 again', {
    name: 'flow-taken-over-by-another-port',
    why: 'a host receives the answers of another',
    find: '    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP\n',
    replace:
      '    if (load<i32>(expiring_map_value(flows, slot)) != port) {\n      store<i32>(expiring_map_value(flows, slot), port)\n      return DROP\n    }\n',
  }),
  ...misroutes(sides, 'answer to port 2', {
    name: 'opener-not-remembered',
    why: 'hosts behind all ports but one have no answers',
    find: 'store<i32>(expiring_map_value(flows, load<i32>(found)), port)',
    replace: 'store<i32>(expiring_map_value(flows, load<i32>(found)), 1)',
  }),
  ...misroutes(sides, 'answer to port 1', {
    name: 'answers-leave-by-the-last-opener',
    why: 'answers reach the wrong network',
    find: '  return load<i32>(expiring_map_value(flows, slot))\n',
    replace: '  return load<i32>(expiring_map_value(flows, expiring_map_used(flows, 1) ? 1 : slot))\n',
    needs: 'expiring_map_used',
  }),
  ...passes(full, 'another flow', {
    name: 'full-table-passes',
    why: 'packets go out whose answers will be dropped',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return wan',
  }),
  ...passes(full, 'another flow', {
    name: 'full-table-throws-out-a-flow',
    why: 'a flood of new flows ends those under way',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace:
      'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) {\n    expiring_map_erase(flows, 0)\n    expiring_map_insert(flows, <i32>key, now, <i32>found)\n  }',
    needs: 'expiring_map_erase',
  }),
  ...passes(strangers, 'nobody asked', {
    name: 'sides-exchanged',
    why: 'the inside is closed, the outside open',
    find: 'const inbound = port == wan',
    replace: 'const inbound = port != wan',
  }),
  ...passes(shapes, 'IPv4 under another EtherType', {
    name: 'ethertype-of-ipv4-not-compared',
    why: 'other protocols are taken for IP',
    find: 'etherType == ETHERTYPE_IPV4',
    replace: 'etherType != ETHERTYPE_IPV6',
  }),
  ...passes(shapes, 'IPv6 under another EtherType', {
    name: 'ethertype-of-ipv6-not-compared',
    why: 'other protocols are taken for IPv6',
    find: 'etherType != ETHERTYPE_IPV6 || ',
    replace: '',
  }),
  ...drops(shapes, 'TCP over IPv6', {
    name: 'no-ipv6',
    why: 'half of the Internet cannot be reached',
    find: 'etherType != ETHERTYPE_IPV6 || ',
    replace: 'true || ',
  }),
]

const ipv6: readonly WrongBuild[] = [
  ...passes(shapes, 'IPv6 with version 4', {
    name: 'ipv6-version-not-compared',
    why: 'what is no IPv6 is taken for it',
    find: 'loadU8(ip) >> 4 != 6 || ',
    replace: '',
  }),
  ...passes(shapes, 'payload length beyond the frame', {
    name: 'payload-length-not-compared-with-frame',
    why: 'a datagram that was cut off goes on',
    find: ' || payloadLength > present - IPV6_LENGTH',
    replace: '',
  }),
  ...drops(shapes, 'bytes after the IPv6 datagram', {
    name: 'padded-ipv6-frames-refused',
    why: 'small datagrams come with padding of the wire',
    find: 'payloadLength > present - IPV6_LENGTH',
    replace: 'payloadLength != present - IPV6_LENGTH',
  }),
  ...passes(shapes, 'TCP header beyond the payload length', {
    name: 'bytes-after-the-ipv6-datagram-taken-for-it',
    why: 'what follows the datagram is taken for its header',
    find: 'legalTransport(protocol, transport, payloadLength)',
    replace: 'legalTransport(protocol, transport, present - IPV6_LENGTH)',
  }),
  ...passes(shapes, 'UDP over IPv6 without a checksum', {
    name: 'udp-over-ipv6-without-checksum-passes',
    why: 'RFC 8200 has receivers drop it',
    find: '  if (protocol == PROTOCOL_UDP && loadU16BE(transport + UDP_CHECKSUM) == 0) return false\n',
    replace: '',
  }),
  ...drops(shapes, 'TCP over IPv6', {
    name: 'tcp-held-to-the-checksum-of-udp',
    why: 'TCP whose sequence number has a zero half is dropped',
    find: 'protocol == PROTOCOL_UDP && loadU16BE(transport + UDP_CHECKSUM) == 0',
    replace: 'loadU16BE(transport + UDP_CHECKSUM) == 0',
  }),
]

const lifetime: readonly WrongBuild[] = [
  ...drops(expiry, 'at the end of the lifetime', {
    name: 'expires-one-nanosecond-early',
    why: 'a flow ends before its time',
    find: 'now - expiration)',
    replace: 'now - expiration + 1)',
  }),
  ...passes(expiry, 'after the lifetime', {
    name: 'expires-one-nanosecond-late',
    why: 'a flow is open beyond its time',
    find: 'now - expiration)',
    replace: 'now - expiration - 1)',
  }),
  ...passes(expiry, 'after the lifetime', {
    name: 'never-expires',
    why: 'what was once asked for is open for good',
    find: '  expiring_map_expire(flows, now - expiration)\n',
    replace: '',
  }),
  ...drops(expiry, 'a lifetime after a use from outside', {
    name: 'inbound-does-not-refresh',
    why: 'downloads under way are cut',
    find: '  expiring_map_refresh(flows, slot, now)\n  return load<i32>(expiring_map_value(flows, slot))',
    replace: '  return load<i32>(expiring_map_value(flows, slot))',
  }),
  ...drops(expiry, 'a lifetime after a use from inside', {
    name: 'outbound-does-not-refresh',
    why: 'uploads under way are cut',
    find: '    expiring_map_refresh(flows, slot, now)\n    return wan',
    replace: '    return wan',
  }),
  ...passes(keptByAnother, 'the flow has ended', {
    name: 'refreshes-before-comparing-the-opener',
    why: "a host keeps another's flow open",
    find: '    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP\n    expiring_map_refresh(flows, slot, now)\n',
    replace:
      '    expiring_map_refresh(flows, slot, now)\n    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP\n',
  }),
]

const macs: readonly WrongBuild[] = [
  ...writes(strangers, 'opens', 'ethernet.dst', {
    name: 'macs-exchanged',
    why: 'what leaves comes back to the device',
    find: 'storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(egress))',
    replace: 'storeMac(packet + ETHERNET_DESTINATION, configDeviceMac(egress))',
  }),
  ...writes(strangers, 'opens', 'ethernet.src', {
    name: 'source-mac-of-the-wrong-port',
    why: 'switches learn the device where it is not',
    find: 'configDeviceMac(egress))',
    replace: 'configDeviceMac(port))',
  }),
  ...writes(strangers, 'opens', 'ethernet.dst', {
    name: 'next-hop-of-the-wrong-port',
    why: 'nobody outside takes the packet',
    find: 'configNextHopMac(egress))',
    replace: 'configNextHopMac(port))',
  }),
  ...writes(strangers, 'opens', 'ethernet.src', {
    name: 'source-mac-kept',
    why: 'MAC addresses of inside hosts are seen outside',
    find: '  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))\n',
    replace: '',
  }),
  ...writes(strangers, 'answer', 'ethernet.dst', {
    name: 'next-hop-of-the-outside-for-answers',
    why: 'answers reach nobody',
    find: 'configNextHopMac(egress))',
    replace: 'configNextHopMac(wan))',
  }),
]

export const wrongFirewalls: readonly WrongBuild[] = [
  ...admission,
  ...wrongKeys,
  ...lifetime,
  ...macs,
  ...wrongHeaders(shapes, 'false'),
  ...ipv6,
]
