#define _GNU_SOURCE
#include "values.h"

#include <stdlib.h>

void let_go(struct held_port *held) {
  if (--held->holders > 0) return;
  if (held->port != NULL) held->port->operations->close(held->port);
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
  if ((*held)->port != NULL) return napi_ok;
  napi_throw_error(env, "EBADF", "the port is closed");
  return napi_pending_exception;
}

napi_status unpaced(napi_env env, const struct held_port *held) {
  if (!held->is_paced) return napi_ok;
  napi_throw_error(env, "EBUSY", "a pacer sends on the port: stop it first");
  return napi_pending_exception;
}
