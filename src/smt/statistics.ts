/** Who answered how many queries, and how long that took. May be shared by several solvers. */
import type { Answer, BackendStatistics } from './solver.js'

export class Statistics {
  readonly #counts = new Map<string, { sat: number; unsat: number; unknown: number; seconds: number }>()

  note(by: string, status: Answer['status'], seconds: number): void {
    const counts = this.#counts.get(by) ?? { sat: 0, unsat: 0, unknown: 0, seconds: 0 }
    counts[status]++
    counts.seconds += seconds
    this.#counts.set(by, counts)
  }

  list(): BackendStatistics[] {
    return [...this.#counts].map(([by, counts]) => ({ by, ...counts }))
  }
}
