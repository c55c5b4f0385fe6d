/**
 * Proofs that a network function's binary meets its specification. `loadSubject` loads both; `prove` explores every path
 * of the binary (machine/) and of the specification (src/domains/symbolic) on the same packet, and has every obligation
 * decided by a solver. Proved means that all hold; anything else is undecided, with its causes.
 *
 * Called by run/ (the library's and the command line's `verify`), the bench and tests. Imports contracts, wasm, domains, smt.
 */
export {
  type LoadedProperty,
  loadInstrumentedProperties,
  loadInstrumentedPropertiesOf,
} from '../spec/load/properties.js'
export type { Cause } from './causes.js'
export { type Prepared, type ProofOptions, prepare, type SharingOptions } from './prepare.js'
export { type Proof, prove } from './prove.js'
export { type PropertyOptions, type PropertyResult, proveProperty } from './prove-property.js'
export { loadSubject, type Subject } from './subject.js'
