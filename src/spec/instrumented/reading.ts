/** The reading that an instrumented specification runs in, and how long it may run. */
import type { Operators } from './operators.js'
import { currentPlace, errorHere, moveTo } from './place.js'

/** Statements, calls and turns of loops that one packet may take. */
export const FUEL = 1_000_000

interface Running {
  readonly operators: Operators
  fuel: number
}

let running: Running | undefined

/** Runs `run` with these operators for symbolic values; readings may be nested, and end with their run. */
export function withOperators<T>(operators: Operators, run: () => T, fuel = FUEL): T {
  const outer = running
  const place = currentPlace()
  running = { operators, fuel }
  try {
    return run()
  } finally {
    running = outer
    moveTo(place)
  }
}

/** The operators of the reading that runs now. */
export function operators(): Operators {
  if (running !== undefined) return running.operators
  throw errorHere('a value of one packet is used outside of its run', 'what depends on a packet belongs into state')
}

/** One step of the specification. */
export function tick(): void {
  if (running === undefined) return
  running.fuel -= 1
  if (running.fuel < 0) throw errorHere('the specification does not come to an end', 'bound the loop or the recursion')
}
