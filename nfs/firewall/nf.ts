/**
 * Stateful firewall for TCP and UDP over IPv4 and IPv6: outbound packets open flows, inbound ones pass when they answer
 * one. See README.md for what it does and spec.ts for exactly what.
 */
import {
  DROP,
  ETHERNET_DESTINATION,
  ETHERNET_LENGTH,
  ETHERNET_SOURCE,
  ETHERNET_TYPE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  expiring_map_allocate,
  expiring_map_expire,
  expiring_map_get,
  expiring_map_insert,
  expiring_map_refresh,
  expiring_map_value,
  IPV4_DESTINATION,
  IPV4_FRAGMENT,
  IPV4_FRAGMENT_OFFSET_MASK,
  IPV4_LEAST_LENGTH,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  IPV6_DESTINATION,
  IPV6_LENGTH,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  IPV6_SOURCE,
  loadU16BE,
  loadU8,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  storeMac,
  TCP_DATA_OFFSET,
  TCP_LEAST_LENGTH,
  UDP_CHECKSUM,
  UDP_HEADER_LENGTH,
  UDP_LENGTH,
} from '../../libvig/api'

@external('config', 'wan')
declare function configWan(): i32
@external('config', 'maxFlows')
declare function configMaxFlows(): i32
@external('config', 'expiration')
declare function configExpiration(): i64
@external('config', 'deviceMac')
declare function configDeviceMac(port: i32): i64
@external('config', 'nextHopMac')
declare function configNextHopMac(port: i32): i64

/**
 * A flow's key, bytes as in its outbound packets: inner address 16, outer address 16, inner port 2, outer port 2,
 * protocol 1, IP version 1, two zeros. An IPv4 address is the last 4 of 16 bytes, the others are zero.
 */
const KEY_SIZE = 40
const INNER = 0
const OUTER = 16
const PORTS = 32
const KIND = 36

/** A flow's value: the internal port that opened it. */
const VALUE_SIZE = 4

const key = memory.data(KEY_SIZE, 8)
const found = memory.data(4, 4)

let flows: i32 = 0
let wan: i32 = 0
let expiration: i64 = 0

export function nf_init(): i32 {
  wan = configWan()
  expiration = configExpiration()
  if (expiring_map_allocate(KEY_SIZE, VALUE_SIZE, configMaxFlows(), <i32>found) == 0) return 0
  flows = load<i32>(found)
  return 1
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  expiring_map_expire(flows, now - expiration)
  if (length < ETHERNET_LENGTH) return DROP
  const ip = packet + ETHERNET_LENGTH
  const present = length - ETHERNET_LENGTH
  const inbound = port == wan
  const etherType = loadU16BE(packet + ETHERNET_TYPE)
  if (etherType == ETHERTYPE_IPV4) {
    if (!ipv4Key(ip, present, inbound)) return DROP
  } else if (etherType != ETHERTYPE_IPV6 || !ipv6Key(ip, present, inbound)) {
    return DROP
  }
  const egress = inbound ? answered(now) : opened(port, now)
  if (egress == DROP) return DROP
  storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(egress))
  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))
  return egress
}

/** The port that opened the flow which `key` answers, or DROP. */
@inline
function answered(now: i64): i32 {
  if (expiring_map_get(flows, <i32>key, <i32>found) == 0) return DROP
  const slot = load<i32>(found)
  expiring_map_refresh(flows, slot, now)
  return load<i32>(expiring_map_value(flows, slot))
}

/** `wan`, with the flow of `key` opened or refreshed; DROP where the flow is another port's or the table is full. */
@inline
function opened(port: i32, now: i64): i32 {
  if (expiring_map_get(flows, <i32>key, <i32>found) != 0) {
    const slot = load<i32>(found)
    if (load<i32>(expiring_map_value(flows, slot)) != port) return DROP
    expiring_map_refresh(flows, slot, now)
    return wan
  }
  if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP
  store<i32>(expiring_map_value(flows, load<i32>(found)), port)
  return wan
}

/** Writes the key of the IPv4 packet at `ip`, `present` bytes; false where it has none. */
@inline
function ipv4Key(ip: i32, present: i32, inbound: bool): bool {
  if (present < IPV4_LEAST_LENGTH) return false
  const first = loadU8(ip)
  const headerLength = (first & 15) << 2
  const totalLength = loadU16BE(ip + IPV4_TOTAL_LENGTH)
  if (first >> 4 != 4 || headerLength < IPV4_LEAST_LENGTH) return false
  if (totalLength < headerLength || totalLength > present) return false
  if ((loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) != 0) return false
  const protocol = loadU8(ip + IPV4_PROTOCOL)
  const transport = ip + headerLength
  if (!legalTransport(protocol, transport, totalLength - headerLength)) return false
  const src = load<u32>(ip + IPV4_SOURCE)
  const dst = load<u32>(ip + IPV4_DESTINATION)
  store<u64>(key, 0, INNER)
  store<u32>(key, 0, INNER + 8)
  store<u32>(key, inbound ? dst : src, INNER + 12)
  store<u64>(key, 0, OUTER)
  store<u32>(key, 0, OUTER + 8)
  store<u32>(key, inbound ? src : dst, OUTER + 12)
  transportKey(transport, inbound, protocol, 4)
  return true
}

/** Likewise for IPv6, where an extension header counts as one more protocol that does not pass. */
@inline
function ipv6Key(ip: i32, present: i32, inbound: bool): bool {
  if (present < IPV6_LENGTH) return false
  const payloadLength = loadU16BE(ip + IPV6_PAYLOAD_LENGTH)
  if (loadU8(ip) >> 4 != 6 || payloadLength > present - IPV6_LENGTH) return false
  const protocol = loadU8(ip + IPV6_NEXT_HEADER)
  const transport = ip + IPV6_LENGTH
  if (!legalTransport(protocol, transport, payloadLength)) return false
  // RFC 8200 section 8.1: UDP without a checksum is malformed.
  if (protocol == PROTOCOL_UDP && loadU16BE(transport + UDP_CHECKSUM) == 0) return false
  const inner = ip + (inbound ? IPV6_DESTINATION : IPV6_SOURCE)
  const outer = ip + (inbound ? IPV6_SOURCE : IPV6_DESTINATION)
  store<u64>(key, load<u64>(inner), INNER)
  store<u64>(key, load<u64>(inner, 8), INNER + 8)
  store<u64>(key, load<u64>(outer), OUTER)
  store<u64>(key, load<u64>(outer, 8), OUTER + 8)
  transportKey(transport, inbound, protocol, 6)
  return true
}

/** Whether the `present` bytes at `transport` start with a legal TCP or UDP header. */
@inline
function legalTransport(protocol: i32, transport: i32, present: i32): bool {
  if (protocol == PROTOCOL_TCP) {
    if (present < TCP_LEAST_LENGTH) return false
    const headerLength = (loadU8(transport + TCP_DATA_OFFSET) >> 4) << 2
    return headerLength >= TCP_LEAST_LENGTH && headerLength <= present
  }
  if (protocol != PROTOCOL_UDP || present < UDP_HEADER_LENGTH) return false
  const datagram = loadU16BE(transport + UDP_LENGTH)
  return datagram >= UDP_HEADER_LENGTH && datagram <= present
}

@inline
function transportKey(transport: i32, inbound: bool, protocol: i32, version: i32): void {
  const ports = load<u32>(transport)
  store<u32>(key, inbound ? rotl<u32>(ports, 16) : ports, PORTS)
  store<u32>(key, protocol | (version << 8), KIND)
}
