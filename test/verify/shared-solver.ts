/**
 * One embedded Z3 for all proofs of a test file: its engine need not start and warm up for each. A proof waits for its
 * answers, so that no two of them are in each other's way.
 */
import { openSyncSolver, type SyncSolver } from '../../src/smt/index.js'

let opened: Promise<SyncSolver> | undefined

export function sharedSolver(): Promise<SyncSolver> {
  opened ??= openSyncSolver({ backends: ['z3-embedded'] })
  return opened
}
