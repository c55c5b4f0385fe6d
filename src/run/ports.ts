/** The ports that a topology gives a running network function: interfaces that it names, or one end each of veth pairs. */
import { InputError } from '../errors.js'
import type { LoadedNf } from '../nf/index.js'
import type { PacketPort } from '../packetio/index.js'
import type { Topology, TopologyNode } from '../testbed/index.js'
import { createPairs, inPortOrder, offerEnds, openEnds, openInterfaces } from '../wires/index.js'

export interface RunPorts {
  readonly ports: readonly PacketPort[]
  /** Whether the other ends can be used by another process, by the number of this one. */
  readonly isOffered: boolean
  close(): void
}

/** @throws VigilError for what is wrong with them; nothing is left then. */
export async function openPorts(topology: Topology, node: TopologyNode, nf: LoadedNf): Promise<RunPorts> {
  const { ports, device, file, name } = topology
  if (device.kind !== 'wasm') {
    const hint = 'vigil replay --topology sends to it'
    throw new InputError('what is under test here is not a network function', { file, line: device.line, hint })
  }
  switch (ports.kind) {
    case 'interfaces': {
      const interfaces = inPortOrder(node.name, nf.config.portCount, { file, interfaces: ports.interfaces })
      return { ...(await openInterfaces({ ...ports, file, interfaces })), isOffered: false }
    }
    case 'veth':
      return await openPairs(nf, ports)
    case 'sim':
      throw new InputError(`the ports of topology ${name} are simulated`, {
        file,
        hint: 'ports: { kind: veth }, or { kind: interfaces, interfaces: { dut.0: NAME, ... } }',
      })
  }
}

async function openPairs(
  { config }: LoadedNf,
  { backend, mtu }: Extract<Topology['ports'], { kind: 'veth' }>,
): Promise<RunPorts> {
  const pairs = createPairs(config, mtu)
  try {
    const offer = await offerEnds(pairs.testers)
    const ports = openEnds(pairs.devices, backend)
    const close = (): void => {
      for (const port of ports) port.close()
      offer.close()
      pairs.close()
    }
    return { ports, isOffered: true, close }
  } catch (error) {
    pairs.close()
    throw error
  }
}
