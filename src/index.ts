/**
 * Vigil as a library: what the commands call, typed. `replay` sends traces through a network function, `verify` proves
 * one; both return the object that is result.json; `loadNf`, `loadSpec` and `Oracle` are the parts, for test benches of one's own; captures,
 * generated traffic and packets come along, since such benches need them.
 *
 * test/library/example.test.ts is a test suite of a network function written with this.
 */
export * as capture from './capture/index.js'
export { InputError, MachineError, VigilError } from './errors.js'
export * as generate from './generate/index.js'
export { type LoadedNf, type LoadOptions, listNfs, loadNf, NfInstance, NfTrap } from './nf/index.js'
export {
  type Judgement,
  type LoadedProperty,
  type LoadedSpec,
  loadProperties,
  loadPropertiesOf,
  loadSpec,
  OK,
  Oracle,
  type OracleOptions,
  PropertyCheck,
  type PropertyCount,
  type PropertyFinding,
  type PropertyOutcome,
  UNDECIDED,
  VIOLATION,
  type ViolationDetail,
} from './oracle/index.js'
export * as packet from './packet/index.js'
export { type Progress, parseFilter, type ReplayOptions, replay } from './replay/index.js'
export { writeRun } from './report/index.js'
export type * from './result/index.js'
export { combineExitCodes, exitCodeOf, exitCodes } from './result/index.js'
export { type RunNfOptions, type RunProgress, type RunReport, runNf } from './run/index.js'
export { type Language, languages, type Scaffolded, scaffold } from './scaffold/index.js'
export {
  type ComparedFigure,
  compareRuns,
  type RunComparison,
  type StressOptions,
  type StressProgress,
  stress,
} from './stress/run/index.js'
export {
  type ListedNf,
  listObligations,
  type ObligationList,
  type PlainObligation,
  type VerifyOptions,
  type VerifyProgress,
  type VerifyResult,
  verify,
} from './verify/run/index.js'
