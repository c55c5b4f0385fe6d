import { any, drop, must, property } from 'vigil-nf/spec'
import router from '../spec.js'

export const longestPrefixDecides = property(router, {
  title: 'What leaves does so by the port of the longest prefix that covers its destination, and by no other',
  clause: 'RFC 1812 section 5.2.4.3, rule 2',
  check({ packet, config, output }) {
    if (!packet.ipv4 || !output.packet) return any()
    const route = config.routes.lookup(packet.ipv4.dst)
    return must(route !== undefined && output.ports === 1 << route)
  },
})

export const noRouteNoPacket = property(router, {
  title: 'What no prefix covers does not pass',
  clause: 'RFC 1812 section 5.2.4.3',
  check({ packet, config }) {
    return packet.ipv4 && config.routes.lookup(packet.ipv4.dst) === undefined ? drop() : any()
  },
})

export const otherStationsKeepTheirs = property(router, {
  title: 'What is sent to another station, or to a group of them, does not pass',
  clause: 'RFC 1812 section 5.3.4',
  check({ packet, ingress, config }) {
    const { ethernet } = packet
    return ethernet && ethernet.dst !== config.deviceMac.at(ingress) ? drop() : any()
  },
})

export const ownAddressesStayInside = property(router, {
  title: 'What is for the router itself, or says that it comes from it, does not pass',
  clause: 'RFC 1812 sections 5.2.3 and 5.3.7',
  check({ packet, config }) {
    const { ipv4 } = packet
    if (!ipv4) return any()
    const isOwn = config.address.indexOf(ipv4.src) !== undefined || config.address.indexOf(ipv4.dst) !== undefined
    return isOwn ? drop() : any()
  },
})

export const onlyHostsAreRouted = property(router, {
  title: 'What is from or for a network that no host is in does not pass: 0, 127, 169.254, 224 and above',
  clause: 'RFC 1812 sections 5.3.5.1 and 5.3.7, RFC 3927 section 7',
  check({ packet }) {
    const { ipv4 } = packet
    if (!ipv4) return any()
    for (const address of [ipv4.src, ipv4.dst]) {
      const network = address >>> 24
      if (network === 0 || network === 127 || network >= 224 || address >>> 16 === 0xa9fe) return drop()
    }
    return any()
  },
})
