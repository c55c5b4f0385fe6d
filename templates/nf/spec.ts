import { drop, duration, expiringMap, forward, ipv4Address, record, spec, u32 } from 'vigil-nf/spec'

// What the network function must do with a packet. This text is read as it stands by `vigil replay` (it judges each
// packet), by `vigil verify` (as a formula, for every packet) and by `vigil derive` (which makes test cases of it).
// docs/spec-language.md of vigil-nf has all that can be said.

export const INSIDE = 0
export const OUTSIDE = 1

/** The table holds an entry for each host outside that somebody inside has written to. */
export const Host = record({ address: ipv4Address })

export default spec({
  title: 'Only answers come in',
  config: { maxHosts: u32, expiration: duration }, // the values of nf.yaml, by their names
  state: ({ maxHosts }) => ({ hosts: expiringMap(Host, maxHosts) }), // empty at the start

  process({ packet, ingress, now, config, hosts }) {
    hosts.expireOlderThan(now - config.expiration) // nanoseconds
    const { ipv4 } = packet // undefined where there is no IPv4 header, or a malformed one (RFC 791)
    if (!ipv4) return drop() // only IPv4 passes

    if (ingress === OUTSIDE) {
      const sender = hosts.get(Host({ address: ipv4.src }))
      if (sender === undefined) return drop() // nobody has written to it, or too long ago
      return forward(INSIDE, packet) // an answer; no byte changes
    }

    const host = Host({ address: ipv4.dst })
    const known = hosts.get(host)
    if (known !== undefined) hosts.refresh(known, now)
    else if (hosts.insert(host, now) === undefined) return drop() // the table is full
    return forward(OUTSIDE, packet)
  },
})
