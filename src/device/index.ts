/**
 * Devices under test behind real ports: a network function in a thread of its own, what commands set up, or a box that is
 * cabled. Also the loop that runs a network function on ports, which `vigil run` has in its own thread.
 */

export type { DeviceReport, DeviceUnderTest } from './device.js'
export { countVerdict, type ForwardCounts, Forwarder, noCounts } from './forwarder.js'
export { type Fault, forwardForAWhile, type Polling, trapOf } from './loop.js'
export { type PortReport, reportPorts } from './ports.js'
export { deviceElsewhere, startDevice } from './start.js'
