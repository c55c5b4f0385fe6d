/* Ports that one thread opens and another uses: handles are of one thread, numbers of leases of all. */
#define _GNU_SOURCE
#include "values.h"

#include <stdatomic.h>
#include <stdlib.h>

static struct lease leases[MOST_PORTS];

/* lend(port): the number by which another thread borrows it. */
napi_value js_lend(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  struct held_port *held;
  TRY(arguments(env, info, 1, given));
  TRY(held_port_of(env, given[0], &held));
  TRY(unpaced(env, held));
  if (held->lease != NULL) return number(env, (double)(held->lease - leases));
  for (int i = 0; i < MOST_PORTS; i++) {
    int free_state = LEASE_FREE;
    if (!atomic_compare_exchange_strong(&leases[i].state, &free_state, LEASE_OFFERED)) continue;
    leases[i].port = held->port;
    held->lease = &leases[i];
    return number(env, i);
  }
  napi_throw_error(env, "EMFILE", "too many ports are lent");
  return NULL;
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

/* borrow(number): the port, until it is closed here; its owner can neither use nor close it until then. */
napi_value js_borrow(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  uint32_t at;
  TRY(arguments(env, info, 1, given));
  TRY(napi_get_value_uint32(env, given[0], &at));
  int offered = LEASE_OFFERED;
  if (at >= MOST_PORTS || !atomic_compare_exchange_strong(&leases[at].state, &offered, LEASE_TAKEN)) {
    napi_throw_error(env, "EBUSY", "the port is not to be had");
    return NULL;
  }
  struct held_port *held = malloc(sizeof *held);
  if (held != NULL)
    *held = (struct held_port){.port = leases[at].port, .holders = 1, .is_borrowed = true, .lease = &leases[at]};
  if (held != NULL && napi_create_external(env, held, finalize, NULL, &made) == napi_ok) return made;
  atomic_store(&leases[at].state, LEASE_OFFERED);
  free(held);
  return wrong(env);
}
