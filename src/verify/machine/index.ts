/**
 * The symbolic machine: the NF's own binary in the stepper, with terms for values, libVig's contracts for its imports and
 * the memory map as what it may touch. One run follows one path of src/verify/explore.ts.
 */
export { type ConfigAnswer, type ConfigResolver, constantConfig } from './config.js'
export { SymbolicDomain } from './domain.js'
export { type Leftover, leftoversIn } from './leftovers.js'
export { type LibvigCosts, libvigCosts } from './libvig-costs.js'
export type { CallRecord } from './machine.js'
export { type NfSource, type SymbolicNf, symbolicNf } from './nf.js'
export { anyPacket, LONGEST_FRAME, type PacketLimits } from './packet-input.js'
export {
  type PacketInput,
  type PacketOptions,
  type PacketRun,
  type Run,
  type RunEnd,
  type RunOptions,
  runInit,
  runPacket,
  type Start,
  type Written,
} from './run.js'
export type { JointParts, Structure } from './structure.js'
export { type Base, bitsOf, type MachineValue, Pointer } from './value.js'
