/** Testers' ends that are hosts of the kernel, for raw IP: each has an address, and a gateway to all that is behind a device. */
import { InputError } from '../errors.js'
import { portsOfHosts } from '../hosts/index.js'
import { giveAddress, type LinkEnd } from '../packetio/index.js'
import type { Topology, TopologyHost } from '../testbed/index.js'

/** Makes one a host that passes nothing on, though the machine may be a router; of IPv4, IPv6 or both. */
export function beHost(
  end: LinkEnd,
  { ip, gateway, version6 }: Pick<TopologyHost, 'ip' | 'gateway' | 'version6'>,
): void {
  if (gateway !== undefined) {
    end.namespace.write('/proc/sys/net/ipv4/conf/all/forwarding', '0')
    giveAddress(end, ip, gateway)
  }
  if (version6 !== undefined) {
    end.namespace.write('/proc/sys/net/ipv6/conf/all/forwarding', '0')
    giveAddress(end, version6.ip, version6.gateway)
  }
}

/** Makes each the host that the topology links to that port of the device. @throws InputError where there is none. */
export function beHosts(topology: Topology, ends: readonly LinkEnd[]): void {
  const { hosts, nodes, ports, file } = topology
  const portOfHost = portsOfHosts(topology)
  for (const [port, end] of ends.entries()) {
    const host = hosts.find((each, i) => portOfHost[i] === port && (each.gateway ?? each.version6) !== undefined)
    if (host !== undefined) {
      beHost(end, host)
      continue
    }
    throw new InputError(`raw_ip has no way from port ${nodes[0]?.name}.${port}`, {
      file,
      ...(ports.kind === 'sim' ? {} : { line: ports.line }),
      hint: 'link a host to it that has an ip and a gateway, the address of the device there, or ip6 and gateway6',
    })
  }
}
