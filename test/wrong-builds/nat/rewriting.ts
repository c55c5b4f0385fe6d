/** NATs that write the wrong addresses, ports or checksums. */
import { type WrongBuild, writes } from '../wrong-build.js'
import {
  ipOptions,
  tcp,
  udp,
  udpChecksumZero,
  udpWithoutChecksum,
  wrongChecksum,
  wrongHeaderChecksum,
} from './scenes.js'

const addresses: readonly WrongBuild[] = [
  ...writes(tcp, 'out', 'ethernet.dst', {
    name: 'macs-exchanged',
    why: 'what leaves comes back to the device',
    find: 'storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(egress))',
    replace: 'storeMac(packet + ETHERNET_DESTINATION, configDeviceMac(egress))',
  }),
  ...writes(tcp, 'out', 'ethernet.src', {
    name: 'source-mac-of-the-wrong-port',
    why: 'switches learn the device where it is not',
    find: 'configDeviceMac(egress))',
    replace: 'configDeviceMac(port))',
  }),
  ...writes(tcp, 'out', 'ethernet.dst', {
    name: 'next-hop-of-the-wrong-port',
    why: 'nobody outside takes the packet',
    find: 'configNextHopMac(egress))',
    replace: 'configNextHopMac(port))',
  }),
  ...writes(tcp, 'out', 'ethernet.src', {
    name: 'source-mac-kept',
    why: 'MAC addresses of inside hosts are seen outside',
    find: '  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))\n',
    replace: '',
  }),
  ...writes(tcp, 'out', 'ipv4.src', {
    name: 'address-in-host-byte-order',
    why: 'answers go to another host of the Internet',
    find: 'storeU32BE(addressAt, address)',
    replace: 'store<u32>(addressAt, address)',
  }),
  ...writes(tcp, 'out', 'ipv4.src', {
    name: 'address-not-written',
    why: 'private addresses are seen outside',
    find: '  storeU32BE(addressAt, address)\n',
    replace: '',
  }),
  ...writes(tcp, 'out', 'tcp.srcPort', {
    name: 'port-in-host-byte-order',
    why: 'answers name a port that was not given out',
    find: 'storeU16BE(portAt, newPort)',
    replace: 'store<u16>(portAt, <u16>newPort)',
  }),
  ...writes(tcp, 'out', 'tcp.srcPort', {
    name: 'port-not-written',
    why: 'two hosts with one port cannot be told apart',
    find: '  storeU16BE(portAt, newPort)\n',
    replace: '',
  }),
  ...writes(tcp, 'out', 'tcp.srcPort', {
    name: 'first-port-off-by-one',
    why: 'the last mapping has a port outside the range',
    find: 'startPort + load<i32>(found)',
    replace: 'startPort + load<i32>(found) + 1',
  }),
  ...writes(tcp, 'in', 'tcp.dstPort', {
    name: 'port-of-the-peer-inside',
    why: 'answers reach another process of the host',
    find: 'loadU16BE(flow + KEY_HOST_PORT)',
    replace: 'loadU16BE(flow + KEY_PEER_PORT)',
  }),
  ...writes(tcp, 'in', 'ipv4.headerChecksum', {
    name: 'address-of-the-peer-inside',
    why: 'answers go back to the server',
    find: 'const address = loadU32BE(flow)',
    replace: 'const address = loadU32BE(flow + KEY_PEER)',
  }),
  ...writes(ipOptions, 'out', 'ipv4.bytes', {
    name: 'ip-options-ignored',
    why: 'options are taken for ports',
    find: 'const transport = ip + headerLength\n',
    replace: 'const transport = ip + IPV4_LEAST_LENGTH\n',
  }),
  ...writes(udp, 'out', 'ipv4.ttl', {
    name: 'time-to-live-lowered',
    why: 'a byte is changed that nobody asked to change',
    find: '  storeU32BE(addressAt, address)\n',
    replace: '  storeU32BE(addressAt, address)\n  store<u8>(ip, load<u8>(ip, 8) - 1, 8)\n',
  }),
]

const checksums: readonly WrongBuild[] = [
  ...writes(udp, 'out', 'ipv4.headerChecksum', {
    name: 'header-checksum-not-updated',
    why: 'the next router drops the packet',
    find: '  storeU16BE(ip + IPV4_CHECKSUM, checksum_update_u32(header, oldAddress, address))\n',
    replace: '',
  }),
  ...writes(wrongHeaderChecksum, 'out', 'ipv4.headerChecksum', {
    name: 'header-checksum-made-right',
    why: 'damage on the way in can no longer be seen',
    find: 'storeU16BE(ip + IPV4_CHECKSUM, checksum_update_u32(header, oldAddress, address))',
    replace:
      'storeU16BE(ip + IPV4_CHECKSUM, 0)\n  storeU16BE(ip + IPV4_CHECKSUM, header == 0 ? 0 : checksum_ones_complement(ip, (loadU8(ip) & 15) << 2, 0) ^ 0xffff)',
    needs: 'checksum_ones_complement',
  }),
  ...writes(tcp, 'out', 'tcp.checksum', {
    name: 'tcp-checksum-not-updated',
    why: 'the server drops every segment',
    find: 'storeU16BE(checksumAt, isTcp ? updated',
    replace: 'storeU16BE(checksumAt, isTcp ? old',
  }),
  ...writes(udp, 'out', 'udp.checksum', {
    name: 'udp-checksum-not-updated',
    why: 'the server drops every datagram',
    find: 'udp_checksum_finish(old, updated))',
    replace: 'udp_checksum_finish(old, old))',
  }),
  ...writes(tcp, 'out', 'tcp.checksum', {
    name: 'checksum-without-the-port',
    why: 'the server drops every packet whose port changed',
    find: 'checksum_update_u16(checksum_update_u32(old, oldAddress, address), oldPort, newPort)',
    replace: 'checksum_update_u32(old, oldAddress, address)',
  }),
  ...writes(tcp, 'out', 'tcp.checksum', {
    name: 'checksum-without-the-address',
    why: 'the pseudo header is forgotten, the server drops every packet',
    find: 'checksum_update_u16(checksum_update_u32(old, oldAddress, address), oldPort, newPort)',
    replace: 'checksum_update_u16(old, oldPort, newPort)',
  }),
  ...writes(udpWithoutChecksum, 'out', 'udp.checksum', {
    name: 'udp-zero-checksum-touched',
    why: 'a datagram without checksum gets a wrong one',
    find: 'isTcp ? updated : udp_checksum_finish(old, updated)',
    replace: 'updated',
  }),
  ...writes(udpChecksumZero, 'out', 'udp.checksum', {
    name: 'udp-checksum-becomes-zero',
    why: 'a datagram with a checksum loses it',
    find: 'udp_checksum_finish(old, updated)',
    replace: '(old == 0 ? 0 : updated)',
  }),
  ...writes(udp, 'out', 'udp.checksum', {
    name: 'checksum-at-tcps-place',
    why: 'payload is overwritten',
    find: 'transport + (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM)',
    replace: 'transport + (isTcp ? TCP_CHECKSUM : TCP_CHECKSUM)',
  }),
  ...writes(wrongChecksum, 'out', 'tcp.checksum', {
    name: 'transport-checksum-zeroed',
    why: 'damage on the way in can no longer be seen',
    find: 'storeU16BE(checksumAt, isTcp ? updated',
    replace: 'storeU16BE(checksumAt, isTcp ? 0',
  }),
]

export const wrongRewriting: readonly WrongBuild[] = [...addresses, ...checksums]
