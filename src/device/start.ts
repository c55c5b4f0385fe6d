import { startCommand } from './command.js'
import type { DeviceOptions, DeviceUnderTest } from './device.js'
import { startNetworkFunction } from './network-function.js'

/** Starts what the topology says is under test; it takes frames then. @throws VigilError for what is wrong with it. */
export function startDevice(options: DeviceOptions): Promise<DeviceUnderTest> {
  const { topology, side, settings } = options
  const { device, file } = topology
  switch (device.kind) {
    case 'wasm':
      return startNetworkFunction(options)
    case 'command':
      return startCommand({ device, file, settings, ...side, interfaces: side.interfaces.map(({ name }) => name) })
    case 'external':
      return Promise.resolve(deviceElsewhere)
  }
}

/** A box, or what another process runs: nothing is known of it but what comes out. */
export const deviceElsewhere: DeviceUnderTest = {
  processed: undefined,
  fault: undefined,
  lost: () => ({ before: 0, after: 0 }),
  reset: undefined,
  stop: () => Promise.resolve({ ports: [] }),
}
