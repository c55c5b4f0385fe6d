/** One model of each path on the real binary: whether it goes the way that was explored. */

import type { SyncSolver } from '../smt/index.js'
import { type Confirmation, confirm } from './confirm.js'
import { packetVariables } from './machine/index.js'
import type { Explored } from './prove.js'
import { RealNf } from './real-nf.js'
import type { Subject } from './subject.js'

/** By path; those without a model, or that were not followed to their end, are left out. */
export function confirmPaths(
  { nf, libvig }: Subject,
  { terms, packets }: Explored,
  solver: SyncSolver,
): ReadonlyMap<object, Confirmation> {
  const { manifest, config, wasm } = nf
  const found = new Map<object, Confirmation>()
  const paths = packets?.paths ?? []
  if (paths.length === 0) return found
  const real = new RealNf({ name: manifest.name, wasm, libvig, config, memory: manifest.memory })
  const { port, now } = packetVariables(terms)
  for (const path of paths) {
    const { end, satisfied } = path
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') continue
    const { facts } = path
    found.set(path, confirm(real, { run: end.result.nf, input: { port, now }, facts, model: satisfied.model }, solver))
  }
  return found
}
