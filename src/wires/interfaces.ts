/** The interfaces that a topology names. */
import type { Server } from 'node:net'

import { InputError } from '../errors.js'
import { openPort, type PacketPort, type PortOptions } from '../packetio/index.js'
import type { Topology, TopologyInterface, TopologyPorts } from '../testbed/index.js'
import { claim, placed } from './claim.js'

export interface Opened {
  readonly ports: readonly PacketPort[]
  close(): void
}

/**
 * Opens them in the order given.
 *
 * @throws InputError with the line of the one that is not there, down, in use, or this machine's own.
 */
export async function openInterfaces(
  file: string,
  named: readonly TopologyInterface[],
  { allow, backend }: Extract<TopologyPorts, { kind: 'interfaces' }>,
  options: Pick<PortOptions, 'fills'> = {},
): Promise<Opened> {
  const ports: PacketPort[] = []
  const locks: Server[] = []
  const close = (): void => {
    for (const port of ports) port.close()
    for (const lock of locks) lock.close()
  }
  try {
    for (const { name, line } of named) {
      const where = { file, line }
      locks.push(await claim(name, where, allow))
      ports.push(placed(where, () => openPort(backend, name, options)))
    }
  } catch (error) {
    close()
    throw error
  }
  return { ports, close }
}

/** What is named for each port of the device, in their order. @throws InputError where one has none, or there is no such port. */
export function inPortOrder(
  { file, nodes }: Topology,
  portCount: number,
  named: readonly TopologyInterface[],
  under: 'interfaces' | 'devices',
): readonly TopologyInterface[] {
  const node = nodes[0]?.name ?? ''
  const beyond = named.find(({ port }) => port >= portCount)
  if (beyond !== undefined) {
    throw new InputError(`there is no port ${node}.${beyond.port}: it has ${portCount}`, { file, line: beyond.line })
  }
  return Array.from({ length: portCount }, (_, port) => {
    const found = named.find((each) => each.port === port)
    if (found !== undefined) return found
    throw new InputError(`port ${node}.${port} has no ${under.slice(0, -1)}`, { file, hint: `under ports.${under}` })
  })
}
