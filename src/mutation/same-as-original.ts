/**
 * Whether a mutant is proved to do what the original does, as configured. Where that is not shown, a difference is looked
 * for where tables are small.
 */
import { InputError } from '../errors.js'
import type { SyncSolver } from '../smt/index.js'
import { type Equivalence, equivalence } from '../verify/equivalence.js'
import { symbolicNf } from '../verify/machine/index.js'
import type { Compared, Original } from './original.js'

interface Means {
  readonly original: Original
  readonly solver: SyncSolver
  /** Most paths of a proof. */
  readonly mostPaths: number
}

/** A candidate is one of the original with small tables. */
export function sameAsOriginal(binary: Uint8Array, means: Means): Equivalence {
  const { configured, ...original } = means.original
  const found = compared(configured, binary, means)
  if (found.kind === 'equivalent' || original.config.length === 0) return found
  const small = compared(original, binary, means)
  if (small.kind === 'unknown') return small
  return { kind: 'unknown', cause: `${found.cause}; not so with ${original.config.join(' ')}`, paths: found.paths }
}

function compared({ subject, pairing }: Compared, binary: Uint8Array, means: Means): Equivalence {
  const { original, solver, mostPaths } = means
  const { manifest, config } = subject.nf
  const { libvig, machine, portCount } = subject
  const { name, memory } = manifest
  try {
    const second = symbolicNf({ name, wasm: binary, libvig, config, memory })
    const options = { solver, mostPaths, left: original.left }
    return equivalence({ first: machine, second, portCount, pairing }, options)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { kind: 'unknown', cause: error.message, paths: 0 }
  }
}
