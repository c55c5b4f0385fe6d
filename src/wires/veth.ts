/** Links of the run's own: a pair for each port of a device, all of which ends with this process, however it ends. */
import { createVeth, type LinkEnd, NetworkNamespace } from '../packetio/index.js'

export interface Pairs {
  /** Where the device is. */
  readonly namespace: NetworkNamespace
  /** The interface of each port of the device. */
  readonly devices: readonly LinkEnd[]
  /** What is at the other end of each. */
  readonly testers: readonly LinkEnd[]
  close(): void
}

/**
 * `macs` are those of the device's interfaces, where it has some of its own (48 bits); `mtu` is in bytes.
 *
 * @throws MachineError without the privilege.
 */
export function createPairs(portCount: number, mtu: number, macs: readonly number[] = []): Pairs {
  const namespace = NetworkNamespace.create()
  const outside = NetworkNamespace.create()
  const close = (): void => {
    for (const each of [namespace, outside]) each.close()
  }
  try {
    const pairs = Array.from({ length: portCount }, (_, port) => {
      const mac = macs[port]
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
