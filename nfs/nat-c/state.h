/* All that is kept from one packet to the next. */
#ifndef STATE_H
#define STATE_H

#include "libvig/verified/double-chain.h"
#include "libvig/verified/map.h"
#include "libvig/verified/vector.h"

struct State {
  /* From a flow to its index. */
  struct Map *fm;
  /* The flow of each index. */
  struct Vector *fv;
  /* Which indices are in use, and since when. */
  struct DoubleChain *heap;
};

/* NULL where there is too little memory. */
struct State *alloc_state(int max_flows);

#endif
