/** What a specification holds where only a term is known: its numbers, bigints and truth values. */
import type { Term } from '../../smt/index.js'
import { SymbolicValue } from '../../spec/instrumented/index.js'
import type { Integer } from './integer.js'

export class SymbolicNumber extends SymbolicValue {
  readonly type = 'number'
  readonly integer: Integer

  constructor(integer: Integer) {
    super()
    this.integer = integer
  }
}

export class SymbolicBigint extends SymbolicValue {
  readonly type = 'bigint'
  readonly integer: Integer

  constructor(integer: Integer) {
    super()
    this.integer = integer
  }
}

export class SymbolicTruth extends SymbolicValue {
  readonly type = 'boolean'
  readonly term: Term

  constructor(term: Term) {
    super()
    this.term = term
  }
}

/** Where only one value is possible a specification gets JavaScript's own. */
export type NumberValue = number | SymbolicNumber
export type BigintValue = bigint | SymbolicBigint
export type TruthValue = boolean | SymbolicTruth
