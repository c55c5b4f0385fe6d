import { any, drop, forward, ipv4Address, macAddress, perPort, port, prefixTable, spec } from 'vigil-nf/spec'

const macAddresses = { deviceMac: perPort(macAddress), nextHopMac: perPort(macAddress) }

export default spec({
  title: 'IPv4 router (RFC 1812)',
  config: { address: perPort(ipv4Address), routes: prefixTable(port), ...macAddresses },
  state: () => ({}),

  process({ packet, ingress, config, rewriteMacs }) {
    const { ethernet, ipv4 } = packet
    if (!ethernet || ethernet.dst !== config.deviceMac.at(ingress)) return drop() // for other stations, or for all (RFC 1812 section 5.3.4)
    if (!ipv4) return drop() // not legal IPv4 (RFC 1812 section 5.2.2)
    if (!ipv4.checksumRight) return drop() // wrong header checksum (RFC 1812 section 5.2.2)
    if (ipv4.headerLength > 20) return any() // options (RFC 1812 section 5.2.4.1)
    const { src, dst, ttl } = ipv4
    if (src < 0x01000000) return drop() // from a host that does not know its network (RFC 1812 section 5.3.7)
    if (src >= 0x7f000000 && src < 0x80000000) return drop() // from a loopback address (RFC 1812 section 5.3.7)
    if (src >= 0xe0000000 && src < 0xf0000000) return drop() // from a group (RFC 1812 section 5.3.7)
    if (src >= 0xf0000000) return drop() // from an address of no class, or from all (RFC 1812 section 5.3.7)
    if (config.address.indexOf(src) !== undefined) return drop() // from one of its own addresses (RFC 1812 section 5.3.7)
    if (config.address.indexOf(dst) !== undefined) return drop() // for the router itself (RFC 1812 section 5.2.3)
    const egress = config.routes.lookup(dst)
    if (egress === undefined) return drop() // no route (RFC 1812 section 5.2.4.3)
    if (ttl <= 1) return drop() // time exceeded (RFC 1812 section 5.3.1)
    return forward(egress, packet.with(rewriteMacs(egress), { ipv4: { ttl: ttl - 1 } })) // RFC 1812 sections 5.2.4, 5.3.1
  },
})
