/**
 * libVig: the data structures that network functions keep their state in, as one WebAssembly module that shares their
 * memory. Names and arguments follow Vigor's C library, with sizes in place of function pointers. Handles, keys and
 * `out` are addresses; results that say yes or no are exactly 1 or 0. Structures are allocated in `nf_init` and live
 * as long as the instance; no other call allocates. Every `*_allocate` has a `*_cost` that says how many bytes it takes.
 *
 * What each structure promises is written in src/contracts; network functions import these through libvig/api.ts.
 */
export * from './checksum'
export {
  cht_allocate,
  cht_cost,
  cht_find_preferred_available_backend,
} from './cht'
export {
  dchain_allocate,
  dchain_allocate_new_index,
  dchain_claim_index,
  dchain_cost,
  dchain_expire,
  dchain_expire_one_index,
  dchain_free_index,
  dchain_is_index_allocated,
  dchain_rejuvenate_index,
} from './dchain'
export { libvig_seed, libvig_set_time, random_u32, time } from './environment'
export * from './expiring-map'
export * from './expirator'
export { hash } from './hash'
export { lpm_allocate, lpm_cost, lpm_lookup_elem, lpm_update_elem } from './lpm'
export * from './map'
export { libvig_heap_base, libvig_heap_used, libvig_reset } from './memory'
export * from './vector'
