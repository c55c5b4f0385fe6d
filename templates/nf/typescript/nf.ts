/**
 * pinhole in AssemblyScript, a TypeScript that compiles to WebAssembly: what it must do is in spec.ts. It has no heap and no
 * arrays; state from one packet to the next is in libVig's tables, whose handles and results are addresses of memory.
 */
import {
  DROP,
  ETHERNET_LENGTH,
  ETHERNET_TYPE,
  ETHERTYPE_IPV4,
  expiring_map_allocate,
  expiring_map_expire,
  expiring_map_get,
  expiring_map_insert,
  expiring_map_refresh,
  IPV4_DESTINATION,
  IPV4_LEAST_LENGTH,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  loadU8,
  loadU16BE,
} from '../../libvig/api'

// The values of nf.yaml, by their names.
@external('config', 'maxHosts')
declare function configMaxHosts(): i32
@external('config', 'expiration')
declare function configExpiration(): i64

const INSIDE: i32 = 0
const OUTSIDE: i32 = 1
/** A key is an IPv4 address as it stands in the packet; there is nothing to keep with it. */
const KEY_SIZE: i32 = 4
const VALUE_SIZE: i32 = 0

/** Where libVig writes a result. */
const out: i32 = <i32>memory.data(4)
let hosts: i32 = 0
let expiration: i64 = 0

/** Called once, before any packet: 1 where all is ready. */
export function nf_init(): i32 {
  expiration = configExpiration()
  if (!expiring_map_allocate(KEY_SIZE, VALUE_SIZE, configMaxHosts(), out)) return 0
  hosts = load<i32>(out)
  return 1
}

/** Whether an IPv4 header is there, whole, and its lengths fit into the `present` bytes (RFC 791). */
@inline
function isIpv4(ip: i32, present: i32): bool {
  // Try it: without this line `vigil verify pinhole` shows a packet that is read beyond its end.
  if (present < IPV4_LEAST_LENGTH) return false
  const first = loadU8(ip)
  const headerLength = (first & 15) << 2
  const totalLength = loadU16BE(ip + IPV4_TOTAL_LENGTH)
  return first >> 4 == 4 && headerLength >= IPV4_LEAST_LENGTH && totalLength >= headerLength && totalLength <= present
}

/** Called for each packet, `length` bytes at `packet`, `now` in nanoseconds. Answers with a port or DROP. */
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  expiring_map_expire(hosts, now - expiration)
  if (length < ETHERNET_LENGTH || loadU16BE(packet + ETHERNET_TYPE) != ETHERTYPE_IPV4) return DROP
  const ip = packet + ETHERNET_LENGTH
  if (!isIpv4(ip, length - ETHERNET_LENGTH)) return DROP

  if (port == OUTSIDE) return expiring_map_get(hosts, ip + IPV4_SOURCE, out) ? INSIDE : DROP

  const destination = ip + IPV4_DESTINATION
  if (expiring_map_get(hosts, destination, out)) expiring_map_refresh(hosts, load<i32>(out), now)
  else if (!expiring_map_insert(hosts, destination, now, out)) return DROP
  return OUTSIDE
}
