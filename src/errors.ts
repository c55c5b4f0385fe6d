/**
 * The errors that a user sees. Each carries the exit code of docs/exit-codes.md; anything else that reaches the
 * command line is Vigil's own fault (exit code 70).
 */

/** Where an input is wrong; every part is optional, and printed in this order. */
export interface Where {
  readonly file?: string
  /** 1-based line in `file`. */
  readonly line?: number
  /** 1-based column in `line`. */
  readonly column?: number
  /** 1-based packet number in a capture. */
  readonly packet?: number
  /** What the user can do about it: one sentence. */
  readonly hint?: string
}

/** Base of all errors with a documented exit code. `message` is one line that says what and where. */
export class VigilError extends Error {
  readonly exitCode: number
  /** What is wrong, without where. */
  readonly what: string
  readonly where: Where

  constructor(exitCode: number, what: string, where: Where = {}, options?: ErrorOptions) {
    super(describe(what, where), options)
    this.name = new.target.name
    this.exitCode = exitCode
    this.what = what
    this.where = where
  }
}

/** Bad usage or bad input: exit code 2. */
export class InputError extends VigilError {
  constructor(what: string, where: Where = {}, options?: ErrorOptions) {
    super(2, what, where, options)
  }
}

/** This machine cannot: a privilege, device or tool is missing. Exit code 3. */
export class MachineError extends VigilError {
  constructor(what: string, where: Where = {}, options?: ErrorOptions) {
    super(3, what, where, options)
  }
}

function describe(what: string, where: Where): string {
  const place = [
    where.file === undefined
      ? ''
      : where.file +
        (where.line === undefined ? '' : `:${where.line}`) +
        (where.column === undefined ? '' : `:${where.column}`),
    where.packet === undefined ? '' : `packet ${where.packet}`,
  ].filter((part) => part !== '')
  const prefix = place.length > 0 ? `${place.join(', ')}: ` : ''
  return prefix + what + (where.hint === undefined ? '' : ` (${where.hint})`)
}
