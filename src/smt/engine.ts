/**
 * Back-ends: a profile says how to talk to a solver, an engine carries script text to one instance of it and brings back
 * what it prints. Engines know nothing of terms, and conversations (conversation.ts) nothing of processes.
 */
import type { Limits } from './solver.js'

export interface Profile {
  /** `z3-embedded`, `z3`, `cvc5` or `bitwuzla`. */
  readonly name: string
  /** Commands at the start of a fresh context; a change of them needs a fresh one. */
  prelude(limits: Required<Limits>): string
  /** Commands before each check. */
  limit(limits: Required<Limits>): string
  /** Ways to check, in one of SMT-LIB's logics: what takes long in one is often soon decided in another. */
  checks(logic: string): readonly [string, ...string[]]
}

const CHECK = '(check-sat)\n'

export interface Request {
  /** Begin in a context that has seen nothing; else go on in the present one. */
  readonly fresh: boolean
  /** Commands, the last of which prints `endMarker`. */
  readonly script: string
  /** Commands that go on in the same context, by the first line that is printed: they need not be sent then. */
  readonly next?: Readonly<Record<string, string>>
  /** Milliseconds after which the instance is given up; the solver's own limit should come first. */
  readonly patience: number
}

/** What the script printed, to the end of it; or that the instance is gone. */
export type Reply =
  /** `more`: what the commands that were to follow printed; undefined where none were, or where the engine leaves them to be sent. */
  | { readonly kind: 'text'; readonly text: string; readonly more?: string }
  | { readonly kind: 'time' }
  | { readonly kind: 'died'; readonly detail: string }

interface EngineCommon {
  readonly profile: Profile
  /** The solver's own version, for records of answers. */
  readonly version: string
  /** Whether a request that is not fresh is cheaper than a fresh one. */
  readonly incremental: boolean
  /** Ends threads and processes. */
  close(): Promise<void>
}

/** Never throws for what a solver does. A request after `time` or `died` must be fresh. */
export interface Engine extends EngineCommon {
  run(request: Request): Promise<Reply>
}

export interface SyncEngine extends EngineCommon {
  run(request: Request): Reply
}

const endMarker = '$end'

/** Printed at the end of each script, so that a script that was cut short is noticed. */
export const endCommand = `(echo "${endMarker}")\n`

/** Whether a whole line of output is the end marker; cvc5 prints it in quotes. */
export function isEndMarker(line: string): boolean {
  return line === endMarker || line === `"${endMarker}"`
}

/** What was printed before the end marker; undefined where the marker is not the last line. */
export function beforeEndMarker(text: string): string | undefined {
  const trimmed = text.trimEnd()
  const lastLine = trimmed.lastIndexOf('\n') + 1
  return isEndMarker(trimmed.slice(lastLine).trimEnd()) ? trimmed.slice(0, lastLine) : undefined
}

function z3Limits({ effort, time }: Required<Limits>): string {
  return `(set-option :rlimit ${Math.min(effort * 1000, 0xffff_ffff)})\n(set-option :timeout ${time})\n`
}

/**
 * Of integers, best without what depends on conditions inside of sums. Of its two solvers for arithmetic, the older one decides at
 * once how sums are folded, with which the newer one does not end (docs/decisions/018).
 */
function z3Checks(logic: string): readonly [string, ...string[]] {
  if (!/^QF_(UF)?LIA$/.test(logic)) return [CHECK]
  return [
    '(check-sat-using (then simplify cofactor-term-ite propagate-values smt))\n',
    '(check-sat-using (using-params smt :arith.solver 2))\n',
    CHECK,
  ]
}

export const embeddedZ3: Profile = {
  name: 'z3-embedded',
  prelude: () => '',
  limit: z3Limits,
  checks: z3Checks,
}

/** A solver that is a program and reads SMT-LIB from its standard input. */
export interface ProgramProfile extends Profile {
  readonly program: string
  readonly args: readonly string[]
  /** Arguments that make it print its version and exit. */
  readonly versionArgs: readonly string[]
}

export const nativeZ3: ProgramProfile = {
  name: 'z3',
  program: 'z3',
  args: ['-in', '-smt2'],
  versionArgs: ['--version'],
  // Of its two solvers for arithmetic, the older one decides what the newer one of version 4.8 does not end with.
  prelude: () => '(set-option :smt.arith.solver 2)\n',
  limit: z3Limits,
  checks: z3Checks,
}

export const cvc5: ProgramProfile = {
  name: 'cvc5',
  program: 'cvc5',
  args: ['--lang', 'smt2', '--quiet'],
  versionArgs: ['--version'],
  // Its units of resources are about fifty times as large as Z3's, and can be limited only at the start.
  prelude: ({ effort }) =>
    `(set-option :incremental true)\n(set-option :produce-models true)\n(set-option :rlimit-per ${effort * 20})\n`,
  limit: ({ time }) => `(set-option :tlimit-per ${time})\n`,
  checks: () => [CHECK],
}

export const bitwuzla: ProgramProfile = {
  name: 'bitwuzla',
  program: 'bitwuzla',
  args: ['--lang', 'smt2'],
  versionArgs: ['--version'],
  // It has no limit but time.
  prelude: ({ time }) => `(set-option :produce-models true)\n(set-option :time-limit-per ${time})\n`,
  limit: () => '',
  checks: () => [CHECK],
}
