/** A structure that the NF holds a handle of. */

import type { Allocatable } from '../../contracts/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'

export interface Structure {
  /** By kind and order of allocation: `expiring_map1`; tables of the configuration by their own name. */
  readonly name: string
  readonly kind: Allocatable
  /** In the order of the allocator's parameters. */
  readonly sizes: readonly Integer[]
  /** Read-only tables that the host fills, or the NF's own. */
  readonly origin: 'configuration' | 'nf_init'
  /** Where it is none that the NF has a handle of, but a table in several: an expiring map, as far as they agree. */
  readonly parts?: JointParts
}

/** One table in a map from keys to indices, a vector of the keys, and a chain of the indices with their times. */
export interface JointParts {
  readonly map: Structure
  readonly vector: Structure
  readonly chain: Structure
}
