/** Who wants to know which way an instrumented specification goes, and what it compares, tells the hooks so here. */

/** A place of a module: the number that the instrumenter gave it (see `placesOf`). */
export interface ObservedPlace {
  readonly file: string
  readonly place: number
}

/** Which part of the syntax at a place is meant. */
export type ObservedPart = 'itself' | 'left' | 'right'

export interface Observer {
  /** A condition has come to this value: a truth value, or what is taken for one; symbolic where it is not decided. */
  condition(at: ObservedPlace, part: ObservedPart, value: unknown): void
  /** Two values are compared (`<`, `<=`, `>`, `>=`, `===`, `!==`), with this result. */
  compared(at: ObservedPlace, a: unknown, b: unknown, result: unknown): void
  /** `run` counts only where `condition` is `side`: it is evaluated beside what decides so. */
  under<T>(condition: unknown, side: boolean, run: () => T): T
}

let current: Observer | undefined

/** Runs `run`, of which `observer` hears. */
export function observedBy<T>(observer: Observer, run: () => T): T {
  const outer = current
  current = observer
  try {
    return run()
  } finally {
    current = outer
  }
}

export function observer(): Observer | undefined {
  return current
}
