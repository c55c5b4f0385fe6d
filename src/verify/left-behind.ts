/**
 * Explores packets one after the other: what some path may leave in the NF's own memory is arbitrary at the start of the
 * next, so the paths are explored again until no path leaves more.
 */
import type { Path } from '../domains/symbolic/path.js'
import { type Exploration, type ExploreOptions, explore } from './explore.js'
import type { Written } from './machine/index.js'

/** The paths of the last round; the statistics are of all. */
export interface PacketsExplored<R> extends Exploration<R> {
  /** What earlier packets may have left on these paths. */
  readonly left: Written
  /** How often all paths were explored. */
  readonly rounds: number
}

/** `run` runs one packet where earlier ones may have left what is given. */
export function explorePackets<R extends { readonly written: Written }>(
  run: (path: Path, left: Written) => R,
  options: ExploreOptions,
): PacketsExplored<R> {
  let left: Written = { bytes: new Set(), globals: new Set() }
  const total = { decisions: 0, forced: 0, queries: 0, seconds: 0 }
  for (let rounds = 1; ; rounds++) {
    const exploration = explore((path) => run(path, left), options)
    const { decisions, forced, queries, seconds } = exploration.statistics
    total.decisions += decisions
    total.forced += forced
    total.queries += queries
    total.seconds += seconds
    const bytes = new Set(left.bytes)
    const globals = new Set(left.globals)
    for (const { end } of exploration.paths) {
      if (end.kind !== 'ended') continue
      for (const address of end.result.written.bytes) bytes.add(address)
      for (const index of end.result.written.globals) globals.add(index)
    }
    // Each round adds something or is the last, and there is only so much memory.
    if (bytes.size === left.bytes.size && globals.size === left.globals.size)
      return { ...exploration, statistics: total, left, rounds }
    left = { bytes, globals }
  }
}
