/** Wrong readings of IPv4, TCP and UDP headers, in the words that nat and firewall share. */
import type { Scene } from './scene.js'
import { drops, passes, type WrongBuild } from './wrong-build.js'

/** `refuse` is how the source of the network function refuses a datagram. */
export function wrongHeaders(shapes: Scene, refuse: string): WrongBuild[] {
  return [
    ...passes(shapes, 'IP version 5', {
      name: 'ip-version-not-compared',
      why: 'what is no IPv4 is taken for it',
      find: 'first >> 4 != 4 || ',
      replace: '',
    }),
    ...passes(shapes, 'IPv4 header of 16 bytes', {
      name: 'header-length-not-compared',
      why: 'the destination address is taken for ports',
      find: ' || headerLength < IPV4_LEAST_LENGTH',
      replace: '',
    }),
    ...passes(shapes, 'total length beyond the frame', {
      name: 'total-length-not-compared-with-frame',
      why: 'a datagram that was cut off goes on',
      find: ' || totalLength > present',
      replace: '',
    }),
    ...passes(shapes, 'TCP header beyond the total length', {
      name: 'bytes-after-the-datagram-taken-for-it',
      why: 'what follows the datagram is taken for its header',
      find: 'totalLength - headerLength)',
      replace: 'present - headerLength)',
    }),
    ...passes(shapes, 'later fragment', {
      name: 'later-fragments-pass',
      why: 'payload is taken for ports',
      find: `if ((loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) != 0) return ${refuse}\n`,
      replace: '',
    }),
    ...passes(shapes, 'last fragment, far behind', {
      name: 'fragment-offset-of-eleven-bits',
      why: 'fragments from 16 kilobytes on pass for whole datagrams',
      find: '& IPV4_FRAGMENT_OFFSET_MASK',
      replace: '& 0x07ff',
    }),
    ...drops(shapes, 'may not be fragmented', {
      name: 'may-not-be-fragmented-taken-for-fragment',
      why: 'almost no TCP passes',
      find: '& IPV4_FRAGMENT_OFFSET_MASK',
      replace: '& 0x7fff',
    }),
    ...drops(shapes, 'first fragment', {
      name: 'first-fragment-taken-for-later-one',
      why: 'the fragment that has the ports is dropped',
      find: '& IPV4_FRAGMENT_OFFSET_MASK',
      replace: '& 0x3fff',
    }),
    ...passes(shapes, 'TCP header of 16 bytes', {
      name: 'short-tcp-header-passes',
      why: 'a header without room for the checksum is rewritten',
      find: 'headerLength >= TCP_LEAST_LENGTH && ',
      replace: '',
    }),
    ...passes(shapes, 'TCP header beyond the segment', {
      name: 'long-tcp-header-passes',
      why: 'a header that is not all there goes on',
      find: ' && headerLength <= present',
      replace: '',
    }),
    ...passes(shapes, 'UDP of 7 bytes', {
      name: 'short-udp-length-passes',
      why: 'a datagram shorter than its header goes on',
      find: 'datagram >= UDP_HEADER_LENGTH && ',
      replace: '',
    }),
    ...passes(shapes, 'UDP beyond its datagram', {
      name: 'long-udp-length-passes',
      why: 'a datagram longer than what carries it goes on',
      find: ' && datagram <= present',
      replace: '',
    }),
    ...passes(shapes, 'UDP-Lite', {
      name: 'every-protocol-passes',
      why: 'protocols whose header is another are taken for UDP',
      find: 'protocol != PROTOCOL_UDP || ',
      replace: '',
    }),
    ...drops(shapes, 'TCP without payload', {
      name: 'bare-tcp-header-refused',
      why: 'no handshake succeeds',
      find: 'present < TCP_LEAST_LENGTH',
      replace: 'present <= TCP_LEAST_LENGTH',
    }),
    ...drops(shapes, 'TCP without payload', {
      name: 'tcp-header-must-be-followed',
      why: 'acknowledgements are dropped',
      find: 'headerLength <= present',
      replace: 'headerLength < present',
    }),
    ...drops(shapes, 'TCP', {
      name: 'tcp-header-without-options-refused',
      why: 'only segments with options pass',
      find: 'headerLength >= TCP_LEAST_LENGTH',
      replace: 'headerLength > TCP_LEAST_LENGTH',
    }),
    ...drops(shapes, 'UDP without payload', {
      name: 'bare-udp-header-refused',
      why: 'empty datagrams, used as keep-alives, are dropped',
      find: 'present < UDP_HEADER_LENGTH',
      replace: 'present <= UDP_HEADER_LENGTH',
    }),
    ...drops(shapes, 'UDP without payload', {
      name: 'udp-length-of-eight-refused',
      why: 'empty datagrams, used as keep-alives, are dropped',
      find: 'datagram >= UDP_HEADER_LENGTH',
      replace: 'datagram > UDP_HEADER_LENGTH',
    }),
    ...drops(shapes, 'UDP', {
      name: 'udp-must-be-shorter-than-its-datagram',
      why: 'no ordinary UDP passes',
      find: 'datagram <= present',
      replace: 'datagram < present',
    }),
    ...drops(shapes, 'UDP shorter than its datagram', {
      name: 'udp-must-fill-its-datagram',
      why: 'padding after UDP is refused',
      find: 'datagram <= present',
      replace: 'datagram == present',
    }),
    ...drops(shapes, 'bytes after the datagram', {
      name: 'padded-frames-refused',
      why: 'small datagrams come with padding of the wire',
      find: 'totalLength > present',
      replace: 'totalLength != present',
    }),
  ]
}
