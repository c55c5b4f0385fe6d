/** How a run ends. All of it is data; nothing here is thrown out of the stepper. */
import type { FunctionCode } from './module.js'

/** Why a run traps, in the words of the core test suite. */
export type TrapKind =
  | 'unreachable'
  | 'integer divide by zero'
  | 'integer overflow'
  | 'invalid conversion to integer'
  | 'out of bounds memory access'
  | 'out of bounds table access'
  | 'undefined element'
  | 'uninitialized element'
  | 'indirect call type mismatch'
  | 'call stack exhausted'

/** An instruction of a function of a module; `code.module` tells linked modules apart. */
export interface Location {
  readonly code: FunctionCode
  /** Byte offset in the file. */
  readonly offset: number
}

export type Outcome<V> =
  | { readonly kind: 'returned'; readonly values: readonly V[] }
  | { readonly kind: 'trapped'; readonly trap: TrapKind; readonly at: Location | undefined }
  /** A limit of the run was reached; nothing is known about what would have come after. */
  | { readonly kind: 'out of fuel'; readonly limit: 'steps' | 'back branches'; readonly at: Location | undefined }
  /** An instruction that the domain has no meaning for. */
  | { readonly kind: 'unsupported'; readonly what: string; readonly at: Location | undefined }

/** Thrown by a domain, a memory or a host function where the instruction traps; ends the run. */
export class Trap extends Error {
  readonly trap: TrapKind

  constructor(trap: TrapKind) {
    super(trap)
    this.name = 'Trap'
    this.trap = trap
  }
}

/** Thrown by a domain, a memory or a host function that has no answer; ends the run as `unsupported`. */
export class Unsupported extends Error {
  readonly what: string

  constructor(what: string) {
    super(`not supported: ${what}`)
    this.name = 'Unsupported'
    this.what = what
  }
}

/** Thrown where a limit of the run is reached, by a host function also where one of its own is. */
export class OutOfFuel extends Error {
  readonly limit: 'steps' | 'back branches'

  constructor(limit: 'steps' | 'back branches') {
    super(`out of ${limit}`)
    this.name = 'OutOfFuel'
    this.limit = limit
  }
}

/** The outcome that an error ends a run with; undefined where it is none of these, and to be thrown on. */
export function outcomeOf<V>(error: unknown, at: Location | undefined): Outcome<V> | undefined {
  if (error instanceof Trap) return { kind: 'trapped', trap: error.trap, at }
  if (error instanceof OutOfFuel) return { kind: 'out of fuel', limit: error.limit, at }
  if (error instanceof Unsupported) return { kind: 'unsupported', what: error.what, at }
  return undefined
}

/** `$nf_process at byte 0x1a2` */
export function printLocation({ code, offset }: Location): string {
  return `${code.name === undefined ? `function ${code.index}` : `$${code.name}`} at byte 0x${offset.toString(16)}`
}
