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
  timestamp,
  transportPort,
  u8,
  u32,
} from 'vigil-nf/spec'

// A flow is written the way its outbound packets are: `src` is inside.
export const Flow = record({ src: ipv4Address, srcPort: transportPort, dst: ipv4Address, dstPort: transportPort })
export const Use = record({ opened: timestamp, last: timestamp, answered: u8, stream: u8 })

// A flow that was answered is a stream with the first packet after this, and then kept for longer (nf_conntrack_udp_packet).
const PROBATION = 2_000_000_000n

const device = { wan: port, address: perPort(ipv4Address), routes: prefixTable(port) }
const freedoms = { surplus: option('pass', 'drop') }
const table = { maxFlows: u32, timeout: duration, streamTimeout: duration }

export default spec({
  title: 'Stateful firewall and router: outbound opens, inbound only for known flows (RFC 6092 section 3, RFC 1812)',
  config: { ...device, ...table, ...freedoms, deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) },
  state: ({ maxFlows }) => ({ flows: expiringMap(Flow, maxFlows, Use) }),

  process({ packet, ingress, now, config, flows, rewriteMacs }) {
    flows.expireOlderThan(now - config.streamTimeout)
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
    const surplus = ipv4.totalLength - ipv4.headerLength - udp.length
    if (config.surplus === 'drop' && udp.checksum !== 0 && surplus > 0) return drop() // bytes behind the datagram (RFC 9868 section 6)
    if (!udp.checksumRight) return drop() // wrong checksum (RFC 768)

    const outbound = ingress !== config.wan
    const ends = { src, srcPort: udp.srcPort, dst, dstPort: udp.dstPort }
    const answer = { src: dst, srcPort: udp.dstPort, dst: src, dstPort: udp.srcPort }
    const flow = outbound ? Flow(ends) : Flow(answer)
    const found = flows.get(flow)
    const isOver =
      found !== undefined && flows.valueAt(found).stream === 0 && now - flows.valueAt(found).last > config.timeout
    if (found !== undefined && isOver) flows.erase(found) // RFC 6092 REC-14
    const known = isOver ? undefined : found
    if (!outbound && known === undefined) return drop() // nobody inside asked for it (RFC 6092 REC-17)
    if (known !== undefined) {
      const { opened, answered } = flows.valueAt(known)
      const stream = answered === 1 && now - opened > PROBATION ? 1 : 0
      flows.refresh(known, now) // RFC 6092 REC-16, whatever becomes of the packet
      flows.setValue(known, Use({ opened, last: now, answered: outbound ? answered : 1, stream }))
    }
    const egress = config.routes.lookup(dst)
    if (egress === undefined || egress === ingress) return drop() // no route, or not to the other side (RFC 1812 section 5.2.4.3)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    const slot = known ?? flows.insert(flow, now, Use({ opened: now, last: now, answered: 0, stream: 0 }))
    if (slot === undefined) return drop() // the table is full
    return forward(egress, packet.with(rewriteMacs(egress), { ipv4: { ttl: ttl - 1 } })) // RFC 6092 section 3, RFC 1812 section 5.2.4
  },
})
