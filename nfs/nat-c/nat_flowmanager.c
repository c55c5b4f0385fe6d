#include "nat_flowmanager.h"

#include <rte_byteorder.h>
#include <stdlib.h>
#include <string.h>

#include "libvig/verified/expirator.h"
#include "state.h"

struct FlowManager {
  struct State *state;
  uint16_t starting_port;
  vigor_time_t expiration_time;
};

struct FlowManager *flow_manager_allocate(uint16_t starting_port, vigor_time_t expiration_time, uint32_t max_flows) {
  struct FlowManager *const manager = malloc(sizeof(struct FlowManager));
  if (manager == NULL) return NULL;
  manager->state = alloc_state((int)max_flows);
  if (manager->state == NULL) return NULL;
  manager->starting_port = starting_port;
  manager->expiration_time = expiration_time;
  return manager;
}

static uint16_t port_of(const struct FlowManager *manager, int index) {
  return rte_cpu_to_be_16((uint16_t)(manager->starting_port + index));
}

static int index_of(const struct FlowManager *manager, uint16_t external_port) {
  return (int)rte_be_to_cpu_16(external_port) - manager->starting_port;
}

bool flow_manager_allocate_flow(struct FlowManager *manager, struct FlowId *id, vigor_time_t time,
                                uint16_t *external_port) {
  int index;
  if (dchain_allocate_new_index(manager->state->heap, &index, time) == 0) return false;

  struct FlowId *key = NULL;
  vector_borrow(manager->state->fv, index, (void **)&key);
  memcpy(key, id, sizeof(struct FlowId));
  map_put(manager->state->fm, key, index);
  vector_return(manager->state->fv, index, key);

  *external_port = port_of(manager, index);
  return true;
}

void flow_manager_expire(struct FlowManager *manager, vigor_time_t time) {
  struct State *const state = manager->state;
  expire_items_single_map(state->heap, state->fv, state->fm, time - manager->expiration_time);
}

bool flow_manager_get_internal(struct FlowManager *manager, struct FlowId *id, vigor_time_t time,
                               uint16_t *external_port) {
  int index;
  if (map_get(manager->state->fm, id, &index) == 0) return false;
  dchain_rejuvenate_index(manager->state->heap, index, time);
  *external_port = port_of(manager, index);
  return true;
}

bool flow_manager_get_external(struct FlowManager *manager, uint16_t external_port, struct FlowId *out_flow) {
  const int index = index_of(manager, external_port);
  if (dchain_is_index_allocated(manager->state->heap, index) == 0) return false;

  struct FlowId *key = NULL;
  vector_borrow(manager->state->fv, index, (void **)&key);
  memcpy(out_flow, key, sizeof(struct FlowId));
  vector_return(manager->state->fv, index, key);
  return true;
}

void flow_manager_rejuvenate(struct FlowManager *manager, uint16_t external_port, vigor_time_t time) {
  dchain_rejuvenate_index(manager->state->heap, index_of(manager, external_port), time);
}
