/*
 * libVig for network functions in C: the same functions as libvig/api.ts, imported at instantiation. What each requires
 * and promises stands at its implementation in libvig/ and in src/contracts.
 *
 * Handles, keys and outs are pointers into the shared memory; results that say yes or no are exactly 1 or 0. Times are
 * nanoseconds. vigil.h brings this and all else that a network function needs.
 */
#ifndef LIBVIG_H
#define LIBVIG_H

#include <stdint.h>

#define LIBVIG(name) __attribute__((import_module("libvig"), import_name(#name)))

typedef void *libvig_handle;

/* Map: copied keys to i32 values. */
LIBVIG(map_allocate) int32_t map_allocate(int32_t keySize, int32_t capacity, libvig_handle *out);
LIBVIG(map_cost) int64_t map_cost(int32_t keySize, int32_t capacity);
LIBVIG(map_get) int32_t map_get(libvig_handle map, const void *key, int32_t *out);
LIBVIG(map_put) void map_put(libvig_handle map, const void *key, int32_t value);
LIBVIG(map_erase) void map_erase(libvig_handle map, const void *key);
LIBVIG(map_size) int32_t map_size(libvig_handle map);

/* Vector: a fixed number of zeroed cells, lent and returned. */
LIBVIG(vector_allocate) int32_t vector_allocate(int32_t elementSize, int32_t capacity, libvig_handle *out);
LIBVIG(vector_cost) int64_t vector_cost(int32_t elementSize, int32_t capacity);
LIBVIG(vector_borrow) void vector_borrow(libvig_handle vector, int32_t index, void **out);
LIBVIG(vector_return) void vector_return(libvig_handle vector, int32_t index);

/* Dchain: indices in use, each with a time; expired is time < threshold, oldest first. */
LIBVIG(dchain_allocate) int32_t dchain_allocate(int32_t capacity, libvig_handle *out);
LIBVIG(dchain_cost) int64_t dchain_cost(int32_t capacity);
LIBVIG(dchain_allocate_new_index) int32_t dchain_allocate_new_index(libvig_handle chain, int32_t *out, int64_t time);
LIBVIG(dchain_claim_index) int32_t dchain_claim_index(libvig_handle chain, int32_t index, int64_t time);
LIBVIG(dchain_rejuvenate_index) int32_t dchain_rejuvenate_index(libvig_handle chain, int32_t index, int64_t time);
LIBVIG(dchain_expire_one_index) int32_t dchain_expire_one_index(libvig_handle chain, int32_t *out, int64_t threshold);
LIBVIG(dchain_expire) int32_t dchain_expire(libvig_handle chain, int64_t threshold);
LIBVIG(dchain_is_index_allocated) int32_t dchain_is_index_allocated(libvig_handle chain, int32_t index);
LIBVIG(dchain_free_index) int32_t dchain_free_index(libvig_handle chain, int32_t index);
LIBVIG(expire_items_single_map) int32_t expire_items_single_map(libvig_handle chain, libvig_handle vector, libvig_handle map, int64_t threshold);

/* Expiring map: keys, each at a slot with a time and an attached value. */
LIBVIG(expiring_map_allocate) int32_t expiring_map_allocate(int32_t keySize, int32_t valueSize, int32_t capacity, libvig_handle *out);
LIBVIG(expiring_map_cost) int64_t expiring_map_cost(int32_t keySize, int32_t valueSize, int32_t capacity);
LIBVIG(expiring_map_expire) int32_t expiring_map_expire(libvig_handle map, int64_t threshold);
LIBVIG(expiring_map_get) int32_t expiring_map_get(libvig_handle map, const void *key, int32_t *out);
LIBVIG(expiring_map_touch) int32_t expiring_map_touch(libvig_handle map, const void *key, int64_t now, int32_t *out);
LIBVIG(expiring_map_insert) int32_t expiring_map_insert(libvig_handle map, const void *key, int64_t now, int32_t *out);
LIBVIG(expiring_map_refresh) void expiring_map_refresh(libvig_handle map, int32_t slot, int64_t now);
LIBVIG(expiring_map_used) int32_t expiring_map_used(libvig_handle map, int32_t slot);
LIBVIG(expiring_map_key) const void *expiring_map_key(libvig_handle map, int32_t slot);
LIBVIG(expiring_map_value) void *expiring_map_value(libvig_handle map, int32_t slot);
LIBVIG(expiring_map_erase) void expiring_map_erase(libvig_handle map, int32_t slot);
LIBVIG(expiring_map_size) int32_t expiring_map_size(libvig_handle map);

/* Consistent hashing (Maglev). */
LIBVIG(cht_allocate) int32_t cht_allocate(int32_t height, int32_t backends, libvig_handle *out);
LIBVIG(cht_cost) int64_t cht_cost(int32_t height, int32_t backends);
LIBVIG(cht_find_preferred_available_backend) int32_t cht_find_preferred_available_backend(int32_t hash, libvig_handle cht, libvig_handle chain, int32_t *out);

/* Longest-prefix match; addresses are numbers (10.0.0.1 is 0x0a000001). */
LIBVIG(lpm_allocate) int32_t lpm_allocate(int32_t maxRules, libvig_handle *out);
LIBVIG(lpm_cost) int64_t lpm_cost(int32_t maxRules);
LIBVIG(lpm_update_elem) int32_t lpm_update_elem(libvig_handle lpm, int32_t prefix, int32_t prefixlen, int32_t value);
LIBVIG(lpm_lookup_elem) int32_t lpm_lookup_elem(libvig_handle lpm, int32_t address);

/* Hash, time and chance. */
LIBVIG(hash) int32_t hash(const void *pointer, int32_t length);
LIBVIG(time) int64_t libvig_time(void);
LIBVIG(random_u32) int32_t random_u32(void);

/* Internet checksum; fields and checksums are numbers, as a big-endian load gives them. */
LIBVIG(checksum_update_u16) int32_t checksum_update_u16(int32_t checksum, int32_t old, int32_t fresh);
LIBVIG(checksum_update_u32) int32_t checksum_update_u32(int32_t checksum, int32_t old, int32_t fresh);
LIBVIG(checksum_update_u128) int32_t checksum_update_u128(int32_t checksum, const void *old, const void *fresh);
LIBVIG(udp_checksum_finish) int32_t udp_checksum_finish(int32_t original, int32_t updated);
LIBVIG(checksum_ones_complement) int32_t checksum_ones_complement(const void *pointer, int32_t length, int32_t initial);
LIBVIG(ipv4_header_checksum_ok) int32_t ipv4_header_checksum_ok(const void *ip, int32_t headerLength);
LIBVIG(transport_checksum_ok) int32_t transport_checksum_ok(const void *ip, int32_t protocol, const void *transport, int32_t length);

#endif
