import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import balancer from '../spec.js'

export const heartbeatsAreConsumed = property(balancer, {
  title: 'A heartbeat makes its backend live, and goes nowhere',
  clause: 'Maglev section 3.2: health is between the balancer and its backends',
  check({ packet, ingress, now, config, output, after }) {
    const { ethernet, udp } = packet
    const sender = ethernet && config.backendMac.indexOf(ethernet.src)
    if (ingress === config.wan || sender === undefined || udp?.dstPort !== config.heartbeatPort) return any()
    if (config.backendPort.at(sender) !== ingress) return any()
    return must(!output.packet && after.live.has(sender) && after.live.timeAt(sender) === now)
  },
})

export const backendsAnswerToWanOnly = property(balancer, {
  title: 'What comes from a backend leaves by wan, or not at all',
  clause: 'README: backends do not reach each other',
  check({ ingress, config, output }) {
    return ingress === config.wan || !output.packet ? any() : must(output.ports === 1 << config.wan)
  },
})

export const otherThanIpDropped = property(balancer, {
  title: 'What is neither IPv4 nor IPv6, or is malformed, goes nowhere',
  clause: 'RFC 791 section 3.1, RFC 8200 section 3',
  check({ packet }) {
    return packet.ip ? any() : drop()
  },
})

export const onlyEthernetAddressesChange = property(balancer, {
  title: 'A packet leaves with all bytes but its Ethernet addresses as they came',
  clause: 'README: delivery at layer 2, so that backends see the service address',
  check({ packet, output }) {
    return output.packet ? forwardToSet(output.ports, packet.with({ ethernet: { src: any, dst: any } })) : any()
  },
})
