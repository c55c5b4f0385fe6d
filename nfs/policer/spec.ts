import {
  bytes,
  drop,
  duration,
  expiringMap,
  forward,
  ipAddress,
  macAddress,
  max,
  min,
  option,
  type Packet,
  perPort,
  port,
  rate,
  record,
  spec,
  timestamp,
  u8,
  u32,
  upTo,
  wide,
} from 'vigil-nf/spec'

/** Who is policed: a destination address. */
export const Destination = record({ version: u8, address: ipAddress })

/** Tokens are billionths of a byte, so that `rate` bytes a second are exactly `rate` tokens a nanosecond. */
export const TOKENS_PER_BYTE = 1_000_000_000n

type Count = 'ip-length' | 'frame' | 'frame+fcs' | 'line'

/** What the packet costs, in bytes. */
export function sizeOf(packet: Packet, ipLength: number, count: Count): number {
  if (count === 'ip-length') return ipLength
  if (count === 'frame') return packet.length
  const padded = max(packet.length, 60) + 4 // IEEE 802.3-2012 clause 3.2.8: at least 64 bytes, FCS included
  return count === 'frame+fcs' ? padded : padded + 8 + 12 // clause 3.1.1 preamble and SFD, 4A.4.2 interpacket gap
}

const bucketSize = { capacity: u32, rate, burst: bytes, expiration: duration }
const addresses = { deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }
const count = option('ip-length', 'frame', 'frame+fcs', 'line')
const options = { count, macs: option('keep', 'rewrite'), nonIp: option('forward', 'drop') }

export default spec({
  title: 'Token bucket policer for each destination address (RFC 2697 section 3 with one bucket)',
  config: { wan: port, ...bucketSize, ...addresses, ...options },
  state: ({ capacity, burst }) => ({
    buckets: expiringMap(Destination, capacity, record({ tokens: upTo(burst * TOKENS_PER_BYTE), filledAt: timestamp })),
  }),

  process({ packet, ingress, now, config, buckets, rewriteMacs }) {
    buckets.expireOlderThan(now - config.expiration) // only buckets that are full again: nf.yaml relates the two
    const { ethernet, ip } = packet
    if (!ethernet) return drop() // IEEE 802.3-2012 clause 3.1.1: no room for the addresses and the type
    const egress = 1 - ingress
    const out = config.macs === 'rewrite' ? packet.with(rewriteMacs(egress)) : packet
    if (ingress !== config.wan) return forward(egress, out) // this direction is not policed
    if (!ip) {
      if (ethernet.type === 0x0800 || ethernet.type === 0x86dd) return drop() // RFC 791 section 3.1, RFC 8200 section 3
      if (config.nonIp === 'drop') return drop() // not IP
      return forward(egress, out) // not IP: no destination address to police by
    }

    const full = config.burst * TOKENS_PER_BYTE
    const destination = Destination({ version: ip.version, address: ip.dst })
    const fresh = { tokens: full, filledAt: now } // RFC 2697 section 3: a bucket starts full
    const slot = buckets.touch(destination, now) ?? buckets.insert(destination, now, fresh)
    if (slot === undefined) return drop() // no bucket left for a new address
    const bucket = buckets.valueAt(slot)
    const tokens = min(full, bucket.tokens + config.rate * (now - bucket.filledAt)) // RFC 2697 section 3
    const cost = wide(sizeOf(packet, ip.length, config.count)) * TOKENS_PER_BYTE
    const conforms = cost <= tokens
    buckets.setValue(slot, { tokens: conforms ? tokens - cost : tokens, filledAt: now })
    if (!conforms) return drop() // RFC 2697 section 3: red, and pays nothing
    return forward(egress, out) // RFC 2697 section 3: green
  },
})
