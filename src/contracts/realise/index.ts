/** From a model of the abstract state to the contents of a real libVig's heap, by libVig's own operations. */
export { type JointHandles, realiseJoint } from './joint.js'
export { bytesOf, hashOf, outOf, placeKey, type RealLibvig, SCRATCH_SIZE, Unrealisable } from './libvig.js'
export type { Values } from './slot-plan.js'
export { realise } from './structures.js'
