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
  record,
  spec,
  transportPort,
  u8,
  u16,
  u32,
} from 'vigil-nf/spec'

// A mapping is kept for an internal endpoint (port, src, srcPort) and what the mapping behaviour remembers of its peer.
const endpoints = { src: ipv4Address, srcPort: transportPort, peer: ipv4Address, peerPort: transportPort }
export const Flow = record({ port, protocol: u8, ...endpoints }) // RFC 3022 section 2.2

// What an operator sets: addresses; the table; and what the standards leave free, chosen in nf.yaml.
const device = { wan: port, externalIp: ipv4Address, deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }
const table = { startPort: u16, maxFlows: u32, expiration: duration }
const input = { wrongChecksum: option('keepError', 'drop'), nonIpv4: option('drop', 'any') }
const freedoms = {
  mapping: option('addressAndPortDependent', 'addressDependent', 'endpointIndependent'), // RFC 4787 section 4.1
  filtering: option('asMapping', 'endpointIndependent'), // RFC 4787 section 5
  opens: option('any', 'syn'), // RFC 3022 section 3.1
  refreshOn: option('outbound', 'both'), // RFC 4787 section 4.3
  ttl: option('keep', 'decrement'), // RFC 1812 section 5.3.1
}

export default spec({
  title: 'Traditional NAPT for TCP and UDP (RFC 3022)',
  config: { ...device, ...table, ...input, ...freedoms },
  state: ({ maxFlows }) => ({ flows: expiringMap(Flow, maxFlows) }),

  process({ packet, ingress, now, config, flows, rewriteMacs }) {
    flows.expireOlderThan(now - config.expiration) // RFC 4787 REQ-5, RFC 5382 REQ-5
    const { ethernet, ipv4, transport, tcp } = packet
    if (!ipv4) return ethernet && ethernet.type !== 0x0800 && config.nonIpv4 === 'any' ? any() : drop() // not legal IPv4 (RFC 791 section 3.1)
    if (!transport) return drop() // neither TCP nor UDP, or a later fragment (RFC 3022 sections 2.2, 6.3)
    if (config.wrongChecksum === 'drop' && !(ipv4.checksumRight && transport.checksumRight)) return drop() // wrong checksum (RFC 1812 section 5.2.2)
    if (config.ttl === 'decrement' && ipv4.ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    const ttl = config.ttl === 'decrement' ? ipv4.ttl - 1 : ipv4.ttl
    const { protocol, src, dst } = ipv4
    const { srcPort, dstPort } = transport
    const outbound = ingress !== config.wan
    const peer = config.mapping === 'endpointIndependent' ? 0 : outbound ? dst : src
    const peerPort = config.mapping !== 'addressAndPortDependent' ? 0 : outbound ? dstPort : srcPort

    if (!outbound) {
      const flow = flows.keyAt(dstPort - config.startPort)
      if (!flow || dst !== config.externalIp || protocol !== flow.protocol) return drop() // no such mapping (RFC 3022 section 2.2)
      if (config.filtering === 'asMapping' && (peer !== flow.peer || peerPort !== flow.peerPort)) return drop() // another peer (RFC 4787 section 5)
      if (config.refreshOn === 'both') flows.refresh(dstPort - config.startPort, now) // RFC 4787 REQ-6a
      const inside = { ipv4: { dst: flow.src, ttl }, transport: { dstPort: flow.srcPort } }
      return forward(flow.port, packet.with(rewriteMacs(flow.port), inside)) // inbound (RFC 3022 section 4.1)
    }

    const flow = Flow({ port: ingress, protocol, src, srcPort, peer, peerPort })
    if (config.opens === 'syn' && tcp && (tcp.flags & 0x12) !== 0x02 && flows.get(flow) === undefined) return drop() // not a SYN (RFC 5382 REQ-2)
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now) // RFC 4787 REQ-6
    if (slot === undefined) return drop() // no port is free (RFC 3022 section 3.1)
    const outside = { ipv4: { src: config.externalIp, ttl }, transport: { srcPort: config.startPort + slot } }
    return forward(config.wan, packet.with(rewriteMacs(config.wan), outside)) // outbound (RFC 3022 section 4.1)
  },
})
