/** What a run can be told, and what can be asked of the stepper while it runs. */
import type { FunctionCode, Instruction } from './module.js'

/** Limits are for one run: one call from outside, with all that it calls. */
export interface StepperOptions {
  /** Most instructions. */
  readonly steps?: number
  /** Most branches taken back to the start of a loop. */
  readonly backBranches?: number
  /** Most calls within calls; beyond, the run traps with `call stack exhausted`. */
  readonly callDepth?: number
  /** Called before each instruction. */
  readonly trace?: (code: FunctionCode, instruction: Instruction) => void
}

export const DEFAULT_STEPS = 1_000_000_000
export const DEFAULT_CALL_DEPTH = 10_000
