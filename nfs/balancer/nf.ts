/**
 * A load balancer (Eisenbud et al., "Maglev", NSDI 2016): connections that arrive by `wan` are spread over the live
 * backends by a ring, stay with their backend while it lives, and are delivered by Ethernet address alone.
 */
import {
  cht_allocate,
  cht_find_preferred_available_backend,
  DROP,
  dchain_allocate,
  dchain_claim_index,
  dchain_expire,
  dchain_is_index_allocated,
  dchain_rejuvenate_index,
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
  hash,
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
  loadMac,
  loadU8,
  loadU16BE,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  storeMac,
  TCP_DATA_OFFSET,
  TCP_LEAST_LENGTH,
  TRANSPORT_DESTINATION_PORT,
  UDP_CHECKSUM,
  UDP_HEADER_LENGTH,
  UDP_LENGTH,
} from '../../libvig/api'

@external('config', 'wan')
declare function configWan(): i32
@external('config', 'capacity')
declare function configCapacity(): i32
@external('config', 'expiration')
declare function configExpiration(): i64
@external('config', 'backendMacCount')
declare function configBackendMacCount(): i32
@external('config', 'backendMac')
declare function configBackendMac(index: i32): i64
@external('config', 'backendPortCount')
declare function configBackendPortCount(): i32
@external('config', 'backendPort')
declare function configBackendPort(index: i32): i32
@external('config', 'height')
declare function configHeight(): i32
@external('config', 'heartbeatPort')
declare function configHeartbeatPort(): i32
@external('config', 'heartbeatTimeout')
declare function configHeartbeatTimeout(): i64
@external('config', 'deviceMac')
declare function configDeviceMac(port: i32): i64
@external('config', 'nextHopMac')
declare function configNextHopMac(port: i32): i64

const NONE: i32 = -1
const MOST_BACKENDS: i32 = 64

/**
 * A connection's key: source and destination address in 16 bytes each (IPv4 in the last 4, after zeros), the two ports
 * as they are in the packet, then protocol and IP version in 2 bytes each.
 */
const KEY_SIZE: i32 = 40
const DESTINATION: usize = 16
const PORTS: usize = 32
const PROTOCOL: usize = 36
const VERSION: usize = 38

const key: i32 = <i32>memory.data(40)
const out: i32 = <i32>memory.data(4)

let flows: i32 = 0
let live: i32 = 0
let ring: i32 = 0
let wan: i32 = 0
let expiration: i64 = 0
let heartbeatPort: i32 = 0
let heartbeatTimeout: i64 = 0
let backendCount: i32 = 0

export function nf_init(): i32 {
  wan = configWan()
  expiration = configExpiration()
  heartbeatPort = configHeartbeatPort()
  heartbeatTimeout = configHeartbeatTimeout()
  backendCount = configBackendMacCount()
  if (backendCount > MOST_BACKENDS || backendCount != configBackendPortCount()) return 0
  if (!dchain_allocate(backendCount, out)) return 0
  live = load<i32>(out)
  if (!cht_allocate(configHeight(), backendCount, out)) return 0
  ring = load<i32>(out)
  if (!expiring_map_allocate(KEY_SIZE, 4, configCapacity(), out)) return 0
  flows = load<i32>(out)
  return 1
}

/** Header bytes of the datagram at `ip`, of `present` bytes there; 0 where it is malformed. */
@inline
function ipv4HeaderLength(ip: i32, present: i32): i32 {
  if (present < IPV4_LEAST_LENGTH) return 0
  const first = loadU8(ip)
  const headerLength = (first & 15) << 2
  const totalLength = loadU16BE(ip + IPV4_TOTAL_LENGTH)
  if (first >> 4 != 4 || headerLength < IPV4_LEAST_LENGTH || totalLength < headerLength || totalLength > present) return 0
  return headerLength
}

@inline
function ipv6HeaderLength(ip: i32, present: i32): i32 {
  if (present < IPV6_LENGTH || loadU8(ip) >> 4 != 6) return 0
  return IPV6_LENGTH + loadU16BE(ip + IPV6_PAYLOAD_LENGTH) > present ? 0 : IPV6_LENGTH
}

/** Whether `size` bytes at `transport` are a legal TCP segment or UDP datagram, or the start of one. */
@inline
function isTransport(transport: i32, size: i32, protocol: i32, isIpv6: bool): bool {
  if (protocol == PROTOCOL_TCP) {
    if (size < TCP_LEAST_LENGTH) return false
    const dataOffset = (loadU8(transport + TCP_DATA_OFFSET) >> 4) << 2
    return dataOffset >= TCP_LEAST_LENGTH && dataOffset <= size
  }
  if (protocol != PROTOCOL_UDP || size < UDP_HEADER_LENGTH) return false
  const udpLength = loadU16BE(transport + UDP_LENGTH)
  if (udpLength < UDP_HEADER_LENGTH || udpLength > size) return false
  return !isIpv6 || loadU16BE(transport + UDP_CHECKSUM) != 0 // RFC 8200 section 8.1: UDP over IPv6 has a checksum
}

@inline
function setKeyIpv4(ip: i32): void {
  store<u64>(key, 0)
  store<u32>(key, 0, 8)
  store<u32>(key, load<u32>(ip + IPV4_SOURCE), 12)
  store<u64>(key, 0, DESTINATION)
  store<u32>(key, 0, DESTINATION + 8)
  store<u32>(key, load<u32>(ip + IPV4_DESTINATION), DESTINATION + 12)
  store<u16>(key, 4, VERSION)
}

@inline
function setKeyIpv6(ip: i32): void {
  store<u64>(key, load<u64>(ip + IPV6_SOURCE))
  store<u64>(key, load<u64>(ip + IPV6_SOURCE, 8), 8)
  store<u64>(key, load<u64>(ip + IPV6_DESTINATION), DESTINATION)
  store<u64>(key, load<u64>(ip + IPV6_DESTINATION, 8), DESTINATION + 8)
  store<u16>(key, 6, VERSION)
}

/** The first backend with this address. */
function backendWithMac(mac: i64): i32 {
  for (let i = 0; i < backendCount; i++) {
    if (configBackendMac(i) == mac) return i
  }
  return NONE
}

/** Notes the heartbeat of a backend, if it is one: from a backend's address, behind that backend's port. */
function isHeartbeat(port: i32, packet: i32, transport: i32, now: i64): bool {
  if (loadU16BE(transport + TRANSPORT_DESTINATION_PORT) != heartbeatPort) return false
  const sender = backendWithMac(loadMac(packet + ETHERNET_SOURCE))
  if (sender == NONE || configBackendPort(sender) != port) return false
  if (!dchain_claim_index(live, sender, now)) dchain_rejuvenate_index(live, sender, now)
  return true
}

/** The backend of the connection in `key`, which is remembered and refreshed; NONE where none is live. */
function backendOfFlow(now: i64): i32 {
  const known = expiring_map_get(flows, key, out) != 0
  const slot = known ? load<i32>(out) : NONE
  if (known) {
    const kept = load<i32>(expiring_map_value(flows, slot))
    if (dchain_is_index_allocated(live, kept)) {
      expiring_map_refresh(flows, slot, now)
      return kept
    }
  }
  if (!cht_find_preferred_available_backend(hash(key, KEY_SIZE), ring, live, out)) return NONE
  const backend = load<i32>(out)
  if (known) {
    expiring_map_refresh(flows, slot, now)
    store<i32>(expiring_map_value(flows, slot), backend)
  } else if (expiring_map_insert(flows, key, now, out)) {
    store<i32>(expiring_map_value(flows, load<i32>(out)), backend)
  }
  return backend
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  dchain_expire(live, now - heartbeatTimeout)
  expiring_map_expire(flows, now - expiration)
  if (length < ETHERNET_LENGTH) return DROP
  const type = loadU16BE(packet + ETHERNET_TYPE)
  if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) return DROP
  const ip = packet + ETHERNET_LENGTH
  const present = length - ETHERNET_LENGTH
  const isIpv6 = type == ETHERTYPE_IPV6
  const headerLength = isIpv6 ? ipv6HeaderLength(ip, present) : ipv4HeaderLength(ip, present)
  if (headerLength == 0) return DROP

  const protocol = loadU8(ip + (isIpv6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL))
  const isFirst = isIpv6 || (loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) == 0
  const end = isIpv6 ? IPV6_LENGTH + loadU16BE(ip + IPV6_PAYLOAD_LENGTH) : loadU16BE(ip + IPV4_TOTAL_LENGTH)
  const transport = ip + headerLength
  const hasTransport = isFirst && isTransport(transport, end - headerLength, protocol, isIpv6)

  if (port != wan) {
    if (hasTransport && protocol == PROTOCOL_UDP && isHeartbeat(port, packet, transport, now)) return DROP
    storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(wan))
    storeMac(packet + ETHERNET_SOURCE, configDeviceMac(wan))
    return wan
  }

  if (!hasTransport) return DROP
  if (isIpv6) setKeyIpv6(ip)
  else setKeyIpv4(ip)
  store<u32>(key, load<u32>(transport), PORTS)
  store<u16>(key, <u16>protocol, PROTOCOL)
  const backend = backendOfFlow(now)
  if (backend == NONE) return DROP
  const egress = configBackendPort(backend)
  storeMac(packet + ETHERNET_DESTINATION, configBackendMac(backend))
  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))
  return egress
}
