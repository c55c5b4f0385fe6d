#include "state.h"

#include <stdlib.h>

#include "flow.h"

struct State *alloc_state(int max_flows) {
  struct State *const state = malloc(sizeof(struct State));
  if (state == NULL) return NULL;
  if (map_allocate(FlowId_eq, FlowId_hash, max_flows, &state->fm) == 0) return NULL;
  if (vector_allocate(sizeof(struct FlowId), max_flows, FlowId_allocate, &state->fv) == 0) return NULL;
  if (dchain_allocate(max_flows, &state->heap) == 0) return NULL;
  return state;
}
