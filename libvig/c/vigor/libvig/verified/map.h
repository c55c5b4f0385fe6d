/*
 * Vigor's map, on libVig's. Equality has to be that of whole bytes: which ones is asked of it once. libVig hashes them
 * itself, so the hash is not used.
 */
#pragma once

#include "map-util.h"

struct Map;

int map_allocate(map_keys_equality *keq, map_key_hash *khash, unsigned capacity, struct Map **map_out);
int map_get(struct Map *map, void *key, int *value_out);
/* `key` is a borrowed cell of a vector, which stays as it is while the key is in the map. */
void map_put(struct Map *map, void *key, int value);
/* `key` is the borrowed cell that was put, and is given back. */
void map_erase(struct Map *map, void *key, void **trash);
unsigned map_size(struct Map *map);
