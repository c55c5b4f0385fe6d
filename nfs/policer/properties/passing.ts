import { any, drop, forward, forwardToSet, property } from 'vigil-nf/spec'
import policer from '../spec.js'

export const otherDirectionPasses = property(policer, {
  title: 'What does not come in by wan passes, unpoliced',
  clause: 'README: a bump in the wire that polices one direction',
  check({ packet, ingress, config, rewriteMacs }) {
    if (ingress === config.wan || !packet.ethernet) return any()
    return forward(1 - ingress, config.macs === 'rewrite' ? packet.with(rewriteMacs(1 - ingress)) : packet)
  },
})

export const malformedDropped = property(policer, {
  title: 'From wan, what calls itself IPv4 or IPv6 and is malformed does not pass',
  clause: 'RFC 791 section 3.1, RFC 8200 section 3',
  check({ packet, ingress, config }) {
    const type = packet.ethernet?.type
    return ingress === config.wan && (type === 0x0800 || type === 0x86dd) && !packet.ip ? drop() : any()
  },
})

export const noByteChanges = property(policer, {
  title: 'A packet that passes leaves as it came in',
  clause: 'README: packets are forwarded unchanged, or with rewritten Ethernet addresses',
  check({ packet, config, output }) {
    if (!output.packet || config.macs === 'rewrite') return any()
    return forwardToSet(output.ports, packet)
  },
})
