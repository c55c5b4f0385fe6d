/**
 * The result of a run, as data and as files.
 *
 * A run yields one `RunResult`: result.json, what `--json` prints, and what the library's functions return are the same
 * object, described by docs/schemas/result.schema.json. From it alone junit.xml and violations.pcapng are made (the
 * page for people is made by src/report). `createRunFolder` gives the place: complete under its name, or absent.
 *
 * The exit codes of all commands are the table in exit-codes.ts.
 *
 * Called by the runs (replay, verify), by report and by the command line.
 */

export type {
  ConformedCase,
  ConformSummary,
  CoverageCount,
  Deviation,
  FailureClass,
  FailureOrigin,
  RealConformance,
} from './conformed.js'
export { writeCounterexample } from './counterexample-capture.js'
export { conformWords, counterexampleParts, counterexampleText, replayWords, shellWord } from './counterexample-text.js'
export { environment } from './environment.js'
export { combineExitCodes, type ExitCode, exitCodeOf, exitCodes, exitCodesPage, verdictOfCode } from './exit-codes.js'
export { junitXml } from './junit.js'
export { originLines } from './origin-text.js'
export { placeText } from './place-text.js'
export {
  counterexamplesOf,
  hasSarif,
  judgedOf,
  type RunNf,
  type RunResult,
  stressedOf,
  type UnfinishedNf,
  verifiedOf,
  violationCountOf,
  violationsOf,
} from './run.js'
export { checkOut, createRunFolder, isRunFile, type RunFolder, type RunFolderOptions, runFiles } from './run-folder.js'
export { sarif } from './sarif.js'
export type {
  StressDirection,
  StressedNf,
  StressFigure,
  StressLatency,
  StressLimit,
  StressPoint,
  StressPort,
  StressProfile,
  StressTest,
  StressTester,
  StressTrial,
} from './stressed.js'
export type {
  BadKind,
  Difference,
  Environment,
  NfResult,
  NfSubject,
  Outcomes,
  RealPort,
  RealSummary,
  ReplaySummary,
  RunVerdict,
  SiteCount,
  TraceSummary,
  Violation,
} from './types.js'
export type {
  Counterexample,
  CounterexamplePacket,
  CounterexampleSuite,
  GuaranteeCount,
  PassedOverProperty,
  PathDecision,
  ProofCause,
  ProofVerdict,
  SolverUse,
  SourcePlace,
  SpecSite,
  VerifiedNf,
  VerifiedPath,
  VerifiedProperty,
} from './verified.js'
export type { VerifiedLibvig, VerifiedOperation, VerifiedScope } from './verified-libvig.js'
export { packageVersion } from './version.js'
export { differenceLines, nameOf, originText, shownPath, siteText, violationText } from './violation-text.js'
export { writeViolations } from './violations-capture.js'
