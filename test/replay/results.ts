/** Parts of results that tests look at. */
import type { RunResult, TraceSummary } from '../../src/result/index.js'

export function first(result: RunResult): TraceSummary {
  const [trace] = result.replay?.traces ?? []
  if (trace === undefined) throw new Error('no trace')
  return trace
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
