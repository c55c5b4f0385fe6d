import type { LinkEnd, NetworkNamespace } from '../packetio/index.js'
import type { AskedNf, Topology, TopologyNode } from '../testbed/index.js'
import { startCommand } from './command.js'
import type { DeviceUnderTest } from './device.js'
import type { Polling } from './loop.js'
import { startNetworkFunction } from './network-function.js'

export interface DeviceOptions {
  readonly topology: Topology
  readonly node: TopologyNode
  readonly asked: AskedNf
  /** Where its interfaces are; those of an external device, or one elsewhere, are not known. */
  readonly namespace: NetworkNamespace
  readonly interfaces: readonly LinkEnd[]
  readonly burst: number
  readonly polling: Polling
}

/** Starts what the topology says is under test; it takes frames then. @throws VigilError for what is wrong with it. */
export function startDevice(options: DeviceOptions): Promise<DeviceUnderTest> {
  const { topology, namespace, interfaces } = options
  const { device, file } = topology
  switch (device.kind) {
    case 'wasm':
      return startNetworkFunction(options)
    case 'command':
      return startCommand({ device, file, namespace, interfaces: interfaces.map(({ name }) => name) })
    case 'external':
      return Promise.resolve(deviceElsewhere)
  }
}

/** A box, or what another process runs: nothing is known of it but what comes out. */
export const deviceElsewhere: DeviceUnderTest = {
  processed: undefined,
  fault: undefined,
  lost: () => ({ before: 0, after: 0 }),
  stop: () => Promise.resolve({ ports: [] }),
}
