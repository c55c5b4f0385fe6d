/** The ports that a topology gives a running network function: interfaces or devices that it names, or one end each of veth pairs. */
import { InputError } from '../errors.js'
import type { LoadedNf } from '../nf/index.js'
import type { PacketPort } from '../packetio/index.js'
import type { Topology } from '../testbed/index.js'
import { createPairs, inPortOrder, offerEnds, openDevices, openEnds, openInterfaces } from '../wires/index.js'

export interface RunPorts {
  readonly ports: readonly PacketPort[]
  /** Whether the other ends can be used by another process, by the number of this one. */
  readonly isOffered: boolean
  close(): void
}

/** @throws VigilError for what is wrong with them; nothing is left then. */
export async function openPorts(topology: Topology, nf: LoadedNf): Promise<RunPorts> {
  const { ports, device, file, name } = topology
  if (device.kind !== 'wasm') {
    const hint = 'vigil replay --topology sends to it'
    throw new InputError('what is under test here is not a network function', { file, line: device.line, hint })
  }
  switch (ports.kind) {
    case 'interfaces': {
      const named = inPortOrder(topology, nf.config.portCount, ports.interfaces, 'interfaces')
      return { ...(await openInterfaces(file, named, ports)), isOffered: false }
    }
    case 'dpdk': {
      if (ports.devices === undefined) {
        const hint = 'vigil replay and vigil stress run it there; or name devices under ports.devices'
        throw new InputError('rings of DPDK have both ends in one process', { file, line: ports.line, hint })
      }
      const named = inPortOrder(topology, nf.config.portCount, ports.devices, 'devices')
      return { ...(await openDevices(file, named, ports)), isOffered: false }
    }
    case 'veth':
      return await openPairs(nf, ports)
    case 'pcap':
      throw new Error('captures are no ports of this machine')
    case 'sim':
      throw new InputError(`the ports of topology ${name} are simulated`, {
        file,
        hint: 'ports: { kind: veth }, or kind: interfaces, dpdk or pcap with what each port is',
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
