import { any, must, property } from 'vigil-nf/spec'
import nat, { Flow } from '../spec.js'

export const outboundSourceIsExternal = property(nat, {
  title: 'What leaves by wan comes from the external address',
  clause: 'RFC 3022 section 4.1',
  check({ packet, config, output }) {
    if (!packet.ipv4 || !output.leavesBy(config.wan)) return any()
    return must(output.packet?.ipv4?.src === config.externalIp)
  },
})

export const externalPortInRange = property(nat, {
  title: 'What leaves by wan comes from a port that is given out to mappings',
  clause: 'nf.yaml: external ports are startPort to startPort + maxFlows - 1',
  check({ packet, config, output }) {
    if (!packet.transport || !output.leavesBy(config.wan)) return any()
    const port = output.packet?.transport?.srcPort ?? 0
    return must(port >= config.startPort && port < config.startPort + config.maxFlows)
  },
})

export const noPortOverloading = property(nat, {
  title: 'An external port was free before it is used, or belonged to the same internal endpoint',
  clause: 'RFC 4787 REQ-3, RFC 5382 REQ-7: no port overloading',
  check({ packet, ingress, config, output, flows }) {
    const { ipv4, transport } = packet
    if (ingress === config.wan || !ipv4 || !transport || !output.packet?.transport) return any()
    const owner = flows.keyAt(output.packet.transport.srcPort - config.startPort)
    if (!owner) return must(true)
    const isSameHost = owner.port === ingress && owner.src === ipv4.src && owner.srcPort === transport.srcPort
    return must(isSameHost && owner.protocol === ipv4.protocol)
  },
})

export const mappingsAreKept = property(nat, {
  title: 'A packet of a mapping that lives leaves from the external port of that mapping',
  clause: 'RFC 3022 section 2.2',
  check({ packet, ingress, config, output, flows }) {
    const { ipv4, transport } = packet
    if (config.mapping !== 'addressAndPortDependent' || ingress === config.wan) return any()
    if (!ipv4 || !transport || !output.packet) return any()
    const { protocol, src, dst: peer } = ipv4
    const { srcPort, dstPort: peerPort } = transport
    const slot = flows.get(Flow({ port: ingress, protocol, src, srcPort, peer, peerPort }))
    if (slot === undefined) return any()
    return must(output.packet.transport?.srcPort === config.startPort + slot)
  },
})

export const fullTableOpensNothing = property(nat, {
  title: 'Where every external port is taken, a new conversation does not get out',
  clause: 'RFC 3022 section 3.1',
  check({ packet, ingress, config, output, flows }) {
    const { ipv4, transport } = packet
    if (config.mapping !== 'addressAndPortDependent' || ingress === config.wan) return any()
    if (!ipv4 || !transport || flows.size < flows.capacity) return any()
    const { protocol, src, dst: peer } = ipv4
    const { srcPort, dstPort: peerPort } = transport
    const slot = flows.get(Flow({ port: ingress, protocol, src, srcPort, peer, peerPort }))
    return slot === undefined ? must(output.ports === 0) : any()
  },
})
