import {
  any,
  drop,
  duration,
  expiringMap,
  forward,
  ipv4Address,
  macAddress,
  option,
  perPort,
  port,
  prefixTable,
  record,
  spec,
  transportPort,
  u32,
} from 'vigil-nf/spec'

// A mapping as answers come to it, with who asked; and sources that have another port outside than their own.
export const Answer = record({ external: transportPort, peer: ipv4Address, peerPort: transportPort })
export const Inside = record({ src: ipv4Address, srcPort: transportPort })

const device = { wan: port, external: ipv4Address, address: perPort(ipv4Address), routes: prefixTable(port) }
const table = { maxFlows: u32, timeout: duration, surplus: option('pass', 'drop') }

export default spec({
  title: 'NAT that keeps ports where it can, one mapping for each peer (RFC 4787), and router (RFC 1812)',
  config: { ...device, ...table, deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) },
  state: ({ maxFlows }) => ({
    answers: expiringMap(Answer, maxFlows, Inside),
    moved: expiringMap(Inside, maxFlows),
  }),

  process({ packet, ingress, now, config, answers, moved, rewriteMacs }) {
    answers.expireOlderThan(now - config.timeout) // RFC 4787 REQ-5
    moved.expireOlderThan(now - config.timeout)
    const { ethernet, ipv4, udp } = packet
    if (!ethernet || ethernet.dst !== config.deviceMac.at(ingress)) return drop() // for other stations, or for all (RFC 1812 section 5.3.4)
    if (!ipv4) return drop() // not legal IPv4 (RFC 1812 section 5.2.2)
    if (!ipv4.checksumRight) return drop() // wrong header checksum (RFC 1812 section 5.2.2)
    const { src, dst, ttl, protocol, flags, fragmentOffset } = ipv4
    if (ipv4.headerLength > 20) return any() // options (RFC 1812 section 5.2.4.1)
    if ((flags & 1) !== 0 || fragmentOffset !== 0) return any() // fragments are put together first (RFC 4787 REQ-14)
    if (config.routes.lookup(src) !== ingress) return drop() // from an address that is not there (RFC 3704 section 2.2)
    if (protocol !== 17) return any() // only UDP is specified
    if (!udp) return drop() // not legal UDP (RFC 768)
    const { srcPort, dstPort } = udp
    const surplus = ipv4.totalLength - ipv4.headerLength - udp.length
    if (config.surplus === 'drop' && udp.checksum !== 0 && surplus > 0) return drop() // bytes behind the datagram (RFC 9868 section 6)
    if (!udp.checksumRight) return drop() // wrong checksum (RFC 768)

    if (ingress === config.wan) {
      if (dst !== config.external) return drop() // for nobody that is known outside (RFC 3022 section 2.2)
      const answer = answers.touch(Answer({ external: dstPort, peer: src, peerPort: srcPort }), now) // RFC 4787 REQ-6
      if (answer === undefined) return drop() // no such mapping, or not of this peer (RFC 4787 section 5)
      const inside = answers.valueAt(answer)
      if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
      const to = config.routes.lookup(inside.src)
      if (to === undefined) return drop() // no route (RFC 1812 section 5.2.4.3)
      const back = { ipv4: { dst: inside.src, ttl: ttl - 1 }, udp: { dstPort: inside.srcPort } }
      return forward(to, packet.with(rewriteMacs(to), back)) // inbound (RFC 3022 section 4.1)
    }

    const inside = Inside({ src, srcPort })
    const answer = Answer({ external: srcPort, peer: dst, peerPort: dstPort })
    const found = answers.get(answer)
    const isOwn = found !== undefined && answers.valueAt(found).src === src // its port is its own outside
    if (isOwn) answers.refresh(found, now) // RFC 4787 REQ-6
    const other = moved.touch(inside, now)
    if (config.routes.lookup(dst) !== config.wan) return drop() // no route, or not to the other side (RFC 1812 section 5.2.4.3)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    if (!isOwn && (found !== undefined || other !== undefined)) {
      if (other === undefined) moved.insert(inside, now)
      return any() // another port, since this one is taken for this peer; which one is not followed (RFC 4787 section 4.2.1)
    }
    const slot = found ?? answers.insert(answer, now, inside)
    if (slot === undefined) return drop() // the table is full
    const out = { ipv4: { src: config.external, ttl: ttl - 1 } }
    return forward(config.wan, packet.with(rewriteMacs(config.wan), out)) // outbound, the port kept (RFC 3022 section 4.1, RFC 4787 section 4.2.1)
  },
})
