/* Forgets what is older than `time`, in the chain and the map at once; how many those were. */
#pragma once

#include "double-chain.h"
#include "map.h"
#include "vector.h"

int expire_items_single_map(struct DoubleChain *chain, struct Vector *vector, struct Map *map, vigor_time_t time);
