import { any, drop, must, property } from 'vigil-nf/spec'
import nat from '../spec.js'

export const unsolicitedInboundDropped = property(nat, {
  title: 'From outside nothing comes in to a port that no mapping has',
  clause: 'RFC 3022 section 2.2, RFC 4787 section 5',
  check({ packet, ingress, config, flows }) {
    if (ingress !== config.wan || !packet.transport) return any()
    return flows.keyAt(packet.transport.dstPort - config.startPort) ? any() : drop()
  },
})

export const otherDestinationsDropped = property(nat, {
  title: 'From outside nothing comes in that is not for the external address',
  clause: 'RFC 3022 section 4.1',
  check({ packet, ingress, config }) {
    if (ingress !== config.wan || !packet.ipv4) return any()
    return packet.ipv4.dst === config.externalIp ? any() : drop()
  },
})

export const strangersAreDroppedAndRefreshNothing = property(nat, {
  title: 'A packet to a mapping from another peer, or by another protocol, is dropped and does not keep it alive',
  clause: 'RFC 4787 section 5 (filtering) and section 4.3 (refresh)',
  check({ packet, ingress, config, output, before, after }) {
    const { ipv4, transport } = packet
    if (config.mapping !== 'addressAndPortDependent' || config.filtering !== 'asMapping') return any()
    if (ingress !== config.wan || !ipv4 || !transport) return any()
    const slot = transport.dstPort - config.startPort
    const flow = before.flows.keyAt(slot)
    if (!flow) return any()
    const isPeer = flow.peer === ipv4.src && flow.peerPort === transport.srcPort && flow.protocol === ipv4.protocol
    if (isPeer) return any()
    return must(!output.packet && !!after.flows.keyAt(slot) && after.flows.timeAt(slot) === before.flows.timeAt(slot))
  },
})

export const inboundGoesToTheOpener = property(nat, {
  title: 'What comes in leaves by the port, and to the address and port, that opened the mapping',
  clause: 'RFC 3022 section 4.1',
  check({ packet, ingress, config, output, flows }) {
    if (ingress !== config.wan || !packet.transport || !output.packet) return any()
    const flow = flows.keyAt(packet.transport.dstPort - config.startPort)
    if (!flow) return any()
    const { ipv4, transport } = output.packet
    const isRouted = output.ports === 1 << flow.port
    return must(isRouted && ipv4?.dst === flow.src && transport?.dstPort === flow.srcPort)
  },
})

export const expiredMappingsAreNotUsed = property(nat, {
  title: 'What comes in belongs to a mapping that was used within the expiration',
  clause: 'RFC 4787 REQ-5, RFC 5382 REQ-5',
  check({ packet, ingress, now, config, output, flows }) {
    if (ingress !== config.wan || !packet.transport || !output.packet) return any()
    const slot = packet.transport.dstPort - config.startPort
    return must(!!flows.keyAt(slot) && now - flows.timeAt(slot) <= config.expiration)
  },
})
