#define _GNU_SOURCE
#include "values.h"

#include <stdatomic.h>
#include <stdlib.h>

bool shut_port(struct held_port *held) {
  if (held->port == NULL) return true;
  if (held->lease != NULL) {
    int state = held->is_borrowed ? LEASE_TAKEN : LEASE_OFFERED;
    int next = held->is_borrowed ? LEASE_OFFERED : LEASE_FREE;
    if (!atomic_compare_exchange_strong(&held->lease->state, &state, next)) return false;
  }
  if (!held->is_borrowed) held->port->operations->close(held->port);
  held->port = NULL;
  return true;
}

void let_go(struct held_port *held) {
  if (--held->holders > 0) return;
  /* One that another thread uses still stays open: better than closed under its hands. */
  shut_port(held);
  free(held);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

napi_value hold_port(napi_env env, struct port *port) {
  struct held_port *held = malloc(sizeof *held);
  napi_value made = NULL;
  if (held != NULL) *held = (struct held_port){.port = port, .holders = 1};
  if (held != NULL && napi_create_external(env, held, finalize, NULL, &made) == napi_ok) return made;
  port->operations->close(port);
  free(held);
  return wrong(env);
}

napi_status held_port_of(napi_env env, napi_value value, struct held_port **held) {
  void *data;
  napi_status status = napi_get_value_external(env, value, &data);
  if (status != napi_ok) return status;
  *held = data;
  const struct lease *lease = (*held)->is_borrowed ? NULL : (*held)->lease;
  bool is_away = lease != NULL && atomic_load(&lease->state) == LEASE_TAKEN;
  if ((*held)->port != NULL && !is_away) return napi_ok;
  napi_throw_error(env, is_away ? "EBUSY" : "EBADF", is_away ? "another thread uses the port" : "the port is closed");
  return napi_pending_exception;
}

napi_status unpaced(napi_env env, const struct held_port *held) {
  if (!held->is_paced) return napi_ok;
  napi_throw_error(env, "EBUSY", "a pacer sends on the port: stop it first");
  return napi_pending_exception;
}
