/** Balancers that take malformed packets for legal ones, or the other way round. */
import { drops, passes, type WrongBuild } from '../wrong-build.js'
import { answers, shapes } from './scenes.js'

const network: readonly WrongBuild[] = [
  ...passes(shapes, 'IPv4 under another EtherType', {
    name: 'ethertype-not-compared',
    why: 'other protocols are taken for IPv4',
    find: '  if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) return DROP\n',
    replace: '',
  }),
  ...drops(shapes, 'TCP over IPv6', {
    name: 'no-ipv6',
    why: 'half of the clients are cut off',
    find: 'if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) return DROP',
    replace: 'if (type != ETHERTYPE_IPV4) return DROP',
  }),
  ...passes(shapes, 'IP version 5', {
    name: 'ip-version-not-compared',
    why: 'what is no IPv4 is taken for it',
    find: 'first >> 4 != 4 || ',
    replace: '',
  }),
  ...passes(shapes, 'IPv4 header of 16 bytes', {
    name: 'header-length-not-compared',
    why: 'the destination address is taken for ports',
    find: 'headerLength < IPV4_LEAST_LENGTH || ',
    replace: '',
  }),
  ...passes(answers, 'a datagram shorter than its header', {
    name: 'length-not-compared-with-header',
    why: 'malformed answers go on',
    find: 'totalLength < headerLength || ',
    replace: '',
  }),
  ...passes(shapes, 'total length beyond the frame', {
    name: 'total-length-not-compared-with-frame',
    why: 'a datagram that was cut off goes on',
    find: ' || totalLength > present) return 0',
    replace: ') return 0',
  }),
  ...passes(shapes, 'IPv6 with version 4', {
    name: 'ipv6-version-not-compared',
    why: 'what is no IPv6 is taken for it',
    find: ' || loadU8(ip) >> 4 != 6',
    replace: '',
  }),
  ...passes(shapes, 'payload length beyond the frame', {
    name: 'payload-length-not-compared-with-frame',
    why: 'a datagram that was cut off goes on',
    find: 'IPV6_LENGTH + loadU16BE(ip + IPV6_PAYLOAD_LENGTH) > present ? 0 : IPV6_LENGTH',
    replace: 'IPV6_LENGTH',
  }),
  ...passes(shapes, 'TCP header beyond the total length', {
    name: 'bytes-after-the-datagram-taken-for-it',
    why: 'what follows the datagram is taken for its header',
    find: 'isTransport(transport, end - headerLength, protocol, isIpv6)',
    replace: 'isTransport(transport, present - headerLength, protocol, isIpv6)',
  }),
  ...passes(shapes, 'later fragment', {
    name: 'later-fragments-pass',
    why: 'payload is taken for ports',
    find: '(loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) == 0',
    replace: 'true',
  }),
  ...drops(shapes, 'may not be fragmented', {
    name: 'may-not-be-fragmented-taken-for-fragment',
    why: 'almost no TCP passes',
    find: ' & IPV4_FRAGMENT_OFFSET_MASK) == 0',
    replace: ' & 0x7fff) == 0',
  }),
  ...drops(shapes, 'first fragment', {
    name: 'first-fragment-taken-for-later-one',
    why: 'the fragment that has the ports is dropped',
    find: ' & IPV4_FRAGMENT_OFFSET_MASK) == 0',
    replace: ' & 0x3fff) == 0',
  }),
  ...drops(answers, 'UDP beyond its datagram', {
    name: 'malformed-transport-of-backends-dropped',
    why: 'answers are held to what requests are',
    find: '  if (port != wan) {\n',
    replace: '  if (port != wan && !hasTransport) return DROP\n  if (port != wan) {\n',
  }),
  ...drops(answers, 'later fragment that looks like a heartbeat', {
    name: 'later-fragment-taken-for-heartbeat',
    why: 'parts of answers are lost',
    find: 'const isFirst = isIpv6 || ',
    replace: 'const isFirst = isIpv6 || port != wan || ',
  }),
]

const transport: readonly WrongBuild[] = [
  ...passes(shapes, 'TCP header of 16 bytes', {
    name: 'short-tcp-header-passes',
    why: 'malformed segments reach backends',
    find: 'dataOffset >= TCP_LEAST_LENGTH && ',
    replace: '',
  }),
  ...passes(shapes, 'TCP header beyond the segment', {
    name: 'long-tcp-header-passes',
    why: 'malformed segments reach backends',
    find: ' && dataOffset <= size',
    replace: '',
  }),
  ...drops(shapes, 'TCP', {
    name: 'tcp-header-without-options-refused',
    why: 'only segments with options pass',
    find: 'dataOffset >= TCP_LEAST_LENGTH',
    replace: 'dataOffset > TCP_LEAST_LENGTH',
  }),
  ...drops(shapes, 'TCP without payload', {
    name: 'tcp-header-must-be-followed',
    why: 'no handshake succeeds',
    find: 'dataOffset <= size',
    replace: 'dataOffset < size',
  }),
  ...drops(shapes, 'TCP without payload', {
    name: 'bare-tcp-header-refused',
    why: 'no handshake succeeds',
    find: 'size < TCP_LEAST_LENGTH',
    replace: 'size <= TCP_LEAST_LENGTH',
  }),
  ...drops(shapes, 'UDP without payload', {
    name: 'bare-udp-header-refused',
    why: 'empty datagrams are dropped',
    find: 'size < UDP_HEADER_LENGTH',
    replace: 'size <= UDP_HEADER_LENGTH',
  }),
  ...passes(shapes, 'UDP of 7 bytes', {
    name: 'short-udp-length-passes',
    why: 'malformed datagrams reach backends',
    find: 'udpLength < UDP_HEADER_LENGTH || ',
    replace: '',
  }),
  ...drops(shapes, 'UDP without payload', {
    name: 'udp-length-of-eight-refused',
    why: 'empty datagrams are dropped',
    find: 'udpLength < UDP_HEADER_LENGTH',
    replace: 'udpLength <= UDP_HEADER_LENGTH',
  }),
  ...passes(shapes, 'UDP beyond its datagram', {
    name: 'long-udp-length-passes',
    why: 'malformed datagrams reach backends',
    find: ' || udpLength > size',
    replace: '',
  }),
  ...passes(shapes, 'one beats', {
    name: 'udp-must-be-shorter-than-its-datagram',
    why: 'ordinary UDP is taken for malformed, heartbeats first',
    find: 'udpLength > size',
    replace: 'udpLength >= size',
  }),
  ...passes(shapes, 'UDP-Lite', {
    name: 'every-protocol-passes',
    why: 'protocols whose header is another are taken for UDP',
    find: 'protocol != PROTOCOL_UDP || ',
    replace: '',
  }),
  ...passes(shapes, 'UDP over IPv6 without a checksum', {
    name: 'udp-over-ipv6-without-checksum-passes',
    why: 'RFC 8200 has receivers drop it',
    find: 'return !isIpv6 || loadU16BE(transport + UDP_CHECKSUM) != 0',
    replace: 'return true',
  }),
  ...drops(shapes, 'UDP without checksum', {
    name: 'udp-over-ipv4-must-have-a-checksum',
    why: 'RFC 768 lets it be left out',
    find: 'return !isIpv6 || loadU16BE',
    replace: 'return loadU16BE',
  }),
]

export const wrongHeaders: readonly WrongBuild[] = [...network, ...transport]
