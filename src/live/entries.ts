/** Where inputs of a topology, and hosts that send by themselves, enter the one device of a live run. */
import { InputError } from '../errors.js'
import { portsOfHosts, refuseImpaired } from '../hosts/index.js'
import type { End, Topology } from '../testbed/index.js'

export interface Entries {
  /** Port of the device by which each input enters. */
  readonly inputs: readonly number[]
  /** The same of each host; undefined for those without a link. */
  readonly hosts: readonly (number | undefined)[]
}

/** @throws InputError for what only a simulator can do. */
export function entriesOf(topology: Topology): Entries {
  const { nodes, inputs, file } = topology
  if (nodes.length > 1) {
    throw new InputError('one network function is judged at a time on real ports', {
      file,
      hint: 'leave out ports to simulate the chain',
    })
  }
  refuseImpaired(topology)
  const hostPorts = portsOfHosts(topology)
  const portOf = (end: End): number => (end.kind === 'port' ? end.port : (hostPorts[end.host] ?? 0))
  return { inputs: inputs.map(({ at }) => portOf(at)), hosts: hostPorts }
}
