/** Mutants of network functions: what a specification and its proof must tell from the original. */
export type { MutationOperator } from './edits.js'
export { type Mutant, mutantsOf } from './mutants.js'
export { sampleOf } from './sample.js'
