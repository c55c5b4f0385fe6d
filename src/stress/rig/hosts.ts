/** The hosts of test frames as a router sees them: they answer for their addresses, or it would send nothing to them. */
import { type AnsweringHost, type Ask, portsOfHosts, resolveGateways } from '../../hosts/index.js'
import { type LoadedNf, macsOf } from '../../nf/index.js'
import { carriesIpOnly, type Topology } from '../../testbed/index.js'
import { hostsOfHalf } from '../frames.js'
import { rolesOf } from './roles.js'

/**
 * Who answers at each port of a device: a host of the topology that says what it answers for, else those of the test frames
 * on that side. Nobody for a network function of ours, which asks for no addresses, where the kernel answers (raw IP), and
 * at ports of stations.
 */
export function answeringHosts(nf: LoadedNf, topology: Topology): readonly (AnsweringHost | undefined)[] {
  const found: (AnsweringHost | undefined)[] = Array.from({ length: nf.config.portCount }, () => undefined)
  if (topology.device.kind === 'wasm' || carriesIpOnly(topology)) return found
  const roles = rolesOf(nf, topology)
  const next = macsOf(nf.config, 'nextHopMac')
  const sides = roles.kind === 'sides' ? [roles.from, roles.to] : []
  for (const [side, ports] of sides.entries()) {
    const { mac, networks } = hostsOfHalf(side === 0 ? 0 : 1)
    for (const port of ports) found[port] = { mac: next?.[port] ?? mac, answers: networks }
  }
  const at = portsOfHosts(topology)
  for (const [index, { mac, answers }] of topology.hosts.entries()) {
    const port = at[index]
    if (port !== undefined && answers.length > 0) found[port] = { mac, answers }
  }
  return found
}

/** By port, the MAC addresses that frames are sent to where a host has a gateway. @throws MachineError where none answers. */
export function gatewaysOf(topology: Topology, ask: Ask): readonly (number | undefined)[] {
  return resolveGateways(topology, portsOfHosts(topology), ask)
}
