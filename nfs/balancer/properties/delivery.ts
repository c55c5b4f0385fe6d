import { any, drop, forward, must, type Packet, property } from 'vigil-nf/spec'
import balancer, { Flow } from '../spec.js'

/** The connection of a packet from a client. */
function connectionOf({ ip, transport }: Packet) {
  if (!ip || !transport) return undefined
  const { version, protocol, src, dst } = ip
  return Flow({ version, protocol, src, dst, srcPort: transport.srcPort, dstPort: transport.dstPort })
}

export const onlyLiveBackends = property(balancer, {
  title: 'What comes from clients goes to one backend that lives: by its port, to its address',
  clause: 'Maglev section 3.2: unhealthy backends leave the ring',
  check({ ingress, config, output, live }) {
    if (ingress !== config.wan || !output.packet) return any()
    const dst = output.packet.ethernet?.dst
    let isLive = false
    for (let backend = 0; backend < config.backendMac.length; backend++) {
      const isMeant = dst === config.backendMac.at(backend) && output.ports === 1 << config.backendPort.at(backend)
      if (isMeant && live.has(backend)) isLive = true
    }
    return must(isLive)
  },
})

export const nobodyLivesNothingPasses = property(balancer, {
  title: 'Where no backend lives, what comes from clients goes nowhere',
  clause: 'Maglev section 3.2',
  check({ ingress, config, live }) {
    return ingress === config.wan && live.size === 0 ? drop() : any()
  },
})

export const connectionsStay = property(balancer, {
  title: 'A known connection whose backend lives goes to that backend',
  clause: 'Maglev section 3.3: connection tracking',
  check({ packet, ingress, config, live, flows }) {
    const connection = ingress === config.wan ? connectionOf(packet) : undefined
    const slot = connection && flows.get(connection)
    if (slot === undefined) return any()
    const { backend } = flows.valueAt(slot)
    if (!live.has(backend)) return any()
    const addresses = { src: any, dst: config.backendMac.at(backend) }
    return forward(config.backendPort.at(backend), packet.with({ ethernet: addresses }))
  },
})

export const portlessDropped = property(balancer, {
  title: 'What has no ports to tell connections by is not delivered',
  clause: 'Maglev section 3.1: packets are told apart by their 5-tuple',
  check({ packet, ingress, config }) {
    return ingress === config.wan && !packet.transport ? drop() : any()
  },
})
