/**
 * What a network function in AssemblyScript imports: libVig's functions, how to answer, and the packet helpers of
 * packet.ts. Every call goes to the libVig module that is linked at instantiation; nothing of libVig is compiled in.
 * What each call requires and promises stands at its implementation in this folder and, exactly, in src/contracts.
 *
 * Handles, keys and `out` are addresses. `out` and keys built by the function lie in `memory.data(...)`; a key may also
 * point into the packet. Times are nanoseconds; `now - expiration` may be negative, and then nothing expires.
 */
export * from './packet'

/** Verdict: the packet goes nowhere. */
export const DROP: i32 = -1
/** Verdict: out of every port but the one it came in by. */
export const FLOOD: i32 = -2

/** Verdict: out of the ports of a set, bit i for port i, below bit 30. The empty set drops. */
@inline
export function forwardToSet(mask: i32): i32 {
  return -(16 + mask)
}

// Map: copied keys to i32 values.
@external('libvig', 'map_allocate')
export declare function map_allocate(keySize: i32, capacity: i32, out: i32): i32
@external('libvig', 'map_cost')
export declare function map_cost(keySize: i32, capacity: i32): i64
@external('libvig', 'map_get')
export declare function map_get(map: i32, key: i32, out: i32): i32
@external('libvig', 'map_put')
export declare function map_put(map: i32, key: i32, value: i32): void
@external('libvig', 'map_erase')
export declare function map_erase(map: i32, key: i32): void
@external('libvig', 'map_size')
export declare function map_size(map: i32): i32

// Vector: a fixed number of zeroed cells, lent and returned.
@external('libvig', 'vector_allocate')
export declare function vector_allocate(elementSize: i32, capacity: i32, out: i32): i32
@external('libvig', 'vector_cost')
export declare function vector_cost(elementSize: i32, capacity: i32): i64
@external('libvig', 'vector_borrow')
export declare function vector_borrow(vector: i32, index: i32, out: i32): void
@external('libvig', 'vector_return')
export declare function vector_return(vector: i32, index: i32): void

// Dchain: indices in use, each with a time; expired is time < threshold, oldest first.
@external('libvig', 'dchain_allocate')
export declare function dchain_allocate(capacity: i32, out: i32): i32
@external('libvig', 'dchain_cost')
export declare function dchain_cost(capacity: i32): i64
@external('libvig', 'dchain_allocate_new_index')
export declare function dchain_allocate_new_index(chain: i32, out: i32, time: i64): i32
@external('libvig', 'dchain_claim_index')
export declare function dchain_claim_index(chain: i32, index: i32, time: i64): i32
@external('libvig', 'dchain_rejuvenate_index')
export declare function dchain_rejuvenate_index(chain: i32, index: i32, time: i64): i32
@external('libvig', 'dchain_expire_one_index')
export declare function dchain_expire_one_index(chain: i32, out: i32, threshold: i64): i32
@external('libvig', 'dchain_expire')
export declare function dchain_expire(chain: i32, threshold: i64): i32
@external('libvig', 'dchain_is_index_allocated')
export declare function dchain_is_index_allocated(chain: i32, index: i32): i32
@external('libvig', 'dchain_free_index')
export declare function dchain_free_index(chain: i32, index: i32): i32
@external('libvig', 'expire_items_single_map')
export declare function expire_items_single_map(chain: i32, vector: i32, map: i32, threshold: i64): i32

// Expiring map: keys, each at a slot with a time and an attached value.
@external('libvig', 'expiring_map_allocate')
export declare function expiring_map_allocate(keySize: i32, valueSize: i32, capacity: i32, out: i32): i32
@external('libvig', 'expiring_map_cost')
export declare function expiring_map_cost(keySize: i32, valueSize: i32, capacity: i32): i64
@external('libvig', 'expiring_map_expire')
export declare function expiring_map_expire(map: i32, threshold: i64): i32
@external('libvig', 'expiring_map_get')
export declare function expiring_map_get(map: i32, key: i32, out: i32): i32
@external('libvig', 'expiring_map_touch')
export declare function expiring_map_touch(map: i32, key: i32, now: i64, out: i32): i32
@external('libvig', 'expiring_map_insert')
export declare function expiring_map_insert(map: i32, key: i32, now: i64, out: i32): i32
@external('libvig', 'expiring_map_refresh')
export declare function expiring_map_refresh(map: i32, slot: i32, now: i64): void
@external('libvig', 'expiring_map_used')
export declare function expiring_map_used(map: i32, slot: i32): i32
@external('libvig', 'expiring_map_key')
export declare function expiring_map_key(map: i32, slot: i32): i32
@external('libvig', 'expiring_map_value')
export declare function expiring_map_value(map: i32, slot: i32): i32
@external('libvig', 'expiring_map_erase')
export declare function expiring_map_erase(map: i32, slot: i32): void
@external('libvig', 'expiring_map_size')
export declare function expiring_map_size(map: i32): i32

// Consistent hashing (Maglev).
@external('libvig', 'cht_allocate')
export declare function cht_allocate(height: i32, backends: i32, out: i32): i32
@external('libvig', 'cht_cost')
export declare function cht_cost(height: i32, backends: i32): i64
@external('libvig', 'cht_find_preferred_available_backend')
export declare function cht_find_preferred_available_backend(hash: i32, cht: i32, chain: i32, out: i32): i32

// Longest-prefix match; addresses are numbers (10.0.0.1 is 0x0a000001).
@external('libvig', 'lpm_allocate')
export declare function lpm_allocate(maxRules: i32, out: i32): i32
@external('libvig', 'lpm_cost')
export declare function lpm_cost(maxRules: i32): i64
@external('libvig', 'lpm_update_elem')
export declare function lpm_update_elem(lpm: i32, prefix: i32, prefixlen: i32, value: i32): i32
@external('libvig', 'lpm_lookup_elem')
export declare function lpm_lookup_elem(lpm: i32, address: i32): i32

// Hash, time and chance.
@external('libvig', 'hash')
export declare function hash(pointer: i32, length: i32): i32
@external('libvig', 'time')
export declare function time(): i64
@external('libvig', 'random_u32')
export declare function random_u32(): i32

// Internet checksum; fields and checksums are numbers, as a big-endian load gives them.
@external('libvig', 'checksum_update_u16')
export declare function checksum_update_u16(checksum: i32, old: i32, fresh: i32): i32
@external('libvig', 'checksum_update_u32')
export declare function checksum_update_u32(checksum: i32, old: i32, fresh: i32): i32
@external('libvig', 'checksum_update_u128')
export declare function checksum_update_u128(checksum: i32, old: i32, fresh: i32): i32
@external('libvig', 'udp_checksum_finish')
export declare function udp_checksum_finish(original: i32, updated: i32): i32
@external('libvig', 'checksum_ones_complement')
export declare function checksum_ones_complement(pointer: i32, length: i32, initial: i32): i32
@external('libvig', 'ipv4_header_checksum_ok')
export declare function ipv4_header_checksum_ok(ip: i32, headerLength: i32): i32
@external('libvig', 'transport_checksum_ok')
export declare function transport_checksum_ok(ip: i32, protocol: i32, transport: i32, length: i32): i32
