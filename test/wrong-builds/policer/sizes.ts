/** Policers that take packets for larger or smaller than they are, or malformed ones for legal. */
import { drops, passes, type WrongBuild } from '../wrong-build.js'
import { addresses, bucket, byDatagram, byFrame, byFrameWithFcs, byLine, shapes } from './scenes.js'

const counts: readonly WrongBuild[] = [
  ...drops(byDatagram, 'paid for', {
    name: 'datagrams-cost-their-frame',
    why: 'padding is paid for',
    find: 'if (count == COUNT_IP_LENGTH) return ipLength',
    replace: 'if (count == COUNT_IP_LENGTH) return frameLength',
  }),
  ...passes(bucket, 'nothing left', {
    name: 'header-costs-nothing',
    why: 'small packets cost too little',
    find: '  return totalLength\n',
    replace: '  return totalLength - headerLength\n',
  }),
  ...passes(addresses, 'IPv6 again', {
    name: 'ipv6-header-costs-nothing',
    why: 'IPv6 costs less than IPv4',
    find: 'return total > present ? 0 : total\n',
    replace: 'return total > present ? 0 : total - 40\n',
  }),
  ...passes(byFrame, 'one too many', {
    name: 'frames-cost-their-datagram',
    why: 'padding and header are free',
    find: 'if (count == COUNT_FRAME) return frameLength',
    replace: 'if (count == COUNT_FRAME) return ipLength',
  }),
  ...drops(byFrame, 'paid for', {
    name: 'frames-cost-their-padding',
    why: 'short frames cost more than they are',
    find: 'if (count == COUNT_FRAME) return frameLength',
    replace: 'if (count == COUNT_FRAME) return frameLength < 60 ? 60 : frameLength',
  }),
  ...passes(byFrame, 'one too many', {
    name: 'ethernet-header-costs-nothing',
    why: 'frames cost less than they are',
    find: 'sizeOf(ipLength, length)',
    replace: 'sizeOf(ipLength, present)',
  }),
  ...passes(byFrameWithFcs, 'one too many', {
    name: 'short-frames-not-padded',
    why: 'short frames cost less than they take of the line',
    find: 'frameLength < 60 ? 60 : frameLength',
    replace: 'frameLength',
  }),
  ...drops(byFrameWithFcs, 'paid for', {
    name: 'short-frames-padded-to-64-and-fcs',
    why: 'the check sequence is counted twice',
    find: 'frameLength < 60 ? 60 : frameLength',
    replace: 'frameLength < 64 ? 64 : frameLength',
  }),
  ...passes(byFrameWithFcs, 'one too many', {
    name: 'fcs-costs-nothing',
    why: 'frames cost less than they take of the line',
    find: '(frameLength < 60 ? 60 : frameLength) + 4',
    replace: '(frameLength < 60 ? 60 : frameLength)',
  }),
  ...drops(byFrameWithFcs, 'paid for', {
    name: 'fcs-counted-as-the-line',
    why: 'preamble and gap are paid for unasked',
    find: 'count == COUNT_FRAME_FCS ? padded : padded + 20',
    replace: 'padded + 20',
  }),
  ...passes(byLine, 'one too many', {
    name: 'interpacket-gap-costs-nothing',
    why: 'short packets fill the line unseen',
    find: 'padded + 20',
    replace: 'padded + 8',
  }),
  ...passes(byLine, 'one too many', {
    name: 'preamble-costs-nothing',
    why: 'short packets fill the line unseen',
    find: 'padded + 20',
    replace: 'padded + 12',
  }),
  ...passes(byLine, 'one too many', {
    name: 'line-counted-as-fcs',
    why: 'short packets fill the line unseen',
    find: 'count == COUNT_FRAME_FCS ? padded : padded + 20',
    replace: 'padded',
  }),
]

const headers: readonly WrongBuild[] = [
  ...passes(shapes, 'a frame of 13 bytes from inside', {
    name: 'length-not-compared',
    why: 'a frame without a type passes',
    find: '  if (length < ETHERNET_LENGTH) return DROP\n',
    replace: '',
  }),
  ...drops(shapes, 'a frame of 14 bytes from inside', {
    name: 'bare-header-refused',
    why: 'the shortest frame is dropped',
    find: 'length < ETHERNET_LENGTH',
    replace: 'length <= ETHERNET_LENGTH',
  }),
  ...passes(shapes, 'IP version 5', {
    name: 'ip-version-not-compared',
    why: 'what is no IPv4 has a bucket',
    find: 'first >> 4 != 4 || ',
    replace: '',
  }),
  ...passes(shapes, 'a header of 16 bytes', {
    name: 'header-length-not-compared',
    why: 'a datagram without a destination passes',
    find: 'headerLength < IPV4_LEAST_LENGTH || ',
    replace: '',
  }),
  ...drops(shapes, 'IPv4', {
    name: 'header-without-options-refused',
    why: 'ordinary datagrams are dropped',
    find: 'headerLength < IPV4_LEAST_LENGTH',
    replace: 'headerLength <= IPV4_LEAST_LENGTH',
  }),
  ...passes(shapes, 'a datagram shorter than its header', {
    name: 'length-not-compared-with-header',
    why: 'a datagram says what it costs',
    find: 'totalLength < headerLength || ',
    replace: '',
  }),
  ...drops(shapes, 'a header alone', {
    name: 'empty-datagram-refused',
    why: 'a datagram without payload is legal',
    find: 'totalLength < headerLength',
    replace: 'totalLength <= headerLength',
  }),
  ...passes(shapes, 'a datagram longer than its frame', {
    name: 'length-not-compared-with-frame',
    why: 'a datagram that was cut off goes on',
    find: ' || totalLength > present) return 0',
    replace: ') return 0',
  }),
  ...drops(shapes, 'IPv4 and bytes after it', {
    name: 'padded-frames-refused',
    why: 'small datagrams come with padding of the wire',
    find: 'totalLength > present',
    replace: 'totalLength != present',
  }),
  ...passes(shapes, 'IPv6 with version 4', {
    name: 'ipv6-version-not-compared',
    why: 'what is no IPv6 has a bucket',
    find: ' || loadU8(ip) >> 4 != 6',
    replace: '',
  }),
  ...passes(shapes, 'IPv6 longer than its frame', {
    name: 'ipv6-length-not-compared',
    why: 'a datagram that was cut off goes on',
    find: 'total > present ? 0 : total',
    replace: 'total',
  }),
  ...drops(shapes, 'IPv6', {
    name: 'ipv6-must-be-shorter-than-its-frame',
    why: 'ordinary datagrams are dropped',
    find: 'total > present ? 0 : total',
    replace: 'total >= present ? 0 : total',
  }),
  ...passes(shapes, 'IP version 5', {
    name: 'malformed-ipv4-passes-unpoliced',
    why: 'who writes a wrong header is not policed',
    find: 'ipLength = ipv4Length(ip, present)\n    if (ipLength == 0) return DROP',
    replace: 'ipLength = ipv4Length(ip, present)\n    if (ipLength == 0) return egress',
  }),
  ...passes(shapes, 'IPv6 with version 4', {
    name: 'malformed-ipv6-passes-unpoliced',
    why: 'who writes a wrong header is not policed',
    find: 'ipLength = ipv6Length(ip, present)\n    if (ipLength == 0) return DROP',
    replace: 'ipLength = ipv6Length(ip, present)\n    if (ipLength == 0) return egress',
  }),
]

export const wrongSizes: readonly WrongBuild[] = [...counts, ...headers]
