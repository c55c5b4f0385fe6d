/**
 * A policer: each destination address has a token bucket that fills at `rate` bytes a second up to `burst` bytes, and
 * a packet that enters by `wan` passes if its bucket can pay for it (RFC 2697 section 3 with one bucket).
 */
import {
  DROP,
  ETHERNET_LENGTH,
  ETHERNET_TYPE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  expiring_map_allocate,
  expiring_map_expire,
  expiring_map_insert,
  expiring_map_touch,
  expiring_map_value,
  IPV4_DESTINATION,
  IPV4_LEAST_LENGTH,
  IPV4_TOTAL_LENGTH,
  IPV6_DESTINATION,
  IPV6_LENGTH,
  IPV6_PAYLOAD_LENGTH,
  loadU8,
  loadU16BE,
} from '../../libvig/api'

@external('config', 'wan')
declare function configWan(): i32
@external('config', 'capacity')
declare function configCapacity(): i32
@external('config', 'rate')
declare function configRate(): i64
@external('config', 'burst')
declare function configBurst(): i64
@external('config', 'expiration')
declare function configExpiration(): i64
@external('config', 'count')
declare function configCount(): i32

/** Places of the alternatives of `count` in nf.yaml. */
const COUNT_IP_LENGTH: i32 = 0
const COUNT_FRAME: i32 = 1
const COUNT_FRAME_FCS: i32 = 2

/** Tokens are billionths of a byte: at `rate` bytes a second, exactly `rate` tokens a nanosecond. */
const TOKENS_PER_BYTE: u64 = 1_000_000_000

/** A bucket's key: the address in 16 bytes (IPv4 in the last 4, after zeros), then the IP version in 4. */
const KEY_SIZE: i32 = 20
const VERSION: usize = 16
/** A bucket: its tokens, and the time at which it had them. */
const BUCKET_SIZE: i32 = 16
const FILLED_AT: usize = 8

const key: i32 = <i32>memory.data(24)
const out: i32 = <i32>memory.data(4)

let buckets: i32 = 0
let wan: i32 = 0
let rate: u64 = 0
let expiration: i64 = 0
let count: i32 = 0
/** Tokens of a full bucket, below 2^63. */
let full: u64 = 0
/** Nanoseconds after which any bucket is full: the least n with rate * n >= full. */
let fillTime: u64 = 0

export function nf_init(): i32 {
  wan = configWan()
  rate = <u64>configRate()
  expiration = configExpiration()
  count = configCount()
  full = <u64>configBurst() * TOKENS_PER_BYTE
  fillTime = (full - 1) / rate + 1
  if (!expiring_map_allocate(KEY_SIZE, BUCKET_SIZE, configCapacity(), out)) return 0
  buckets = load<i32>(out)
  return 1
}

/** Bytes of the datagram at `ip` by its length field, of `present` bytes there; 0 where it is malformed. */
@inline
function ipv4Length(ip: i32, present: i32): i32 {
  if (present < IPV4_LEAST_LENGTH) return 0
  const first = loadU8(ip)
  const headerLength = (first & 15) << 2
  const totalLength = loadU16BE(ip + IPV4_TOTAL_LENGTH)
  if (first >> 4 != 4 || headerLength < IPV4_LEAST_LENGTH || totalLength < headerLength || totalLength > present) return 0
  return totalLength
}

@inline
function ipv6Length(ip: i32, present: i32): i32 {
  if (present < IPV6_LENGTH || loadU8(ip) >> 4 != 6) return 0
  const total = IPV6_LENGTH + loadU16BE(ip + IPV6_PAYLOAD_LENGTH)
  return total > present ? 0 : total
}

@inline
function setKeyIpv4(ip: i32): void {
  store<u64>(key, 0)
  store<u32>(key, 0, 8)
  store<u32>(key, load<u32>(ip + IPV4_DESTINATION), 12)
  store<u32>(key, 4, VERSION)
}

@inline
function setKeyIpv6(ip: i32): void {
  store<u64>(key, load<u64>(ip + IPV6_DESTINATION))
  store<u64>(key, load<u64>(ip + IPV6_DESTINATION, 8), 8)
  store<u32>(key, 6, VERSION)
}

/** What a packet costs, in bytes. */
@inline
function sizeOf(ipLength: i32, frameLength: i32): i32 {
  if (count == COUNT_IP_LENGTH) return ipLength
  if (count == COUNT_FRAME) return frameLength
  const padded = (frameLength < 60 ? 60 : frameLength) + 4
  return count == COUNT_FRAME_FCS ? padded : padded + 20
}

/**
 * Tokens of a bucket that had `tokens` some `elapsed` nanoseconds ago: the lesser of `full` and tokens + rate * elapsed.
 * Below `fillTime` the product is less than `full`, so the sum is below 2^64; from there on the bucket is full.
 */
@inline
function refilled(tokens: u64, elapsed: u64): u64 {
  if (elapsed >= fillTime) return full
  const sum = tokens + rate * elapsed
  return sum < full ? sum : full
}

/** Whether the bucket of the destination in `key` pays for `size` bytes; it is made, full, where there is none. */
@inline
function pays(size: i32, now: i64): bool {
  let tokens = full
  if (expiring_map_touch(buckets, key, now, out)) {
    const bucket = expiring_map_value(buckets, load<i32>(out))
    tokens = refilled(load<u64>(bucket), <u64>(now - load<i64>(bucket, FILLED_AT)))
  } else if (!expiring_map_insert(buckets, key, now, out)) return false
  const cost = <u64>size * TOKENS_PER_BYTE
  const conforms = cost <= tokens
  const bucket = expiring_map_value(buckets, load<i32>(out))
  store<u64>(bucket, conforms ? tokens - cost : tokens)
  store<i64>(bucket, now, FILLED_AT)
  return conforms
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  expiring_map_expire(buckets, now - expiration)
  if (length < ETHERNET_LENGTH) return DROP
  const egress = 1 - port
  if (port != wan) return egress
  const type = loadU16BE(packet + ETHERNET_TYPE)
  const ip = packet + ETHERNET_LENGTH
  const present = length - ETHERNET_LENGTH
  let ipLength = 0
  if (type == ETHERTYPE_IPV4) {
    ipLength = ipv4Length(ip, present)
    if (ipLength == 0) return DROP
    setKeyIpv4(ip)
  } else if (type == ETHERTYPE_IPV6) {
    ipLength = ipv6Length(ip, present)
    if (ipLength == 0) return DROP
    setKeyIpv6(ip)
  } else return egress
  return pays(sizeOf(ipLength, length), now) ? egress : DROP
}
