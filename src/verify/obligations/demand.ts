import type { Term } from '../../smt/index.js'

/** Something that must hold at the end of a path, in a line for people. */
export interface Demand {
  readonly what: string
  readonly holds: Term
}
