/**
 * NAPT for TCP and UDP over IPv4 (RFC 3022). The external port of a mapping is `startPort` plus its slot. See README.md
 * for what it does and spec.ts for exactly what.
 */
import {
  checksum_update_u16,
  checksum_update_u32,
  DROP,
  ETHERNET_DESTINATION,
  ETHERNET_LENGTH,
  ETHERNET_SOURCE,
  ETHERNET_TYPE,
  ETHERTYPE_IPV4,
  expiring_map_allocate,
  expiring_map_expire,
  expiring_map_insert,
  expiring_map_key,
  expiring_map_refresh,
  expiring_map_touch,
  expiring_map_used,
  IPV4_CHECKSUM,
  IPV4_DESTINATION,
  IPV4_FRAGMENT,
  IPV4_FRAGMENT_OFFSET_MASK,
  IPV4_LEAST_LENGTH,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  loadU16BE,
  loadU32BE,
  loadU8,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  storeMac,
  storeU16BE,
  storeU32BE,
  TCP_CHECKSUM,
  TCP_DATA_OFFSET,
  TCP_LEAST_LENGTH,
  TRANSPORT_DESTINATION_PORT,
  TRANSPORT_SOURCE_PORT,
  UDP_CHECKSUM,
  UDP_HEADER_LENGTH,
  UDP_LENGTH,
  udp_checksum_finish,
} from '../../libvig/api'

@external('config', 'wan')
declare function configWan(): i32
@external('config', 'externalIp')
declare function configExternalIp(): i32
@external('config', 'startPort')
declare function configStartPort(): i32
@external('config', 'maxFlows')
declare function configMaxFlows(): i32
@external('config', 'expiration')
declare function configExpiration(): i64
@external('config', 'deviceMac')
declare function configDeviceMac(port: i32): i64
@external('config', 'nextHopMac')
declare function configNextHopMac(port: i32): i64

/**
 * A mapping's key, bytes as in its outbound packets: internal address 4, peer's address 4, internal port 2, peer's
 * port 2, protocol 1, port of the device 1, two zeros.
 */
const KEY_SIZE = 16
const KEY_PEER = 4
const KEY_HOST_PORT = 8
const KEY_PEER_PORT = 10
const KEY_PROTOCOL = 12
const KEY_DEVICE_PORT = 13

const key = memory.data(KEY_SIZE, 8)
const found = memory.data(4, 4)

let flows: i32 = 0
let wan: i32 = 0
let externalIp: i32 = 0
let startPort: i32 = 0
let expiration: i64 = 0

export function nf_init(): i32 {
  wan = configWan()
  externalIp = configExternalIp()
  startPort = configStartPort()
  expiration = configExpiration()
  if (expiring_map_allocate(KEY_SIZE, 0, configMaxFlows(), <i32>found) == 0) return 0
  flows = load<i32>(found)
  return 1
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  expiring_map_expire(flows, now - expiration)
  if (length < ETHERNET_LENGTH || loadU16BE(packet + ETHERNET_TYPE) != ETHERTYPE_IPV4) return DROP
  const ip = packet + ETHERNET_LENGTH
  const headerLength = legalHeader(ip, length - ETHERNET_LENGTH)
  if (headerLength == 0) return DROP
  const transport = ip + headerLength
  const egress = port == wan ? inbound(ip, transport, now) : outbound(port, ip, transport, now)
  if (egress == DROP) return DROP
  storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(egress))
  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))
  return egress
}

/**
 * The header length of the IPv4 packet at `ip`, `present` bytes, where it is legal and goes on with a legal TCP or UDP
 * header; else 0.
 */
@inline
function legalHeader(ip: i32, present: i32): i32 {
  if (present < IPV4_LEAST_LENGTH) return 0
  const first = loadU8(ip)
  const headerLength = (first & 15) << 2
  const totalLength = loadU16BE(ip + IPV4_TOTAL_LENGTH)
  if (first >> 4 != 4 || headerLength < IPV4_LEAST_LENGTH) return 0
  if (totalLength < headerLength || totalLength > present) return 0
  if ((loadU16BE(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK) != 0) return 0
  const protocol = loadU8(ip + IPV4_PROTOCOL)
  return legalTransport(protocol, ip + headerLength, totalLength - headerLength) ? headerLength : 0
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

/** Translates a packet for the external address back; the internal port to send it to, or DROP. */
@inline
function inbound(ip: i32, transport: i32, now: i64): i32 {
  if (loadU32BE(ip + IPV4_DESTINATION) != externalIp) return DROP
  const slot = loadU16BE(transport + TRANSPORT_DESTINATION_PORT) - startPort
  if (expiring_map_used(flows, slot) == 0) return DROP
  const flow = expiring_map_key(flows, slot)
  if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP
  if (load<u16>(flow, KEY_PEER_PORT) != load<u16>(transport + TRANSPORT_SOURCE_PORT)) return DROP
  if (loadU8(flow + KEY_PROTOCOL) != loadU8(ip + IPV4_PROTOCOL)) return DROP
  expiring_map_refresh(flows, slot, now)
  const address = loadU32BE(flow)
  const hostPort = loadU16BE(flow + KEY_HOST_PORT)
  rewrite(ip, ip + IPV4_DESTINATION, address, transport, transport + TRANSPORT_DESTINATION_PORT, hostPort)
  return loadU8(flow + KEY_DEVICE_PORT)
}

/** Translates a packet to the external network, in its mapping or a new one; `wan`, or DROP when no port is free. */
@inline
function outbound(port: i32, ip: i32, transport: i32, now: i64): i32 {
  store<u64>(key, load<u64>(ip + IPV4_SOURCE))
  store<u32>(key, load<u32>(transport), KEY_HOST_PORT)
  store<u32>(key, loadU8(ip + IPV4_PROTOCOL) | (port << 8), KEY_PROTOCOL)
  if (expiring_map_touch(flows, <i32>key, now, <i32>found) == 0) {
    if (expiring_map_insert(flows, <i32>key, now, <i32>found) == 0) return DROP
  }
  const externalPort = startPort + load<i32>(found)
  rewrite(ip, ip + IPV4_SOURCE, externalIp, transport, transport + TRANSPORT_SOURCE_PORT, externalPort)
  return wan
}

/** Writes an address and a port, and moves the checksums that cover them along (RFC 3022 section 4.2). */
@inline
function rewrite(ip: i32, addressAt: i32, address: i32, transport: i32, portAt: i32, newPort: i32): void {
  const oldAddress = loadU32BE(addressAt)
  const oldPort = loadU16BE(portAt)
  storeU32BE(addressAt, address)
  storeU16BE(portAt, newPort)
  const header = loadU16BE(ip + IPV4_CHECKSUM)
  storeU16BE(ip + IPV4_CHECKSUM, checksum_update_u32(header, oldAddress, address))
  const isTcp = loadU8(ip + IPV4_PROTOCOL) == PROTOCOL_TCP
  const checksumAt = transport + (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM)
  const old = loadU16BE(checksumAt)
  const updated = checksum_update_u16(checksum_update_u32(old, oldAddress, address), oldPort, newPort)
  storeU16BE(checksumAt, isTcp ? updated : udp_checksum_finish(old, updated))
}
