#define _GNU_SOURCE
#include "values.h"

#include <stdio.h>
#include <string.h>

napi_value wrong(napi_env env) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (!is_pending) napi_throw_type_error(env, NULL, "an argument of the packet addon is of another type");
  return NULL;
}

/* An Error with `operation`, `code` and `detail`: `making a veth pair: Operation not permitted (EPERM): v0`. */
napi_value throw_failure(napi_env env, const struct failure *failure) {
  const char *name = strerrorname_np(failure->error);
  char text[320];
  snprintf(text, sizeof text, "%s%s%s: %s", failure->operation, failure->detail[0] == '\0' ? "" : " ", failure->detail,
           strerrordesc_np(failure->error));
  napi_value message, code, error, operation;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
  napi_create_string_utf8(env, name == NULL ? "EUNKNOWN" : name, NAPI_AUTO_LENGTH, &code);
  napi_create_error(env, code, message, &error);
  napi_create_string_utf8(env, failure->operation, NAPI_AUTO_LENGTH, &operation);
  napi_set_named_property(env, error, "operation", operation);
  napi_throw(env, error);
  return NULL;
}

napi_value number(napi_env env, double value) {
  napi_value made = NULL;
  napi_create_double(env, value, &made);
  return made;
}

napi_status set_numbers(napi_env env, napi_value object, const struct named_number *numbers, size_t count) {
  napi_status status = napi_ok;
  for (size_t i = 0; i < count && status == napi_ok; i++)
    status = napi_set_named_property(env, object, numbers[i].name, number(env, numbers[i].value));
  return status;
}

napi_status set_text(napi_env env, napi_value object, const char *name, const char *value) {
  napi_value text;
  napi_status status = napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &text);
  return status == napi_ok ? napi_set_named_property(env, object, name, text) : status;
}

napi_status arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *values) {
  size_t count = MOST_ARGUMENTS;
  napi_status status = napi_get_cb_info(env, info, &count, values, NULL, NULL);
  return status == napi_ok && count < wanted ? napi_invalid_arg : status;
}

/* The name of an interface: too long a one finds nothing, and is not cut to one that does. */
napi_status interface_name(napi_env env, napi_value value, char name[IFNAMSIZ]) {
  size_t length;
  napi_status status = napi_get_value_string_utf8(env, value, NULL, 0, &length);
  if (status != napi_ok) return status;
  if (length >= IFNAMSIZ) {
    napi_throw_error(env, "ENAMETOOLONG", "the name of an interface has at most 15 bytes");
    return napi_pending_exception;
  }
  return napi_get_value_string_utf8(env, value, name, IFNAMSIZ, &length);
}
