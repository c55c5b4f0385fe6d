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
  u8,
  u32,
} from 'vigil-nf/spec'

import {
  ADRIFT,
  afterSegment,
  areMeant,
  NOT_ITS,
  RST,
  SYN,
  SYN_SENT,
  told,
  UNANSWERED,
  UNCHANGED,
} from '../linux-firewall/connections.js'

// A mapping as answers come to it, with who asked; and sources that have another port outside than their own.
export const Answer = record({ protocol: u8, external: transportPort, peer: ipv4Address, peerPort: transportPort })
export const Inside = record({ src: ipv4Address, srcPort: transportPort, phase: u8 })
export const Source = record({ protocol: u8, src: ipv4Address, srcPort: transportPort })

const device = { wan: port, external: ipv4Address, address: perPort(ipv4Address), routes: prefixTable(port) }
const table = { maxFlows: u32, timeout: duration, surplus: option('pass', 'drop') }

export default spec({
  title: 'NAT that keeps ports where it can, one mapping for each peer (RFC 4787), and router (RFC 1812)',
  config: { ...device, ...table, deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) },
  state: ({ maxFlows }) => ({
    answers: expiringMap(Answer, maxFlows, Inside),
    moved: expiringMap(Source, maxFlows),
  }),

  process({ packet, ingress, now, config, answers, moved, rewriteMacs }) {
    answers.expireOlderThan(now - config.timeout) // RFC 4787 REQ-5
    moved.expireOlderThan(now - config.timeout)
    const { ethernet, ipv4, transport, tcp, udp } = packet
    if (!ethernet || ethernet.dst !== config.deviceMac.at(ingress)) return drop() // for other stations, or for all (RFC 1812 section 5.3.4)
    if (!ipv4) return drop() // not legal IPv4 (RFC 1812 section 5.2.2)
    if (!ipv4.checksumRight) return drop() // wrong header checksum (RFC 1812 section 5.2.2)
    const { src, dst, ttl, protocol, fragmentOffset } = ipv4
    if (ipv4.headerLength > 20) return drop() // options (RFC 7126)
    if ((ipv4.flags & 1) !== 0 || fragmentOffset !== 0) return any() // fragments are put together first (RFC 4787 REQ-14)
    if (config.routes.lookup(src) !== ingress) return drop() // from an address that is not there (RFC 3704 section 2.2)
    if (protocol !== 6 && protocol !== 17) return any() // only TCP and UDP are specified
    if (!transport) return drop() // not legal TCP or UDP (RFC 9293 section 3.1, RFC 768)
    const { srcPort, dstPort } = transport
    const surplus = udp ? ipv4.totalLength - ipv4.headerLength - udp.length : 0
    if (config.surplus === 'drop' && udp && udp.checksum !== 0 && surplus > 0) return drop() // bytes behind the datagram (RFC 9868 section 6)
    if (!transport.checksumRight) return drop() // wrong checksum (RFC 9293 section 3.1, RFC 768)
    if (tcp && !areMeant(tcp.flags)) return drop() // flags that are not set together (RFC 9293 section 3.10)
    const flags = tcp ? told(tcp.flags) : 0

    const outbound = ingress !== config.wan
    if (!outbound && dst !== config.external) return drop() // for nobody that is known outside (RFC 3022 section 2.2)
    const ends = outbound
      ? { external: srcPort, peer: dst, peerPort: dstPort }
      : { external: dstPort, peer: src, peerPort: srcPort }
    const answer = Answer({ protocol, ...ends })
    const found = answers.get(answer)
    const inside = found === undefined ? undefined : answers.valueAt(found)
    const other = outbound ? moved.touch(Source({ protocol, src, srcPort }), now) : undefined
    const isOwn = inside !== undefined && (!outbound || inside.src === src) // its port is its own outside
    if (!outbound && found === undefined) return drop() // no such mapping, or not of this peer (RFC 4787 section 5)
    if (!isOwn && other === undefined && tcp && flags !== SYN) return drop() // no connection begins so (RFC 5382 section 4.2)
    const isReset = (flags & RST) !== 0
    const isOpening = isOwn && inside.phase === SYN_SENT
    const isRefused = isOpening && isReset
    if (found !== undefined && isRefused) answers.erase(found) // RFC 9293 section 3.10.7.3
    if (found !== undefined && isOwn && !isRefused) {
      const { phase } = inside
      const isAdrift = isReset || phase === ADRIFT
      const after = isAdrift ? ADRIFT : tcp ? afterSegment(phase, isOpening, outbound, flags) : UNANSWERED
      if (after === NOT_ITS) return drop() // a segment that its connection does not have just then (RFC 5382 REQ-2)
      if (after !== UNCHANGED) {
        answers.refresh(found, now) // RFC 4787 REQ-6, whatever becomes of the packet
        answers.setValue(found, Inside({ src: inside.src, srcPort: inside.srcPort, phase: after }))
      }
      if (isAdrift) return any() // whether a reset counts hangs on its number (RFC 5961 section 3.2); what follows is not followed
    }

    if (!outbound && inside !== undefined) {
      if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
      const to = config.routes.lookup(inside.src)
      if (to === undefined) return drop() // no route (RFC 1812 section 5.2.4.3)
      const back = { ipv4: { dst: inside.src, ttl: ttl - 1 }, transport: { dstPort: inside.srcPort } }
      return forward(to, packet.with(rewriteMacs(to), back)) // inbound (RFC 3022 section 4.1)
    }
    if (config.routes.lookup(dst) !== config.wan) return drop() // no route, or not to the other side (RFC 1812 section 5.2.4.3)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    if (!isOwn && (found !== undefined || other !== undefined)) {
      if (other === undefined) moved.insert(Source({ protocol, src, srcPort }), now)
      return any() // another port, since this one is taken for this peer; which one is not followed (RFC 4787 section 4.2.1)
    }
    const begun = Inside({ src, srcPort, phase: tcp ? SYN_SENT : UNANSWERED })
    if (found === undefined && answers.insert(answer, now, begun) === undefined) return drop() // the table is full
    const out = { ipv4: { src: config.external, ttl: ttl - 1 } }
    return forward(config.wan, packet.with(rewriteMacs(config.wan), out)) // outbound, the port kept (RFC 3022 section 4.1, RFC 4787 section 4.2.1)
  },
})
