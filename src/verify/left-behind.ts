/**
 * Explores packets one after the other: what some path may leave in the NF's own memory is arbitrary at the start of the
 * next, so the paths are explored again until no path leaves more.
 */
import type { Path } from '../domains/symbolic/path.js'
import { type Exploration, type ExploreOptions, explore, type PathReport } from './exploration/explore.js'
import type { Helpers } from './exploration/helpers.js'
import type { Written } from './machine/index.js'

/** The paths of the last round; the statistics are of all. */
export interface PacketsExplored<R> extends Exploration<R> {
  /** What earlier packets may have left on these paths. */
  readonly left: Written
  /** How often all paths were explored. */
  readonly rounds: number
}

export interface PacketOptions<R> extends Omit<ExploreOptions<R>, 'helpers'> {
  /** Who explores at the same time, where earlier packets may have left what is given. */
  readonly helpersOf?: (left: Written) => Helpers | undefined
}

const NOTHING = together([])

/**
 * `run` runs one packet where earlier ones may have left what is given. `start`: what is known from before that packets of
 * this network function may leave; more than they do is sound.
 */
export function explorePackets<R extends { readonly written: Written }>(
  run: (path: Path, left: Written) => R,
  options: PacketOptions<R>,
  start = NOTHING,
): PacketsExplored<R> {
  let left = start
  const total = { decisions: 0, forced: 0, queries: 0, seconds: 0 }
  for (let rounds = 1; ; rounds++) {
    const exploration = explore((path) => run(path, left), { ...options, helpers: options.helpersOf?.(left) })
    const { decisions, forced, queries, seconds } = exploration.statistics
    total.decisions += decisions
    total.forced += forced
    total.queries += queries
    total.seconds += seconds
    const all = together([left, ...writtenOn(exploration.paths)])
    // Each round adds something or is the last, and there is only so much memory. What was left unexplored proves nothing.
    if (isSame(all, left) || !exploration.isComplete) return { ...exploration, statistics: total, left, rounds }
    left = all
  }
}

function writtenOn(paths: readonly PathReport<{ readonly written: Written }>[]): Written[] {
  return paths.flatMap(({ end }) => (end.kind === 'ended' ? [end.result.written] : []))
}

/** What any of them has written. */
export function together(all: readonly Written[]): Written {
  return {
    bytes: new Set(all.flatMap(({ bytes }) => [...bytes])),
    globals: new Set(all.flatMap(({ globals }) => [...globals])),
  }
}

export function isSame(some: Written, others: Written): boolean {
  const has = (among: Written): boolean =>
    [...some.bytes].every((byte) => among.bytes.has(byte)) && [...some.globals].every((each) => among.globals.has(each))
  return some.bytes.size === others.bytes.size && some.globals.size === others.globals.size && has(others)
}
