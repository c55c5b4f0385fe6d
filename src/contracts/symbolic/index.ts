/**
 * The symbolic reading of the contracts: terms, and the structures of src/domains/symbolic. `carryOut` is one call;
 * `symbolicState` the state behind a handle; `Checksums` what is known of checksums beside the solver.
 */
export { type Purpose, SymbolicAlgebra } from './algebra.js'
export { type CostFunction, SymbolicClock, SymbolicHash, SymbolicHeap } from './ambients.js'
export { type CallContext, type CallDone, carryOut, type SymbolicArguments } from './call.js'
export { ChecksumClass, Checksums } from './checksums.js'
export { type CallChoices, SharedChoices } from './choices.js'
export { type Coherence, type JointShape, JointState } from './joint.js'
export { type Bytes, Extent, knownBytes, type SymbolicSorts } from './sorts.js'
export { type Refinements, type StateOptions, type SymbolicState, stateOver, symbolicState } from './states.js'
export { Timeline } from './timeline.js'
