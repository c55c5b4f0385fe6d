import { any, drop, must, type Packet, property } from 'vigil-nf/spec'
import firewall, { Flow } from '../spec.js'

/** The flow of an outbound packet. */
function flowOf({ ip, transport }: Packet) {
  if (!ip || !transport) return undefined
  const { version, protocol, src, dst } = ip
  return Flow({ version, protocol, src, srcPort: transport.srcPort, dst, dstPort: transport.dstPort })
}

export const insideTalksToOutsideOnly = property(firewall, {
  title: 'What comes from inside leaves by wan, or not at all',
  clause: 'README: every other port is internal, and all of them go to wan',
  check({ ingress, config, output }) {
    return ingress === config.wan || !output.packet ? any() : must(output.ports === 1 << config.wan)
  },
})

export const flowsBelongToOnePort = property(firewall, {
  title: 'A flow that one port opened is not used by another',
  clause: 'README: a flow belongs to the port that opened it',
  check({ packet, ingress, config, flows }) {
    const flow = ingress === config.wan ? undefined : flowOf(packet)
    const slot = flow && flows.get(flow)
    return slot !== undefined && flows.valueAt(slot).port !== ingress ? drop() : any()
  },
})

export const fullTableOpensNothing = property(firewall, {
  title: 'Where the table is full, a new flow does not get out: it could not be answered',
  clause: 'README: a full table throws nobody out',
  check({ packet, ingress, config, flows }) {
    const flow = ingress === config.wan || flows.size < flows.capacity ? undefined : flowOf(packet)
    return flow && flows.get(flow) === undefined ? drop() : any()
  },
})
