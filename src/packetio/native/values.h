/* Values between JavaScript and C. */
#ifndef VIGIL_VALUES_H
#define VIGIL_VALUES_H

#include "port.h"

#include <net/if.h>
#include <node_api.h>

#define MOST_ARGUMENTS 6

/* Gives up where JavaScript has thrown already. */
#define TRY(call)                             \
  do {                                        \
    if ((call) != napi_ok) return wrong(env); \
  } while (0)

struct named_number {
  const char *name;
  double value;
};

napi_value wrong(napi_env env);
napi_value throw_failure(napi_env env, const struct failure *failure);
napi_value number(napi_env env, double value);
napi_status set_numbers(napi_env env, napi_value object, const struct named_number *numbers, size_t count);
napi_status set_text(napi_env env, napi_value object, const char *name, const char *value);
napi_status arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *values);
napi_status interface_name(napi_env env, napi_value value, char name[IFNAMSIZ]);

/* A port that its thread lends to another one: one of them uses it at a time, and only who has opened it closes it. */
struct lease {
  struct port *port;
  _Atomic int state;
};
enum { LEASE_FREE, LEASE_OFFERED, LEASE_TAKEN };

/* A port as JavaScript and pacers hold it; it is closed when all have let it go, if not before. */
struct held_port {
  struct port *port; /* NULL: closed */
  uint32_t holders;
  bool is_paced; /* a pacer sends on it, and nothing else does */
  bool is_borrowed;
  struct lease *lease; /* NULL: it is not lent */
};

/* For JavaScript; the port is closed where that fails. */
napi_value hold_port(napi_env env, struct port *port);
void let_go(struct held_port *held);
/* Closes it, or gives it back; false while another thread uses it. */
bool shut_port(struct held_port *held);
/* For one that is open, and not with another thread. */
napi_status held_port_of(napi_env env, napi_value value, struct held_port **held);
napi_status unpaced(napi_env env, const struct held_port *held);

napi_value js_create_namespace(napi_env env, napi_callback_info info);
napi_value js_close_namespace(napi_env env, napi_callback_info info);
napi_value js_write_setting(napi_env env, napi_callback_info info);
napi_value js_create_veth(napi_env env, napi_callback_info info);
napi_value js_set_link(napi_env env, napi_callback_info info);
napi_value js_get_link(napi_env env, napi_callback_info info);
napi_value js_give_address(napi_env env, napi_callback_info info);
napi_value js_ip_versions(napi_env env, napi_callback_info info);
napi_value js_offloads(napi_env env, napi_callback_info info);
napi_value js_lend(napi_env env, napi_callback_info info);
napi_value js_borrow(napi_env env, napi_callback_info info);
napi_value js_start_pacer(napi_env env, napi_callback_info info);
napi_value js_pacer_publish(napi_env env, napi_callback_info info);
napi_value js_pacer_begun(napi_env env, napi_callback_info info);
napi_value js_pacer_finished(napi_env env, napi_callback_info info);
napi_value js_stop_pacer(napi_env env, napi_callback_info info);
napi_value js_clock_offset(napi_env env, napi_callback_info info);

#endif
