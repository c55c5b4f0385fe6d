import { any, drop, must, type Packet, property } from 'vigil-nf/spec'
import firewall, { Flow } from '../spec.js'

/** The flow that an inbound packet answers, written the way its outbound packets are. */
function answered({ ip, transport }: Packet) {
  if (!ip || !transport) return undefined
  const { version, protocol, src: dst, dst: src } = ip
  return Flow({ version, protocol, src, srcPort: transport.dstPort, dst, dstPort: transport.srcPort })
}

export const unsolicitedInboundDropped = property(firewall, {
  title: 'From outside nothing comes in that nobody inside asked for',
  clause: 'RFC 6092 section 3, RFC 4787 section 5',
  check({ packet, ingress, config, flows }) {
    const flow = ingress === config.wan ? answered(packet) : undefined
    return flow && flows.get(flow) === undefined ? drop() : any()
  },
})

export const answersGoToTheOpener = property(firewall, {
  title: 'An answer leaves by the port that asked, and by no other',
  clause: 'RFC 6092 section 3: per-flow state',
  check({ packet, ingress, config, output, flows }) {
    const flow = ingress === config.wan ? answered(packet) : undefined
    const slot = flow && flows.get(flow)
    if (slot === undefined || !output.packet) return any()
    return must(output.ports === 1 << flows.valueAt(slot).port)
  },
})

export const expiredFlowsAreNotUsed = property(firewall, {
  title: 'What comes in belongs to a flow that was used within the expiration',
  clause: 'RFC 6092 REC-14',
  check({ packet, ingress, now, config, output, flows }) {
    const flow = ingress === config.wan && output.packet ? answered(packet) : undefined
    if (!flow) return any()
    const slot = flows.get(flow)
    return must(slot !== undefined && now - flows.timeAt(slot) <= config.expiration)
  },
})
