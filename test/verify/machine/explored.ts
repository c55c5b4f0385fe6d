/** Explores a binary, with obligations for traps, memory and preconditions only: there is no specification. */
import type { ResolvedConfig } from '../../../src/nf/config.js'
import { compileLibvig } from '../../../src/nf/index.js'
import { LEAST_MEMORY } from '../../../src/nf/memory-map.js'
import { openSyncSolver, type SyncSolver, Terms } from '../../../src/smt/index.js'
import type { Judged, PathReport } from '../../../src/verify/exploration/explore.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { explorePackets, type PacketsExplored } from '../../../src/verify/left-behind.js'
import {
  anyPacket,
  type PacketInput,
  type PacketRun,
  type RunOptions,
  runInit,
  runPacket,
  symbolicNf,
} from '../../../src/verify/machine/index.js'
import type { RealNfSource } from '../../../src/verify/real-nf.js'

export interface PacketOnPath extends PacketRun {
  readonly input: PacketInput
}

export interface Explored {
  readonly terms: Terms
  readonly source: RealNfSource
  readonly solver: SyncSolver
  readonly init: PathReport<unknown>
  readonly packets: PacketsExplored<PacketOnPath>
}

let opened: Promise<SyncSolver> | undefined

export async function explored(
  name: string,
  wasm: Uint8Array,
  config: ResolvedConfig,
  limits?: RunOptions['limits'],
): Promise<Explored> {
  opened ??= openSyncSolver({ backends: ['z3-inline'] })
  const solver = await opened
  const { wasm: libvig } = await compileLibvig()
  const source: RealNfSource = { name, wasm, libvig, config, memory: LEAST_MEMORY }
  const terms = new Terms()
  const nf = symbolicNf(source)
  const [init, ...others] = explore((path) => runInit(nf, path, limits === undefined ? {} : { limits }), {
    terms,
    solver,
  }).paths
  if (init === undefined || init.end.kind !== 'ended' || others.length > 0) throw new Error('nf_init has one path')
  const { start } = init.end.result
  const packets = explorePackets(
    (path, left) => {
      const input = anyPacket(path, { portCount: config.portCount })
      const run = runPacket(start, input, path, { left })
      settleCounts(run)
      return { ...run, input }
    },
    { terms, solver },
  )
  return { terms, source, solver, init, packets }
}

/**
 * Asks every structure how many entries there are, before and after the expiry, so that every path's model has numbers
 * that fit what it touches.
 */
function settleCounts({ states }: PacketRun): void {
  for (const state of states.values()) {
    if (state.structure !== 'expiring_map' && state.structure !== 'dchain') continue
    const before = state.state.over()
    before.count()
    const [first] = state.state.updates
    if (first?.kind !== 'expire') continue
    before.countBelow(first.threshold)
    before.expire(first.threshold)
    before.count()
  }
}

export function failures(paths: readonly PathReport<unknown>[]): readonly Judged[] {
  return paths.flatMap(({ obligations }) => obligations.filter(({ answer }) => answer.kind !== 'holds'))
}

export function describe({ obligation, answer }: Judged): string {
  return `${obligation.guarantee}: ${obligation.what}: ${answer.kind}`
}
