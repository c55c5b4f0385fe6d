/**
 * What the symbolic domain asks of an exploration. A run follows one path: wherever a condition is not known, the path
 * says which way to go, remembers it, and the run goes on; the other way is another run from the start. Both sides, the
 * network function and its specification, are run on the same path, one after the other.
 */
import type { Sort, Term, Terms } from '../../smt/index.js'

/** A place in a source, for reports: a byte offset of a binary, or a line of a specification. */
export type Place =
  | { readonly kind: 'binary'; readonly functionIndex: number; readonly offset: number }
  | { readonly kind: 'source'; readonly file: string; readonly line: number; readonly column?: number }

/** What has to hold wherever the path leads; plain data, so that it can be listed without being solved. */
export interface Obligation {
  /** What kind of guarantee it is part of. */
  readonly guarantee:
    | 'no trap'
    | 'memory'
    | 'precondition'
    | 'verdict'
    | 'bytes'
    | 'state'
    | 'specification'
    | 'property'
    | 'isolation'
  /** One line for people: what would be wrong. */
  readonly what: string
  readonly place: Place | undefined
  readonly holds: Term
  /** Only tried: what does not hold is given up, and nothing else rests on it. */
  readonly isTried?: true
}

export interface Path {
  readonly terms: Terms
  /** How many facts are known by now. */
  readonly factCount: number
  /** How many steps have brought it here: runs that begin with them are the same up to here. */
  readonly stepCount: number
  /** Which way the path goes: true where `condition` (Bool) holds on it from here on. Constants decide nothing. */
  decide(condition: Term, place?: Place): boolean
  /** A fact that holds on this path whatever is decided: an invariant, what a contract promises. */
  assume(fact: Term): void
  /** Whether the path implies `condition`: true only where a solver says so. */
  proves(condition: Term): boolean
  /** Notes what must hold here. Later obligations may take it for granted: the first that fails is the one reported. */
  oblige(obligation: Obligation): void
  /** A constant of which nothing is known. On runs that go the same way it is the same term. */
  fresh(name: string, sort: Sort): Term
}

/** The same path, but for what is given. */
export function pathWith(path: Path, changed: Partial<Pick<Path, 'decide' | 'fresh'>>): Path {
  return {
    terms: path.terms,
    get factCount() {
      return path.factCount
    },
    get stepCount() {
      return path.stepCount
    },
    decide: (condition, place) => path.decide(condition, place),
    assume: (fact) => path.assume(fact),
    proves: (condition) => path.proves(condition),
    oblige: (obligation) => path.oblige(obligation),
    fresh: (name, sort) => path.fresh(name, sort),
    ...changed,
  }
}

/** The same path, on which constants have names of their own: what is chosen there is never taken for what is chosen elsewhere. */
export function withOwnNames(path: Path, owner: string): Path {
  return pathWith(path, { fresh: (name, sort) => path.fresh(`${owner}.${name}`, sort) })
}

/** Ends the run of a path that cannot be followed; the verdict is then undecided, for this reason. */
export class Undecidable extends Error {
  readonly reason: string
  readonly place: Place | undefined

  constructor(reason: string, place?: Place) {
    super(reason)
    this.name = 'Undecidable'
    this.reason = reason
    this.place = place
  }
}
