import {
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

/** A mapping: an internal endpoint talking to one external endpoint (RFC 3022 section 2.2). */
export const Flow = record({
  protocol: u8,
  srcIp: ipv4Address,
  srcPort: transportPort,
  dstIp: ipv4Address,
  dstPort: transportPort,
  port,
})

export default spec({
  title: 'Traditional NAPT (RFC 3022 section 2.2)',
  config: {
    wan: port,
    externalIp: ipv4Address,
    startPort: u16,
    maxFlows: u32,
    expiration: duration,
    deviceMac: perPort(macAddress),
    nextHopMac: perPort(macAddress),
    refreshOn: option('outbound', 'both'),
    wrongChecksum: option('keepError', 'drop'),
  },
  state: ({ maxFlows }) => ({ flows: expiringMap(Flow, maxFlows) }),

  process({ packet, ingress, now, config, flows, rewriteMacs }) {
    flows.expireOlderThan(now - config.expiration)
    const { ipv4, transport } = packet
    if (!ipv4 || !transport) return drop()
    if (config.wrongChecksum === 'drop' && !(ipv4.checksumRight && transport.checksumRight)) return drop()
    if (ingress === config.wan) {
      const slot = transport.dstPort - config.startPort
      const flow = flows.keyAt(slot)
      if (ipv4.dst !== config.externalIp || !flow || flow.dstIp !== ipv4.src) return drop()
      if (flow.dstPort !== transport.srcPort || flow.protocol !== ipv4.protocol) return drop()
      if (config.refreshOn === 'both') flows.refresh(slot, now)
      return forward(
        flow.port,
        packet.with({ ...rewriteMacs(flow.port), ipv4: { dst: flow.srcIp }, transport: { dstPort: flow.srcPort } }),
      )
    }
    const flow = Flow({
      protocol: ipv4.protocol,
      srcIp: ipv4.src,
      srcPort: transport.srcPort,
      dstIp: ipv4.dst,
      dstPort: transport.dstPort,
      port: ingress,
    })
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now)
    if (slot === undefined) return drop()
    return forward(
      config.wan,
      packet.with({
        ...rewriteMacs(config.wan),
        ipv4: { src: config.externalIp },
        transport: { srcPort: config.startPort + slot },
      }),
    )
  },
})
