/* libVig's functions under names that leave Vigor's own to network functions. See ../libvig.h for what they do. */
#ifndef VIGOR_LIBVIG_IMPORTS_H
#define VIGOR_LIBVIG_IMPORTS_H

#include <stdint.h>

#define LIBVIG(name) __attribute__((import_module("libvig"), import_name(#name)))

typedef void *libvig_handle;

LIBVIG(map_allocate) int32_t libvig_map_allocate(int32_t keySize, int32_t capacity, libvig_handle *out);
LIBVIG(map_get) int32_t libvig_map_get(libvig_handle map, const void *key, int32_t *out);
LIBVIG(map_put) void libvig_map_put(libvig_handle map, const void *key, int32_t value);
LIBVIG(map_erase) void libvig_map_erase(libvig_handle map, const void *key);
LIBVIG(map_size) int32_t libvig_map_size(libvig_handle map);

LIBVIG(vector_allocate) int32_t libvig_vector_allocate(int32_t elementSize, int32_t capacity, libvig_handle *out);
LIBVIG(vector_borrow) void libvig_vector_borrow(const void *vector, int32_t index, void **out);
LIBVIG(vector_return) void libvig_vector_return(const void *vector, int32_t index);

LIBVIG(expire_items_single_map)
int32_t libvig_expire_items_single_map(void *chain, void *vector, libvig_handle map, int64_t threshold);

LIBVIG(time) int64_t libvig_time(void);

LIBVIG(checksum_update_u16) int32_t libvig_checksum_update_u16(int32_t checksum, int32_t old, int32_t fresh);
LIBVIG(checksum_update_u32) int32_t libvig_checksum_update_u32(int32_t checksum, int32_t old, int32_t fresh);
LIBVIG(udp_checksum_finish) int32_t libvig_udp_checksum_finish(int32_t original, int32_t updated);

#endif
