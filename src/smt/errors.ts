/** Errors of terms and solvers. All are mistakes of Vigil's own code or tools (exit code 70), never of a user's input. */
import { VigilError } from '../errors.js'

/** A term was built from operands of the wrong sort, width or number, or a constant does not fit. */
export class SortError extends VigilError {
  /** The operation that refused, as its method is called. */
  readonly operation: string

  constructor(operation: string, what: string) {
    super(70, `${operation}: ${what}`)
    this.operation = operation
  }
}

/** A term was evaluated whose arguments have no values, or values of the wrong sort. */
export class ValueError extends VigilError {
  constructor(what: string) {
    super(70, what)
  }
}

/** Two solvers gave opposite answers to one query: nothing that either says may be believed. */
export class DisagreementError extends VigilError {
  /** The query as SMT-LIB text. */
  readonly query: string
  /** Back-end and answer, the first one first. */
  readonly answers: readonly [string, string]

  constructor(query: string, answers: readonly [string, string]) {
    super(70, `solvers disagree: ${answers[0]}, but ${answers[1]}`)
    this.query = query
    this.answers = answers
  }
}

/** A solver was used after `close`, or `pop` without `push`. */
export class SolverUseError extends VigilError {
  constructor(what: string) {
    super(70, what)
  }
}
