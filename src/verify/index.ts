/**
 * Proofs that a network function's binary meets its specification. `loadSubject` loads both; `prove` explores every path
 * of the binary (machine/) and of the specification (src/domains/symbolic) on the same packet, and has every obligation
 * decided by a solver. With `anyConfig`, `loadSubject` gives a subject that stands for every configuration that nf.yaml
 * allows, in cases (`configurations`); `prove` proves each, and says in `Proof.configuration` what that covers. Proved means that all hold; anything else is undecided, with its causes.
 *
 * Called by run/ (the library's and the command line's `verify`), the bench and tests. Imports contracts, wasm, domains, smt.
 */
export { type Cause, type Proof, type ProofOptions, prove } from './prove.js'
export {
  type Configuration,
  type ConfiguredAs,
  configurations,
  configuredIn,
  loadSubject,
  type Subject,
  type SubjectOptions,
} from './subject.js'
