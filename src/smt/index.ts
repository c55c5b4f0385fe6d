/**
 * Terms, rewriting and the door to SMT solvers: what proofs are built from. A `Terms` makes terms, shared and
 * simplified by rules that are themselves proved; `evaluate` gives their value under a model; `openSolver` decides
 * whether they can be true. Nothing here knows of packets or network functions.
 */
export { DisagreementError, SolverUseError, SortError } from './errors.js'
export type {
  Answer,
  BackendStatistics,
  Limits,
  Reason,
  Sat,
  Session,
  Solver,
  SyncSession,
  SyncSolver,
  Unknown,
  Unsat,
} from './solver.js'
export {
  type ArraySort,
  arraySort,
  type BitVecSort,
  type BoolSort,
  bitVecSort,
  boolSort,
  type IntSort,
  intSort,
  maxWidth,
  printSort,
  type Sort,
  sameSort,
} from './sorts.js'
export { type FunctionSymbol, type Op, Term } from './term.js'
export { RawTerms, Terms } from './terms.js'
export { ArrayValue, FunctionValue, Model, sameValue, type Value, valueKey, zeroOf } from './value.js'
