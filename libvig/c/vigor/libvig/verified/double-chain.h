/* Vigor's double chain is libVig's dchain. */
#pragma once

#include <stdint.h>

#include "vigor-time.h"

struct DoubleChain;

#define IRANG_LIMIT (1048576)
#define DCHAIN(name) __attribute__((import_module("libvig"), import_name(#name)))

DCHAIN(dchain_allocate) int dchain_allocate(int index_range, struct DoubleChain **chain_out);
DCHAIN(dchain_allocate_new_index)
int dchain_allocate_new_index(struct DoubleChain *chain, int *index_out, vigor_time_t time);
DCHAIN(dchain_rejuvenate_index) int dchain_rejuvenate_index(struct DoubleChain *chain, int index, vigor_time_t time);
DCHAIN(dchain_expire_one_index)
int dchain_expire_one_index(struct DoubleChain *chain, int *index_out, vigor_time_t time);
DCHAIN(dchain_is_index_allocated) int dchain_is_index_allocated(struct DoubleChain *chain, int index);
DCHAIN(dchain_free_index) int dchain_free_index(struct DoubleChain *chain, int index);
