/** One model of every path is made real and run on the real binary: it has to take that path. */
import { VigilError } from '../errors.js'
import type { SyncSolver } from '../smt/index.js'
import { type Confirmation, confirm } from './confirm.js'
import type { PathReport } from './explore.js'
import type { PacketOnPath } from './packet-proof.js'
import type { RealNf } from './real-nf.js'

/** In the order of the paths; throws where the binary does something else than was found, which is a fault of Vigil. */
export function confirmPaths(
  paths: readonly PathReport<PacketOnPath>[],
  real: RealNf,
  solver: SyncSolver,
): (Confirmation | undefined)[] {
  return paths.map(({ end, satisfied, facts }, number) => {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') return undefined
    const { nf, input } = end.result
    const confirmation = confirm(real, { run: nf, input, facts, model: satisfied.model }, solver)
    if (confirmation.kind === 'different') {
      throw new VigilError(70, `path ${number + 1} is not the way of the real binary: ${confirmation.what}`)
    }
    return confirmation
  })
}
