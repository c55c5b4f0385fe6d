import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import firewall from '../spec.js'

export const malformedDropped = property(firewall, {
  title: 'What calls itself IPv4 or IPv6 and is malformed does not pass',
  clause: 'RFC 791 section 3.1, RFC 8200 section 3',
  check({ packet }) {
    const type = packet.ethernet?.type
    return (type === 0x0800 || type === 0x86dd) && !packet.ip ? drop() : any()
  },
})

export const portlessDropped = property(firewall, {
  title: 'What has no ports to tell flows by does not pass',
  clause: 'README: TCP and UDP only, later fragments are dropped',
  check({ packet, config }) {
    const { ipv4, ipv6, transport } = packet
    return !transport && (ipv4 || (ipv6 && config.ipv6Extensions === 'drop')) ? drop() : any()
  },
})

export const onlyEthernetAddressesChange = property(firewall, {
  title: 'A packet leaves with all bytes but its Ethernet addresses as they came',
  clause: 'RFC 6092 section 3: a filter, not a translator',
  check({ packet, output }) {
    return output.packet ? forwardToSet(output.ports, packet.with({ ethernet: { src: any, dst: any } })) : any()
  },
})

export const goesToTheNextHop = property(firewall, {
  title: 'What leaves goes from the address of this device on that port to the next hop there',
  clause: 'README: deviceMac and nextHopMac, a value for each port',
  check({ config, portCount, output }) {
    const ethernet = output.packet?.ethernet
    if (!ethernet || config.macs === 'keep') return any()
    let isRight = true
    for (let port = 0; port < portCount; port++) {
      const isMeant = ethernet.src === config.deviceMac.at(port) && ethernet.dst === config.nextHopMac.at(port)
      if (output.leavesBy(port) && !isMeant) isRight = false
    }
    return must(isRight)
  },
})
