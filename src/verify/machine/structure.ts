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
}
