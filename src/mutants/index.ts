/** Mutants of network functions: what a specification and its proof must tell from the original. */
export { type Mutant, mutantsOf, sampleOf } from './mutants.js'
