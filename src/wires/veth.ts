/** Links of the run's own: a pair for each port of a device, all of which ends with this process, however it ends. */
import { macsOf, type ResolvedConfig } from '../nf/index.js'
import {
  createVeth,
  type LinkEnd,
  NetworkNamespace,
  openPort,
  type PacketPort,
  type PortOptions,
} from '../packetio/index.js'
import type { PortBackend } from '../testbed/index.js'

export interface Pairs {
  /** Where the device is. */
  readonly namespace: NetworkNamespace
  /** The interface of each port of the device. */
  readonly devices: readonly LinkEnd[]
  /** What is at the other end of each. */
  readonly testers: readonly LinkEnd[]
  close(): void
}

/** Opens ends of links, in their order; where one cannot be, none stays open. */
export function openEnds(
  ends: readonly LinkEnd[],
  backend: PortBackend = 'af_packet',
  options: Pick<PortOptions, 'fills'> = {},
): readonly PacketPort[] {
  const ports: PacketPort[] = []
  try {
    for (const { name, namespace } of ends) ports.push(openPort(backend, name, { ...options, namespace }))
    return ports
  } catch (error) {
    for (const port of ports) port.close()
    throw error
  }
}

/**
 * A pair for each port of the network function that is configured so. Where its configuration says what MAC addresses the
 * ports have (`deviceMac`), the device's interfaces have these. `mtu` is in bytes.
 *
 * @throws MachineError without the privilege.
 */
export function createPairs(config: ResolvedConfig, mtu: number): Pairs {
  const macs = macsOf(config, 'deviceMac')
  const namespace = NetworkNamespace.create()
  const outside = NetworkNamespace.create()
  const close = (): void => {
    for (const each of [namespace, outside]) each.close()
  }
  try {
    const pairs = Array.from({ length: config.portCount }, (_, port) => {
      const mac = macs?.[port]
      const device: LinkEnd = { namespace, name: `port${port}`, ...(mac === undefined ? {} : { mac }) }
      const tester: LinkEnd = { namespace: outside, name: `test${port}` }
      createVeth(device, tester, mtu)
      return { device, tester }
    })
    return {
      namespace,
      devices: pairs.map(({ device }) => device),
      testers: pairs.map(({ tester }) => tester),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
