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

import {
  ADRIFT,
  ANSWERED,
  afterSegment,
  areMeant,
  ESTABLISHED,
  NOT_ITS,
  RST,
  STREAM,
  SYN,
  SYN_SENT,
  told,
  UNANSWERED,
  UNCHANGED,
} from './connections.js'

// A flow is written the way its outbound packets are: `src` is inside.
const ends = { src: ipv4Address, srcPort: transportPort, dst: ipv4Address, dstPort: transportPort }
export const Flow = record({ protocol: u8, ...ends })
export const Use = record({ opened: timestamp, last: timestamp, phase: u8 })

// What was answered is a stream with the first packet after probation (nf_conntrack_udp_packet).
const PROBATION = 2_000_000_000n

function afterDatagram(phase: number, outbound: boolean, isOld: boolean) {
  if (phase === UNANSWERED) return outbound ? UNANSWERED : ANSWERED
  return isOld ? STREAM : phase
}

const device = { wan: port, address: perPort(ipv4Address), routes: prefixTable(port) }
const freedoms = { surplus: option('pass', 'drop') }
const table = { maxFlows: u32, timeout: duration, streamTimeout: duration }

export default spec({
  title: 'Stateful firewall and router: outbound opens, inbound only for known flows (RFC 6092 section 3, RFC 1812)',
  config: { ...device, ...table, ...freedoms, deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) },
  state: ({ maxFlows }) => ({ flows: expiringMap(Flow, maxFlows, Use) }),

  process({ packet, ingress, now, config, flows, rewriteMacs }) {
    flows.expireOlderThan(now - config.streamTimeout)
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
    const surplus = udp ? ipv4.totalLength - ipv4.headerLength - udp.length : 0
    if (config.surplus === 'drop' && udp && udp.checksum !== 0 && surplus > 0) return drop() // bytes behind the datagram (RFC 9868 section 6)
    if (!transport.checksumRight) return drop() // wrong checksum (RFC 9293 section 3.1, RFC 768)
    if (tcp && !areMeant(tcp.flags)) return drop() // flags that are not set together (RFC 9293 section 3.10)
    const flags = tcp ? told(tcp.flags) : 0

    const outbound = ingress !== config.wan
    const { srcPort, dstPort } = transport
    const answer = { src: dst, srcPort: dstPort, dst: src, dstPort: srcPort }
    const flow = outbound ? Flow({ protocol, src, srcPort, dst, dstPort }) : Flow({ protocol, ...answer })
    const found = flows.get(flow)
    const use = found === undefined ? undefined : flows.valueAt(found)
    const isOver = use && use.phase < ESTABLISHED && now - use.last > config.timeout
    if (found !== undefined && isOver) flows.erase(found) // RFC 6092 REC-14, REC-35
    const known = isOver ? undefined : found
    if (!outbound && known === undefined) return drop() // nobody inside asked for it (RFC 6092 REC-17, section 3.3.1)
    if (known === undefined && tcp && flags !== SYN) return drop() // no connection begins so (RFC 6092 section 3.3.1)
    const isReset = (flags & RST) !== 0
    const isOpening = use && use.phase === SYN_SENT
    const isRefused = isOpening && isReset
    if (known !== undefined && isRefused) flows.erase(known) // RFC 9293 section 3.10.7.3
    if (known !== undefined && use && !isRefused) {
      const { opened, phase } = use
      const isAdrift = isReset || phase === ADRIFT
      const isOld = now - opened > PROBATION
      const seen = tcp
        ? afterSegment(phase, isOpening === true, outbound, flags)
        : afterDatagram(phase, outbound, isOld)
      const after = isAdrift ? ADRIFT : seen
      if (after === NOT_ITS) return drop() // a segment that its connection does not have just then (RFC 6092 REC-31)
      if (after !== UNCHANGED) {
        flows.refresh(known, now) // RFC 6092 REC-16, whatever becomes of the packet
        flows.setValue(known, Use({ opened, last: now, phase: after }))
      }
      if (isAdrift) return any() // whether a reset counts hangs on its number (RFC 5961 section 3.2); what follows is not followed
    }
    const egress = config.routes.lookup(dst)
    if (egress === undefined || egress === ingress) return drop() // no route, or not to the other side (RFC 1812 section 5.2.4.3)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    const begun = Use({ opened: now, last: now, phase: tcp ? SYN_SENT : UNANSWERED })
    if (known === undefined && flows.insert(flow, now, begun) === undefined) return drop() // the table is full
    return forward(egress, packet.with(rewriteMacs(egress), { ipv4: { ttl: ttl - 1 } })) // RFC 6092 section 3, RFC 1812 section 5.2.4
  },
})
