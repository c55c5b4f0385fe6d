import {
  any,
  div,
  drop,
  forward,
  ipv4Address,
  macAddress,
  option,
  perPort,
  port,
  prefixTable,
  spec,
} from 'vigil-nf/spec'

const device = { address: perPort(ipv4Address), routes: prefixTable(port) }
const macs = { deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }
const freedoms = { nonIpv4: option('drop', 'any'), ipOptions: option('drop', 'forward', 'any') }

const LINK_LOCAL = 0xa9fe // the upper half of 169.254.0.0/16

export default spec({
  title: 'IPv4 router (RFC 1812)',
  config: { ...device, ...macs, ...freedoms },
  state: () => ({}),

  process({ packet, ingress, config, rewriteMacs }) {
    const { ethernet, ipv4 } = packet
    if (!ethernet || ethernet.dst !== config.deviceMac.at(ingress)) return drop() // for other stations, or for all (RFC 1812 section 5.3.4)
    if (ethernet.type !== 0x0800) return config.nonIpv4 === 'any' ? any() : drop() // another protocol
    if (!ipv4) return drop() // not legal IPv4 (RFC 1812 section 5.2.2)
    const hasOptions = ipv4.headerLength > 20
    if (config.ipOptions === 'drop' && hasOptions) return drop() // with options (RFC 7126)
    if (config.ipOptions === 'any' && hasOptions) return any() // with options (RFC 1812 section 5.3.13)

    const { src, dst, ttl } = ipv4
    if (src < 0x01000000) return drop() // from a host that does not know its network (RFC 1812 section 5.3.7)
    if (src >= 0x7f000000 && src < 0x80000000) return drop() // from a loopback address (RFC 1812 section 5.3.7)
    if (src >= 0xe0000000 && src < 0xf0000000) return drop() // from a group (RFC 1812 section 5.3.7)
    if (div(src, 0x10000) === LINK_LOCAL) return drop() // from a link-local address (RFC 3927 section 7)
    if (src >= 0xf0000000) return drop() // from an address of no class, or from all (RFC 1812 section 5.3.7)
    if (dst < 0x01000000) return drop() // for no network (RFC 1812 section 5.3.7)
    if (dst >= 0x7f000000 && dst < 0x80000000) return drop() // for a loopback address (RFC 1812 section 5.3.7)
    if (dst >= 0xe0000000 && dst < 0xf0000000) return drop() // for a group: none is routed (RFC 1812 section 5.3.10)
    if (div(dst, 0x10000) === LINK_LOCAL) return drop() // for a link-local address (RFC 3927 section 7)
    if (dst >= 0xf0000000) return drop() // for an address of no class, or for all (RFC 1812 sections 5.3.7, 5.3.5.1)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (config.address.indexOf(dst) !== undefined) return drop() // for the router itself (RFC 1812 section 5.2.3)

    const egress = config.routes.lookup(dst) // the longest prefix (RFC 1812 section 5.2.4.3)
    if (egress === undefined) return drop() // no route (RFC 1812 section 5.2.4.3)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    if (!ipv4.checksumRight) return drop() // wrong header checksum (RFC 1812 section 5.2.2)
    return forward(egress, packet.with(rewriteMacs(egress), { ipv4: { ttl: ttl - 1 } })) // RFC 1812 sections 5.2.4, 5.3.1
  },
})
