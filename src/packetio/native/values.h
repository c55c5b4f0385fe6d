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

#endif
