/** One model of every path is made real and run on the real binary: it has to take that path. */
import { VigilError } from '../errors.js'
import type { SyncSolver, Term, Terms } from '../smt/index.js'
import { type Confirmation, confirmIn } from './confirm.js'
import type { Devices } from './devices.js'
import type { PathReport } from './explore.js'
import type { PacketOnPath } from './packet-proof.js'

/** What comes of a path where it is not a fault of Vigil; see Confirmation. */
export type PathConfirmation = Exclude<Confirmation, { readonly kind: 'different' }>

export interface Confirming {
  readonly terms: Terms
  readonly devices: Devices
  /** Of the model of each path, where it can be: a configuration that is at hand. */
  readonly wishes: readonly Term[]
  readonly solver: SyncSolver
}

/** In the order of the paths; throws where the binary does something else than was found, which is a fault of Vigil. */
export function confirmPaths(
  paths: readonly PathReport<PacketOnPath>[],
  { terms, devices, wishes, solver }: Confirming,
): (PathConfirmation | undefined)[] {
  return paths.map(({ end, satisfied, facts, premises }, number) => {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') return undefined
    const { nf, input } = end.result
    const path = { terms, run: nf, input, facts, premises, model: satisfied.model }
    const confirmation = confirmIn((model) => devices.in(model)?.real, path, solver, wishes)
    if (confirmation.kind === 'different') {
      throw new VigilError(70, `path ${number + 1} is not the way of the real binary: ${confirmation.what}`)
    }
    return confirmation
  })
}
