import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import nat from '../spec.js'

export const otherThanIpv4Dropped = property(nat, {
  title: 'What is not IPv4 does not pass',
  clause: 'RFC 3022 section 1: IPv4 only; an option where it is open',
  check({ packet, config }) {
    const { ethernet } = packet
    return config.nonIpv4 === 'drop' && ethernet && ethernet.type !== 0x0800 ? drop() : any()
  },
})

export const malformedDropped = property(nat, {
  title: 'What calls itself IPv4 and is malformed does not pass',
  clause: 'RFC 791 section 3.1, RFC 1812 section 5.2.2',
  check({ packet }) {
    return packet.ethernet?.type === 0x0800 && !packet.ipv4 ? drop() : any()
  },
})

export const portlessDropped = property(nat, {
  title: 'What has no ports that could be translated does not pass',
  clause: 'RFC 3022 sections 2.2 and 6.3: TCP and UDP, first fragments',
  check({ packet }) {
    return packet.ipv4 && !packet.transport ? drop() : any()
  },
})

export const onlyAddressesAndPortsChange = property(nat, {
  title: 'Only what is translated changes: payload and all other fields stay, checksums follow',
  clause: 'RFC 3022 sections 4.1 and 4.2',
  check({ packet, ingress, config, output }) {
    if (!packet.ipv4 || !packet.transport || !output.packet || config.ttl !== 'keep') return any()
    const changed =
      ingress === config.wan
        ? { ipv4: { dst: any }, transport: { dstPort: any } }
        : { ipv4: { src: any }, transport: { srcPort: any } }
    return forwardToSet(output.ports, packet.with({ ethernet: { src: any, dst: any } }, changed))
  },
})

export const neverBackToWhereItCameFrom = property(nat, {
  title: 'A packet does not leave by the port it came in by',
  clause: 'README: no hairpinning (RFC 4787 REQ-9 is not met)',
  check({ ingress, output }) {
    return output.packet ? must(!output.leavesBy(ingress)) : any()
  },
})

export const goesToTheNextHop = property(nat, {
  title: 'What leaves goes from the address of this device on that port to the next hop there',
  clause: 'README: deviceMac and nextHopMac, a value for each port',
  check({ config, portCount, output }) {
    const ethernet = output.packet?.ethernet
    if (!ethernet) return any()
    let isRight = true
    for (let port = 0; port < portCount; port++) {
      const isMeant = ethernet.src === config.deviceMac.at(port) && ethernet.dst === config.nextHopMac.at(port)
      if (output.leavesBy(port) && !isMeant) isRight = false
    }
    return must(isRight)
  },
})
