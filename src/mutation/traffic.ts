/** Traces through a mutant in the simulator, every packet judged: the usual ones, and generated ones of the same kind. */
import { basename, dirname, join } from 'node:path'

import { type Recipe, recipes, runsOf } from '../demo/recipes.js'
import { profile, profiles, writeTrace } from '../generate/index.js'
import { InitError, type NfManifest } from '../nf/index.js'
import { packageRoot } from '../package-root.js'
import { type ReplayOptions, replay } from '../replay/index.js'
import type { Kill } from './outcome.js'

/** One replay, without the binary. */
export type Run = ReplayOptions & { readonly words: readonly string[] }

/** Packets of each. */
const GENERATED = 1500
/** By name, what is generated: packets that are odd; and more flows than a byte tells apart, so that indices have a second one. */
const KINDS = {
  mixed: { seed: 7, malformed: 0.3, other: 0.1, nearMisses: 0.1, flows: 12 },
  many: { seed: 8, flows: 600 },
} as const

/**
 * The recipes' replays, then generated traces, written into `folder`: those of the network function that has the
 * specification, which may be another one's.
 */
export function runsWith({ name, spec }: Pick<NfManifest, 'name' | 'spec'>, folder: string): readonly Run[] {
  const nf = spec === undefined ? name : basename(dirname(spec))
  const own = recipes.filter((recipe) => recipe.nf === nf).map((recipe) => ({ ...recipe, nf: name }))
  const runs = own.flatMap((recipe) =>
    runsOf(recipe).map(({ config }) => runOf(recipe, join(packageRoot, 'traces', recipe.file), config)),
  )
  const [first] = own
  if (first === undefined || !Object.hasOwn(profiles, nf)) return runs
  const generated = Object.entries(KINDS).map(([kind, options]) => {
    const file = join(folder, `${nf}-${kind}.${first.portRules === undefined ? 'pcap' : 'pcapng'}`)
    writeTrace(file, { ...profile(nf), packets: GENERATED, ...options })
    return runOf(first, file, first.config ?? [])
  })
  return [...runs, ...generated]
}

function runOf({ nf, topology, clients, portRules }: Recipe, file: string, config: readonly string[]): Run {
  const inPackage = (path: string): string => (path.startsWith('traces/') ? join(packageRoot, path) : path)
  const place = topology === undefined ? undefined : join(packageRoot, 'traces', topology)
  const configs = config.map(inPackage)
  const words = [
    ...['replay', file, '--nf', nf],
    ...(place === undefined ? [] : ['--topology', place]),
    ...configs.flatMap((value) => ['--config', value]),
    ...(clients === undefined ? [] : ['--clients', clients]),
    ...(portRules ?? []).flatMap((rule) => ['--port-rule', rule]),
    ...['--binary', 'MUTANT'],
  ]
  return {
    traces: [file],
    nf,
    config: configs,
    ...(place === undefined ? {} : { topology: place }),
    ...(clients === undefined ? {} : { clients }),
    ...(portRules === undefined ? {} : { portRules }),
    words,
  }
}

/** The first violation of any run, or that it does not begin with a configuration of theirs; undefined where all hold. */
export async function killedBy(runs: readonly Run[], binary: string): Promise<Kill | undefined> {
  for (const { words, ...run } of runs) {
    const result = await replay({ ...run, binary, violationLimit: 1 }).catch(notBegun)
    if (result instanceof InitError) return { by: 'traffic', what: result.what, replay: words }
    const { nfs } = result
    const violation = nfs[0]?.violations[0]
    if (violation === undefined) continue
    const where = `packet ${violation.packet ?? 0}`
    return { by: 'traffic', what: `${where}: ${violation.summary}`, replay: words }
  }
  return undefined
}

/** The original begins with it. */
function notBegun(error: unknown): InitError {
  if (error instanceof InitError) return error
  throw error
}
