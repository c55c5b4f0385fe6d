import {
  drop,
  duration,
  expiringMap,
  forward,
  indexSet,
  ipAddress,
  listOf,
  macAddress,
  maglev,
  option,
  perPort,
  port,
  record,
  slotOf,
  spec,
  transportPort,
  u8,
  u32,
} from 'vigil-nf/spec'

/** A connection: the 5-tuple of a packet on its way to the service. */
const endpoints = { src: ipAddress, dst: ipAddress, srcPort: transportPort, dstPort: transportPort }
export const Flow = record({ version: u8, protocol: u8, ...endpoints })

const backends = { backendMac: listOf(macAddress), backendPort: listOf(port), height: u32 }
const heartbeats = { heartbeatPort: transportPort, heartbeatTimeout: duration }
const macs = { deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }
const options = { returnTraffic: option('forward', 'drop') }

export default spec({
  title: 'Load balancer by consistent hashing (Eisenbud et al., "Maglev", NSDI 2016)',
  config: { wan: port, capacity: u32, expiration: duration, ...backends, ...heartbeats, ...macs, ...options },
  state: ({ capacity, backendMac, height }) => ({
    live: indexSet(backendMac.length),
    ring: maglev(Flow, backendMac.length, height),
    flows: expiringMap(Flow, capacity, record({ backend: slotOf(backendMac.length) })),
  }),

  process({ packet, ingress, now, config, live, ring, flows, rewriteMacs }) {
    live.expireOlderThan(now - config.heartbeatTimeout) // Maglev section 3.2: silent backends leave
    flows.expireOlderThan(now - config.expiration)
    const { ethernet, ip, transport, udp } = packet
    if (!ethernet || !ip) return drop() // neither IPv4 nor IPv6, or malformed

    if (ingress !== config.wan) {
      const sender = config.backendMac.indexOf(ethernet.src)
      const heartbeat = udp !== undefined && udp.dstPort === config.heartbeatPort
      if (heartbeat && sender !== undefined && config.backendPort.at(sender) === ingress) {
        live.touch(sender, now)
        return drop() // Maglev section 3.2: a heartbeat, consumed
      }
      if (config.returnTraffic === 'drop') return drop() // Maglev section 2.1: direct server return
      return forward(config.wan, packet.with(rewriteMacs(config.wan))) // a backend's answer
    }

    if (!transport) return drop() // no ports to tell connections by
    const { version, protocol, src, dst } = ip
    const flow = Flow({ version, protocol, src, dst, srcPort: transport.srcPort, dstPort: transport.dstPort })
    const known = flows.get(flow)
    const kept = known === undefined ? undefined : flows.valueAt(known).backend
    const backend = kept !== undefined && live.has(kept) ? kept : ring.pick(flow, live) // Maglev section 3.3
    if (backend === undefined) return drop() // no backend is live
    const slot = flows.touch(flow, now) ?? flows.insert(flow, now, { backend })
    if (slot !== undefined) flows.setValue(slot, { backend }) // where the table is full, the ring alone decides
    const egress = config.backendPort.at(backend)
    const addresses = { src: config.deviceMac.at(egress), dst: config.backendMac.at(backend) }
    return forward(egress, packet.with({ ethernet: addresses })) // Maglev section 3.1, delivered at layer 2
  },
})
