/**
 * Terms, rewriting and the door to SMT solvers: what proofs are built from. A `Terms` makes terms, shared and
 * simplified by rules that are themselves proved; `evaluate` gives their value under a model; `openSolver` decides
 * whether they can be true. Nothing here knows of packets or network functions.
 */
export { type BackendName, requireBackends, versionOf } from './backends.js'
export { AnswerCache } from './cache.js'
export { bitwuzla, cvc5, nativeZ3, type ProgramProfile } from './engine.js'
export { DisagreementError, SolverUseError, SortError, ValueError } from './errors.js'
export { Evaluator, evaluate, isModel } from './evaluate.js'
export { type IntegerReading, integerReading, readingOf } from './integers/reading.js'
export { Knowledge } from './knowledge/knowledge.js'
export { openEngines, openForeseeingSolver, openSolver, openSyncSolver, type SolverOptions } from './open.js'
export { modelFrom, type PlainModel, plainModel } from './plain-model.js'
export { printQuery, ScriptPrinter } from './print.js'
export { reachable, variablesOf } from './reachable.js'
export { repaired } from './repair/repair.js'
export { catalogueTheorems } from './rewrite/catalogue.js'
export { type Proof, type ProofStatus, Prover } from './rewrite/prove.js'
export type { RewriteListener } from './rewrite/rewriter.js'
export type { Range } from './rewrite/rule.js'
export { appendTheorems, readTheorems } from './rewrite/rule-file.js'
export { rules } from './rewrite/rules.js'
export { RuleLog, type Theorem } from './rewrite/theorem.js'
export type {
  Answer,
  BackendStatistics,
  ForeseeingSolver,
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
export { Statistics } from './statistics.js'
export { isSubject, sharesOne, subjectsOf } from './subjects.js'
export { type FunctionSymbol, type Op, Term } from './term.js'
export { RawTerms, Terms, type TermsOptions } from './terms.js'
export { ArrayValue, FunctionValue, Model, sameValue, type Value, valueKey, zeroOf } from './value.js'
export { compiledZ3, keepCompiledZ3 } from './z3-module.js'
