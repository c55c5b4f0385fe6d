/**
 * What the ports of a topology are on this machine: interfaces that it names, or veth pairs of the run's own. Interfaces
 * that the machine needs for itself are refused, and one is used by one run at a time; what is made is gone after the run.
 */
export { offerEnds, offeredEnds } from './attach.js'
export { inPortOrder, type Named, type Opened, openInterfaces } from './interfaces.js'
export { createPairs, openEnds, type Pairs } from './veth.js'
