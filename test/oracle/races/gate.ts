/** A specification that only lets in what answers, and frames for it. */
import { any, drop, expiringMap, forward, ipv4Address, record, spec } from '../../../src/spec/index.js'
import { udp } from '../harness.js'

export const INSIDE = 0
export const OUTSIDE = 1
const Pair = record({ inside: ipv4Address, outside: ipv4Address })

/** Lets in only what answers; an entry lasts 1,000 nanoseconds. */
export const gate = spec({
  title: 'gate',
  config: {},
  state: () => ({ pairs: expiringMap(Pair, 64) }),
  process({ packet, ingress, now, pairs }) {
    pairs.expireOlderThan(now - 1000n)
    const { ipv4 } = packet
    if (!ipv4) return any()
    if (ingress === OUTSIDE) {
      return pairs.get(Pair({ inside: ipv4.dst, outside: ipv4.src })) === undefined ? drop() : forward(INSIDE, packet)
    }
    const pair = Pair({ inside: ipv4.src, outside: ipv4.dst })
    const known = pairs.touch(pair, now) ?? pairs.insert(pair, now)
    return known === undefined ? drop() : forward(OUTSIDE, packet)
  },
})

export const HOST = '10.0.0.1'
export const PEER = '192.0.2.1'

export function asks(n = 0): Uint8Array {
  return udp({ ip: HOST, port: 1000 + n }, { ip: PEER, port: 53 })
}

export function answers(n = 0): Uint8Array {
  return udp({ ip: PEER, port: 53 }, { ip: HOST, port: 1000 + n })
}
