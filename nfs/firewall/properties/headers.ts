import { any, drop, forwardToSet, property } from 'vigil-nf/spec'
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
