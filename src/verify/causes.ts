/** What keeps something from being proved. */
import type { Obligation, Place } from '../domains/symbolic/path.js'
import type { Exploration, PathReport } from './exploration/explore.js'

/** Why something is not proved. */
export interface Cause {
  readonly what: string
  /** Of an obligation. */
  readonly guarantee?: Obligation['guarantee']
  readonly place: Place | undefined
  /** Paths on which it came up. */
  readonly paths: number
}

export class Causes {
  /** How many were judged. */
  obligations = 0
  readonly #found = new Map<string, Cause & { paths: number }>()

  add(what: string, place?: Place, guarantee?: Obligation['guarantee']): void {
    const name = `${what} ${JSON.stringify(place ?? null)}`
    const known = this.#found.get(name)
    if (known === undefined) this.#found.set(name, { what, place, paths: 1, ...(guarantee && { guarantee }) })
    else known.paths += 1
  }

  get list(): readonly Cause[] {
    return [...this.#found.values()]
  }

  /** Notes whatever keeps the paths from being proved. */
  judge({ paths, isComplete, isStopped }: Exploration<unknown>, what: string): void {
    if (isStopped) this.add(`${what}: no more paths were explored after ${paths.length}, of which the last fails`)
    else if (!isComplete) this.add(`${what} has more than ${paths.length} paths`)
    for (const path of paths) {
      const { end, obligations, satisfied } = path
      if (end.kind === 'undecidable') this.add(end.reason, end.place)
      // What holds on a path that cannot be shows nothing: assumptions that contradict each other would prove all.
      if ((end.kind === 'impossible' || satisfied.kind !== 'yes') && !hasFailure(path)) {
        this.add(`${what}: no packet and state are known to take a path`)
      }
      for (const { obligation, answer } of obligations) {
        this.obligations += 1
        if (answer.kind === 'holds') continue
        const why = answer.kind === 'fails' ? 'does not hold in a model' : `unknown to the solver: ${answer.reason}`
        this.add(`${obligation.guarantee}: ${obligation.what} (${why})`, obligation.place, obligation.guarantee)
      }
    }
  }
}

export function hasFailure({ obligations }: PathReport<unknown>): boolean {
  return obligations.some(({ answer }) => answer.kind !== 'holds')
}
