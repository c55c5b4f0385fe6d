/**
 * What the ports of a topology are on this machine: interfaces or devices of DPDK that it names, veth pairs or rings of the
 * run's own. Interfaces that the machine needs for itself are refused, and one is used by one run at a time; what is made is
 * gone after the run.
 */
export { offerEnds, offeredEnds } from './attach.js'
export { openDevices } from './dpdk.js'
export { notExercised } from './exercised.js'
export { inPortOrder, openInterfaces } from './interfaces.js'
export {
  type DeviceSide,
  elsewhere,
  openOwnWire,
  openTesterSide,
  refuseOwn,
  type TesterSide,
} from './tester-side.js'
export { createPairs, openEnds } from './veth.js'
export { kernelLink, type LinkDoes, refuseLost, type WatchedLink } from './watched-link.js'
