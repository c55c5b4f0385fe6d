/**
 * Runs of proofs: `verify` proves network functions, each in a process of its own, several at a time, and gives the
 * object that is result.json. What is in the way of one is its entry, with its cause; the others are kept. `listObligations` only lists what there is to show.
 *
 * Called by the command line and as a library. The engine itself (../index.ts) is loaded by the processes only.
 */
export { type VerifyLibvigOptions, verifyLibvig } from './libvig.js'
export { listObligations, type ObligationList } from './list.js'
export type { ListedNf, PlainObligation } from './listed-nf.js'
export { type SolverName, solverNames, type VerifyOptions, type VerifyProgress, type VerifyResult } from './options.js'
export type { StartTask } from './process.js'
export { verify } from './verify.js'
