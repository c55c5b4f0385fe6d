/** Wrong NATs: who may pass, for how long, by which port. What they write is in rewriting.ts. */
import { wrongHeaders } from '../legal-headers.js'
import { drops, misroutes, passes, traps, type WrongBuild } from '../wrong-build.js'
import { wrongRewriting } from './rewriting.js'
import * as scenes from './scenes.js'

const { strangers, range, expiry, shapes } = scenes

/** The comparisons of a packet from outside with the mapping that it names. */
const inbound: readonly WrongBuild[] = [
  ...passes(strangers, 'answer from another address', {
    name: 'peer-address-not-compared',
    why: 'anybody outside reaches the inside host',
    find: '  if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP\n',
    replace: '',
  }),
  ...passes(strangers, 'answer from another address', {
    name: 'peer-network-compared-only',
    why: "the server's neighbours reach the inside host",
    find: 'load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)',
    replace: 'load<u16>(flow, KEY_PEER) != load<u16>(ip + IPV4_SOURCE)',
  }),
  ...passes(strangers, 'answer from another port', {
    name: 'peer-port-not-compared',
    why: 'any process of the server reaches the inside host',
    find: '  if (load<u16>(flow, KEY_PEER_PORT) != load<u16>(transport + TRANSPORT_SOURCE_PORT)) return DROP\n',
    replace: '',
  }),
  ...passes(strangers, 'answer by another protocol', {
    name: 'protocol-not-compared',
    why: 'TCP answers a UDP mapping',
    find: '  if (loadU8(flow + KEY_PROTOCOL) != loadU8(ip + IPV4_PROTOCOL)) return DROP\n',
    replace: '',
  }),
  ...passes(strangers, 'answer to another address', {
    name: 'external-address-not-compared',
    why: 'packets for other hosts are taken in',
    find: '  if (loadU32BE(ip + IPV4_DESTINATION) != externalIp) return DROP\n',
    replace: '',
  }),
  ...traps(range, 'below the range', {
    name: 'range-of-ports-not-compared',
    why: 'a port without a mapping stops the device',
    find: '  if (expiring_map_used(flows, slot) == 0) return DROP\n',
    replace: '',
  }),
  ...traps(range, 'a port not given out', {
    name: 'free-ports-not-refused',
    why: 'a port that is free stops the device',
    find: 'if (expiring_map_used(flows, slot) == 0) return DROP',
    replace: 'if (slot < 0 || slot >= configMaxFlows()) return DROP',
  }),
  ...drops(range, 'first port', {
    name: 'first-port-refused',
    why: 'the first mapping has no answers',
    find: 'if (expiring_map_used(flows, slot) == 0) return DROP',
    replace: 'if (slot <= 0 || expiring_map_used(flows, slot) == 0) return DROP',
  }),
  ...passes(range, 'below the range', {
    name: 'slot-off-by-one-inbound',
    why: "answers go to the next mapping's host",
    find: '- startPort\n',
    replace: '- startPort + 1\n',
  }),
  ...drops(range, 'first port', {
    name: 'inbound-port-in-host-byte-order',
    why: 'answers find no mapping',
    find: 'const slot = loadU16BE(transport + TRANSPORT_DESTINATION_PORT)',
    replace: 'const slot = load<u16>(transport + TRANSPORT_DESTINATION_PORT)',
  }),
  ...drops(strangers, 'answer', {
    name: 'direction-exchanged',
    why: 'answers are treated as requests',
    find: 'port == wan ? inbound(ip, transport, now) : outbound(port, ip, transport, now)',
    replace: 'port == 1 ? outbound(port, ip, transport, now) : port == wan ? DROP : inbound(ip, transport, now)',
  }),
]

/** What a packet from inside is known by. */
const outbound: readonly WrongBuild[] = [
  ...passes(strangers, 'another host', {
    name: 'host-address-not-in-key',
    why: 'hosts share a mapping, answers go to one of them',
    find: 'store<u64>(key, load<u64>(ip + IPV4_SOURCE))',
    replace: 'store<u64>(key, load<u64>(ip + IPV4_SOURCE) >> 32 << 32)',
  }),
  ...passes(strangers, 'another server', {
    name: 'peer-address-not-in-key',
    why: 'answers of all but the first server are dropped',
    find: 'store<u64>(key, load<u64>(ip + IPV4_SOURCE))',
    replace: 'store<u32>(key, load<u32>(ip + IPV4_SOURCE))',
  }),
  ...passes(strangers, 'another port of the host', {
    name: 'host-port-not-in-key',
    why: 'conversations of a host are mixed',
    find: 'store<u32>(key, load<u32>(transport), KEY_HOST_PORT)',
    replace: 'store<u16>(key, load<u16>(transport, 2), KEY_PEER_PORT)',
  }),
  ...passes(strangers, 'another port of the server', {
    name: 'peer-port-not-in-key',
    why: 'conversations with a server are mixed',
    find: 'store<u32>(key, load<u32>(transport), KEY_HOST_PORT)',
    replace: 'store<u16>(key, load<u16>(transport), KEY_HOST_PORT)',
  }),
  ...passes(strangers, 'another protocol', {
    name: 'protocol-not-in-key',
    why: 'TCP and UDP share a mapping',
    find: 'store<u32>(key, loadU8(ip + IPV4_PROTOCOL) | (port << 8), KEY_PROTOCOL)',
    replace: 'store<u32>(key, PROTOCOL_UDP | (port << 8), KEY_PROTOCOL)',
  }),
  ...passes(strangers, 'another port of the device', {
    name: 'device-port-not-in-key',
    why: 'hosts with one address behind two ports share a mapping',
    find: ' | (port << 8), KEY_PROTOCOL)',
    replace: ' | (1 << 8), KEY_PROTOCOL)',
  }),
  ...passes(strangers, 'another host', {
    name: 'full-table-takes-the-last-mapping',
    why: 'a flood of new flows takes over those under way',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace:
      'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) {\n      expiring_map_erase(flows, 0)\n      expiring_map_insert(flows, <i32>key, now, <i32>found)\n    }',
    needs: 'expiring_map_erase',
  }),
  ...passes(strangers, 'another host', {
    name: 'full-table-passes-untranslated',
    why: 'private addresses are seen outside',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return wan',
  }),
  ...drops(range, 'opens', {
    name: 'first-port-never-used',
    why: 'there is one mapping less than there could be',
    find: 'const externalPort = startPort + load<i32>(found)',
    replace: 'if (load<i32>(found) == 0) return DROP\n  const externalPort = startPort + load<i32>(found)',
  }),
  ...passes(shapes, 'IPv4 under another EtherType', {
    name: 'ethertype-not-compared',
    why: 'other protocols are taken for IPv4',
    find: ' || loadU16BE(packet + ETHERNET_TYPE) != ETHERTYPE_IPV4',
    replace: '',
  }),
  ...passes(shapes, 'IP version 5', {
    name: 'what-is-no-tcp-or-udp-passes',
    why: 'everything malformed crosses the device untranslated',
    find: 'const headerLength = legalHeader(ip, length - ETHERNET_LENGTH)\n  if (headerLength == 0) return DROP',
    replace: 'const headerLength = legalHeader(ip, length - ETHERNET_LENGTH)\n  if (headerLength == 0) return wan',
  }),
  ...misroutes(scenes.tcp, 'in', {
    name: 'answers-leave-by-the-first-port',
    why: 'hosts behind other ports have no answers',
    find: 'return loadU8(flow + KEY_DEVICE_PORT)',
    replace: 'return 1',
  }),
]

const lifetime: readonly WrongBuild[] = [
  ...passes(expiry, 'at the end of the lifetime', {
    name: 'expires-one-nanosecond-early',
    why: 'a mapping ends before its time',
    find: 'now - expiration)',
    replace: 'now - expiration + 1)',
  }),
  ...drops(expiry, 'after the lifetime', {
    name: 'expires-one-nanosecond-late',
    why: 'a mapping lives beyond its time',
    find: 'now - expiration)',
    replace: 'now - expiration - 1)',
  }),
  ...drops(expiry, 'after the lifetime', {
    name: 'never-expires',
    why: 'the external ports run out for good',
    find: '  expiring_map_expire(flows, now - expiration)\n',
    replace: '',
  }),
  ...passes(expiry, 'a lifetime after a use from inside', {
    name: 'outbound-does-not-refresh',
    why: 'conversations under way lose their port',
    find: 'expiring_map_touch(flows, <i32>key, now, <i32>found) == 0',
    replace: 'expiring_map_get(flows, <i32>key, <i32>found) == 0',
    needs: 'expiring_map_get',
  }),
  ...passes(expiry, 'a lifetime after a use from outside', {
    name: 'inbound-does-not-refresh',
    why: 'downloads under way lose their port',
    find: '  expiring_map_refresh(flows, slot, now)\n',
    replace: '',
  }),
  ...drops(scenes.keptByAddress, 'the mapping has ended', {
    name: 'refreshes-before-comparing-the-address',
    why: 'strangers keep mappings alive',
    find: '  const flow = expiring_map_key(flows, slot)\n',
    replace: '  const flow = expiring_map_key(flows, slot)\n  expiring_map_refresh(flows, slot, now) // at once\n',
  }),
  ...drops(scenes.keptByPort, 'the mapping has ended', {
    name: 'refreshes-before-comparing-the-port',
    why: 'other processes of the server keep mappings alive',
    find: '  if (load<u16>(flow, KEY_PEER_PORT)',
    replace: '  expiring_map_refresh(flows, slot, now)\n  if (load<u16>(flow, KEY_PEER_PORT)',
  }),
  ...drops(scenes.keptByProtocol, 'the mapping has ended', {
    name: 'refreshes-before-comparing-the-protocol',
    why: 'packets of another protocol keep mappings alive',
    find: '  if (loadU8(flow + KEY_PROTOCOL)',
    replace: '  expiring_map_refresh(flows, slot, now)\n  if (loadU8(flow + KEY_PROTOCOL)',
  }),
  ...drops(scenes.keptByTarget, 'the mapping has ended', {
    name: 'refreshes-before-comparing-the-target',
    why: 'packets for other hosts keep mappings alive',
    find: '  if (loadU32BE(ip + IPV4_DESTINATION) != externalIp) return DROP\n',
    replace:
      '  const named = loadU16BE(transport + TRANSPORT_DESTINATION_PORT) - startPort\n  if (expiring_map_used(flows, named)) expiring_map_refresh(flows, named, now) // at once\n  if (loadU32BE(ip + IPV4_DESTINATION) != externalIp) return DROP\n',
  }),
]

export const wrongNats: readonly WrongBuild[] = [
  ...inbound,
  ...outbound,
  ...lifetime,
  ...wrongHeaders(shapes, '0'),
  ...wrongRewriting,
]
