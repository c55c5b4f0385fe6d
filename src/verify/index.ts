/**
 * Proofs that a network function's binary meets its specification. `loadSubject` loads both; `prove` explores every path
 * of the binary (machine/) and of the specification (src/domains/symbolic) on the same packet, and has every obligation
 * decided by a solver. Proved means that all hold; anything else is undecided, with its causes. With `anyConfig`,
 * `loadSubject` gives a subject that stands for every configuration that nf.yaml allows, in cases (`configurations`);
 * `prove` proves each, and says in `Proof.configuration` what that covers.
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
export {
  type Configuration,
  type ConfiguredAs,
  configurations,
  configuredIn,
  loadSubject,
  type Subject,
  type SubjectOptions,
} from './subject.js'
