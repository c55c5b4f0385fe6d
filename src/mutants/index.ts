/** Mutants of network functions: what a specification and its proof must tell from the original. */
export type { MutationOperator } from './edits.js'
export { type Change, changed, changesOf, type Mutant, mutantsOf } from './mutants.js'
export { inRandomOrder, sampleOf } from './sample.js'
