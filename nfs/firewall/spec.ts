import {
  any,
  drop,
  duration,
  expiringMap,
  forward,
  ipAddress,
  macAddress,
  option,
  perPort,
  port,
  record,
  spec,
  transportPort,
  u8,
  u32,
} from 'vigil-nf/spec'

// A flow is written the way its outbound packets are: `src` is inside. `version` tells the two kinds of address apart.
const endpoints = { src: ipAddress, srcPort: transportPort, dst: ipAddress, dstPort: transportPort }
export const Flow = record({ version: u8, protocol: u8, ...endpoints })
export const Opener = record({ port })

// IPv6 extension headers: the list of RFC 7045 section 4.
const general = (next: number) => next === 0 || next === 43 || next === 44 || next === 50 || next === 51 || next === 60
const later = (next: number) => next === 135 || next === 139 || next === 140 || next === 253 || next === 254

// What an operator sets, and what the standards leave free, chosen in nf.yaml.
const device = { wan: port, maxFlows: u32, expiration: duration }
const macAddresses = { deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }
const freedoms = {
  opens: option('any', 'syn'), // RFC 6092 section 3.3.1
  refreshOn: option('outbound', 'both'), // RFC 6092 REC-16
  macs: option('rewrite', 'keep'), // a router rewrites them, a bridge does not
  ipv6Extensions: option('drop', 'any'), // RFC 7045 section 2.1
  nonIp: option('drop', 'any'),
}

export default spec({
  title: 'Stateful firewall: outbound opens, inbound only for known flows (RFC 6092 section 3)',
  config: { ...device, ...macAddresses, ...freedoms },
  state: ({ maxFlows }) => ({ flows: expiringMap(Flow, maxFlows, Opener) }),

  process({ packet, ingress, now, config, flows, rewriteMacs }) {
    flows.expireOlderThan(now - config.expiration) // RFC 6092 REC-14
    const { ethernet, ip, ipv6, transport, tcp } = packet
    const ipType = ethernet && (ethernet.type === 0x0800 || ethernet.type === 0x86dd)
    if (!ip) return ethernet && !ipType && config.nonIp === 'any' ? any() : drop() // not legal IP (RFC 791, RFC 8200)
    if (config.ipv6Extensions === 'any' && ipv6 && (general(ipv6.nextHeader) || later(ipv6.nextHeader))) return any() // extension headers (RFC 7045 section 2.1)
    if (!transport) return drop() // neither TCP nor UDP, or a later fragment
    const { version, protocol, src, dst } = ip
    const { srcPort, dstPort } = transport

    if (ingress === config.wan) {
      const slot = flows.get(Flow({ version, protocol, src: dst, srcPort: dstPort, dst: src, dstPort: srcPort }))
      if (slot === undefined) return drop() // nobody inside asked for it (RFC 4787 section 5)
      if (config.refreshOn === 'both') flows.refresh(slot, now) // RFC 6092 REC-16
      const opener = flows.valueAt(slot).port
      return forward(opener, config.macs === 'rewrite' ? packet.with(rewriteMacs(opener)) : packet) // inbound, to the port that asked (RFC 6092 section 3)
    }

    const flow = Flow({ version, protocol, src, srcPort, dst, dstPort })
    const known = flows.get(flow)
    if (known !== undefined && flows.valueAt(known).port !== ingress) return drop() // the flow is another port's
    if (known === undefined && config.opens === 'syn' && tcp && (tcp.flags & 0x12) !== 0x02) return drop() // not a SYN (RFC 6092 section 3.3.1)
    if (known !== undefined) flows.refresh(known, now) // RFC 6092 REC-16
    const slot = known ?? flows.insert(flow, now, Opener({ port: ingress }))
    if (slot === undefined) return drop() // the table is full
    return forward(config.wan, config.macs === 'rewrite' ? packet.with(rewriteMacs(config.wan)) : packet) // outbound (RFC 6092 section 3)
  },
})
