/**
 * Deliberately wrong network functions: one edit of the real source each. A specification or a traffic generator that
 * lets one of them pass has a hole.
 */

/** One edit of an `nf.ts`. `find` occurs exactly once in it. */
export interface WrongBuild {
  /** What is wrong, in words. */
  readonly name: string
  readonly find: string
  readonly replace: string
  /** A libVig function that the edit calls and the source does not import. */
  readonly needs?: string
}

const legalHeaders: readonly WrongBuild[] = [
  { name: 'IP version not checked', find: 'first >> 4 != 4 || ', replace: '' },
  { name: 'IPv4 header length not checked', find: ' || headerLength < IPV4_LEAST_LENGTH', replace: '' },
  { name: 'total length may exceed the frame', find: ' || totalLength > present', replace: '' },
  {
    name: 'later fragments pass',
    find: '(loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) != 0',
    replace: 'false',
  },
  { name: "don't-fragment counts as fragment", find: '& IPV4_FRAGMENT_OFFSET_MASK', replace: '& 0x7fff' },
  { name: 'short TCP data offset passes', find: 'headerLength >= TCP_LEAST_LENGTH && ', replace: '' },
  { name: 'long TCP data offset passes', find: ' && headerLength <= present', replace: '' },
  { name: 'short UDP length passes', find: 'datagram >= UDP_HEADER_LENGTH && ', replace: '' },
  { name: 'long UDP length passes', find: ' && datagram <= present', replace: '' },
  { name: 'protocols other than TCP and UDP pass', find: 'protocol != PROTOCOL_UDP || ', replace: '' },
]

const expiry: readonly WrongBuild[] = [
  { name: 'nothing expires', find: 'expiring_map_expire(flows, now - expiration)', replace: '' },
  { name: 'expiry one nanosecond early', find: 'now - expiration)', replace: 'now - expiration + 1)' },
  { name: 'expiry one nanosecond late', find: 'now - expiration)', replace: 'now - expiration - 1)' },
]

const macs: readonly WrongBuild[] = [
  {
    name: 'source and destination MAC exchanged',
    find: 'storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(egress))',
    replace: 'storeMac(packet + ETHERNET_DESTINATION, configDeviceMac(egress))',
  },
  {
    name: 'source MAC of the wrong port',
    find: 'configDeviceMac(egress))',
    replace: 'configDeviceMac(port))',
  },
]

export const wrongNats: readonly WrongBuild[] = [
  ...legalHeaders,
  ...expiry,
  ...macs,
  { name: 'EtherType not checked', find: ' || loadU16BE(packet + ETHERNET_TYPE) != ETHERTYPE_IPV4', replace: '' },
  {
    name: 'header checksum not updated',
    find: 'storeU16BE(ip + IPV4_CHECKSUM, checksum_update_u32(header, oldAddress, address))',
    replace: '',
  },
  {
    name: 'transport checksum not updated',
    find: 'storeU16BE(checksumAt, isTcp ? updated : udp_checksum_finish(old, updated))',
    replace: '',
  },
  {
    name: 'transport checksum misses the port',
    find: 'checksum_update_u16(checksum_update_u32(old, oldAddress, address), oldPort, newPort)',
    replace: 'checksum_update_u32(old, oldAddress, address)',
  },
  {
    name: 'UDP without checksum gets one',
    find: 'isTcp ? updated : udp_checksum_finish(old, updated)',
    replace: 'updated',
  },
  {
    name: 'port in the wrong byte order',
    find: 'storeU16BE(portAt, newPort)',
    replace: 'store<u16>(portAt, <u16>newPort)',
  },
  {
    name: 'external address not compared',
    find: 'if (loadU32BE(ip + IPV4_DESTINATION) != externalIp) return DROP',
    replace: '',
  },
  {
    name: 'spoofed inbound: peer address not compared',
    find: 'load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)',
    replace: 'false',
  },
  {
    name: 'spoofed inbound: peer port not compared',
    find: 'load<u16>(flow, KEY_PEER_PORT) != load<u16>(transport + TRANSPORT_SOURCE_PORT)',
    replace: 'false',
  },
  {
    name: 'protocol not compared',
    find: 'loadU8(flow + KEY_PROTOCOL) != loadU8(ip + IPV4_PROTOCOL)',
    replace: 'false',
  },
  {
    name: 'free slots not refused',
    find: 'if (expiring_map_used(flows, slot) == 0) return DROP',
    replace: 'if (slot < 0 || slot >= configMaxFlows()) return DROP',
  },
  { name: 'inbound does not refresh', find: '  expiring_map_refresh(flows, slot, now)\n', replace: '' },
  {
    name: 'inbound refreshes before the peer is checked',
    find: 'const flow = expiring_map_key(flows, slot)',
    replace: 'expiring_map_refresh(flows, slot, now)\n  const flow = expiring_map_key(flows, slot)',
  },
  {
    name: 'outbound does not refresh',
    find: 'if (expiring_map_touch(flows, <i32>key, now, <i32>found) == 0) {',
    replace: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) {',
    needs: 'expiring_map_get',
  },
  {
    name: 'internal port not part of the mapping',
    find: '| (port << 8), KEY_PROTOCOL)',
    replace: ', KEY_PROTOCOL)',
  },
  {
    name: 'external ports off by one',
    find: 'startPort + load<i32>(found)',
    replace: 'startPort + load<i32>(found) + 1',
  },
  {
    name: 'full table forwards untranslated',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return wan',
  },
]

export const wrongFirewalls: readonly WrongBuild[] = [
  ...legalHeaders,
  ...expiry,
  ...macs,
  { name: 'IPv6 version not checked', find: 'loadU8(ip) >> 4 != 6 || ', replace: '' },
  { name: 'IPv6 payload may exceed the frame', find: ' || payloadLength > present - IPV6_LENGTH', replace: '' },
  {
    name: 'UDP over IPv6 without checksum passes',
    find: 'if (protocol == PROTOCOL_UDP && loadU16BE(transport + UDP_CHECKSUM) == 0) return false',
    replace: '',
  },
  {
    name: 'unsolicited inbound passes',
    find: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return wan == 0 ? 1 : 0',
  },
  {
    name: 'inbound does not refresh',
    find: '  expiring_map_refresh(flows, slot, now)\n  return load<i32>(expiring_map_value(flows, slot))',
    replace: '  return load<i32>(expiring_map_value(flows, slot))',
  },
  {
    name: 'outbound does not refresh',
    find: '    expiring_map_refresh(flows, slot, now)\n    return wan',
    replace: '    return wan',
  },
  {
    name: "another port's flow may be used",
    find: 'if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP',
    replace: '',
  },
  {
    name: "another port's flow is refreshed",
    find: 'if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP',
    replace:
      'if (load<i32>(expiring_map_value(flows, slot)) != port) {\n      expiring_map_refresh(flows, slot, now)\n      return DROP\n    }',
  },
  {
    name: 'the opening port is not remembered',
    find: 'store<i32>(expiring_map_value(flows, load<i32>(found)), port)',
    replace: 'store<i32>(expiring_map_value(flows, load<i32>(found)), wan == 0 ? 1 : 0)',
  },
  {
    name: 'addresses not exchanged inbound',
    find: 'store<u32>(key, inbound ? dst : src, INNER + 12)',
    replace: 'store<u32>(key, src, INNER + 12)',
  },
  { name: 'outer IPv4 address not in the key', find: 'inbound ? src : dst, OUTER + 12', replace: '0, OUTER + 12' },
  { name: 'inner IPv4 address not in the key', find: 'inbound ? dst : src, INNER + 12', replace: '0, INNER + 12' },
  {
    name: 'low half of the outer IPv6 address not in the key',
    find: 'load<u64>(outer, 8), OUTER + 8',
    replace: '0, OUTER + 8',
  },
  { name: 'high half of the inner IPv6 address not in the key', find: 'load<u64>(inner), INNER', replace: '0, INNER' },
  { name: 'ports not exchanged inbound', find: 'inbound ? rotl<u32>(ports, 16) : ports', replace: 'ports' },
  { name: 'ports not in the key', find: 'inbound ? rotl<u32>(ports, 16) : ports', replace: '0' },
  { name: 'protocol not in the key', find: 'protocol | (version << 8)', replace: 'version << 8' },
  { name: 'version not in the key', find: 'protocol | (version << 8)', replace: 'protocol' },
  {
    name: 'full table forwards',
    find: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP',
    replace: 'if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return wan',
  },
]
