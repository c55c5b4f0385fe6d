/* What JavaScript sees of DPDK; src/packetio/dpdk.ts says the types. It belongs to the thread that starts it. */
#define _GNU_SOURCE
#include "../values.h"
#include "dpdk.h"

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORDS 64
#define MOST_TEXT 4096

static napi_env owner;
static bool is_ended;

static void end(void *unused) {
  (void)unused;
  close_all_dpdk();
  stop_eal();
  owner = NULL;
  is_ended = true;
}

/* start(words, isLoud) */
static napi_value js_start(napi_env env, napi_callback_info info) {
  /* EAL keeps what it is given. */
  static char words[MOST_WORDS][256];
  static char *argv[MOST_WORDS + 1];
  napi_value given[MOST_ARGUMENTS];
  uint32_t count;
  bool is_loud;
  size_t length;
  struct failure failure;
  TRY(arguments(env, info, 2, given));
  TRY(napi_get_array_length(env, given[0], &count));
  TRY(napi_get_value_bool(env, given[1], &is_loud));
  if (owner != NULL || is_ended || count > MOST_WORDS) {
    napi_throw_error(env, "EALREADY", "DPDK is started once in a process, by one thread");
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_value word;
    TRY(napi_get_element(env, given[0], i, &word));
    TRY(napi_get_value_string_utf8(env, word, words[i], sizeof words[i], &length));
    argv[i] = words[i];
  }
  argv[count] = NULL;
  if (start_eal((int)count, argv, is_loud, &failure) != 0) return throw_failure(env, &failure);
  owner = env;
  TRY(napi_add_env_cleanup_hook(env, end, NULL));
  return NULL;
}

static bool is_owner(napi_env env) {
  if (env == owner) return true;
  napi_throw_error(env, "EPERM", "this thread has not started DPDK");
  return false;
}

/* { handle, id, driver, mac, ... } of a port, which is closed where that fails. */
static napi_value device_value(napi_env env, struct port *port) {
  uint16_t id = dpdk_id(port);
  struct rte_eth_dev_info device;
  struct rte_ether_addr mac = {0};
  napi_value made, handle = hold_port(env, port);
  if (handle == NULL) return NULL;
  if (rte_eth_dev_info_get(id, &device) != 0) return wrong(env);
  rte_eth_macaddr_get(id, &mac);
  double address = 0;
  for (int i = 0; i < RTE_ETHER_ADDR_LEN; i++) address = address * 256 + mac.addr_bytes[i];
  TRY(napi_create_object(env, &made));
  TRY(napi_set_named_property(env, made, "handle", handle));
  TRY(set_text(env, made, "driver", device.driver_name));
  const struct named_number numbers[] = {
      {"id", id},
      {"mac", address},
      {"receiveTimestamps", (device.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0},
      {"sendTimestamps", (device.tx_offload_capa & RTE_ETH_TX_OFFLOAD_SEND_ON_TIMESTAMP) != 0},
      /* A rate of 0 is no limit. */
      {"rateLimit", rte_eth_set_queue_rate_limit(id, 0, 0) != -ENOTSUP},
  };
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

static napi_status options_of(napi_env env, napi_value mtu, napi_value buffers, struct dpdk_options *options) {
  uint32_t value = 0;
  napi_status status = napi_get_value_uint32(env, mtu, &value);
  options->mtu = (uint16_t)value;
  return status == napi_ok ? napi_get_value_uint32(env, buffers, &options->buffers) : status;
}

/* open(device, namespace, mtu, buffers) */
static napi_value js_open(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  char device[MOST_TEXT];
  size_t length;
  int32_t namespace_fd;
  struct dpdk_options options;
  struct failure failure;
  TRY(arguments(env, info, 4, given));
  TRY(napi_get_value_string_utf8(env, given[0], device, sizeof device, &length));
  TRY(napi_get_value_int32(env, given[1], &namespace_fd));
  TRY(options_of(env, given[2], given[3], &options));
  if (!is_owner(env)) return NULL;
  forget_complaint();
  struct port *port = open_dpdk(device, namespace_fd, &options, &failure);
  return port == NULL ? throw_failure(env, &failure) : device_value(env, port);
}

/* openRings(name, mtu, buffers, frames) */
static napi_value js_open_rings(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  char name[16];
  size_t length;
  struct dpdk_options options;
  struct failure failure;
  struct port *ports[2];
  uint32_t frames;
  TRY(arguments(env, info, 4, given));
  TRY(napi_get_value_string_utf8(env, given[0], name, sizeof name, &length));
  TRY(options_of(env, given[1], given[2], &options));
  TRY(napi_get_value_uint32(env, given[3], &frames));
  if (!is_owner(env)) return NULL;
  forget_complaint();
  if (open_dpdk_rings(name, frames, &options, ports, &failure) != 0) return throw_failure(env, &failure);
  napi_value devices[] = {device_value(env, ports[0]), device_value(env, ports[1])};
  if (devices[0] == NULL || devices[1] == NULL) return wrong(env);
  TRY(napi_create_array_with_length(env, 2, &made));
  for (uint32_t i = 0; i < 2; i++) TRY(napi_set_element(env, made, i, devices[i]));
  return made;
}

/* link(id) */
static napi_value js_link(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  uint32_t id;
  struct rte_eth_link link;
  TRY(arguments(env, info, 1, given));
  TRY(napi_get_value_uint32(env, given[0], &id));
  if (!is_owner(env)) return NULL;
  if (rte_eth_link_get_nowait((uint16_t)id, &link) != 0) {
    napi_throw_error(env, "EBADF", "the port is closed");
    return NULL;
  }
  TRY(napi_create_object(env, &made));
  const struct named_number numbers[] = {{"isUp", link.link_status}, {"megabits", link.link_speed}};
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

/* errors(id) */
static napi_value js_errors(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  uint32_t id;
  struct rte_eth_stats stats;
  TRY(arguments(env, info, 1, given));
  TRY(napi_get_value_uint32(env, given[0], &id));
  if (!is_owner(env)) return NULL;
  if (rte_eth_stats_get((uint16_t)id, &stats) != 0) {
    napi_throw_error(env, "EBADF", "the port is closed");
    return NULL;
  }
  TRY(napi_create_object(env, &made));
  const struct named_number numbers[] = {
      {"sendErrors", (double)stats.oerrors},
      {"receiveErrors", (double)stats.ierrors},
  };
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

static void part(void *unused) {
  (void)unused;
  rte_thread_unregister();
}

/* join(): makes another thread of the process known to DPDK, until it ends. */
static napi_value js_join(napi_env env, napi_callback_info info) {
  (void)info;
  if (owner == NULL) {
    napi_throw_error(env, "EPERM", "DPDK does not run");
    return NULL;
  }
  if (rte_lcore_id() != LCORE_ID_ANY) return NULL;
  struct failure failure;
  if (rte_thread_register() != 0) {
    failed(&failure, "making a thread known to DPDK", rte_errno);
    return throw_failure(env, &failure);
  }
  TRY(napi_add_env_cleanup_hook(env, part, NULL));
  return NULL;
}

static napi_value js_complaint(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value made;
  TRY(napi_create_string_utf8(env, complaint(), NAPI_AUTO_LENGTH, &made));
  return made;
}

static const struct {
  const char *name;
  napi_callback call;
} functions[] = {
    {"start", js_start},
    {"open", js_open},
    {"openRings", js_open_rings},
    {"link", js_link},
    {"errors", js_errors},
    {"join", js_join},
    {"complaint", js_complaint},
};

NAPI_MODULE_INIT() {
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    napi_value made;
    TRY(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &made));
    TRY(napi_set_named_property(env, exports, functions[i].name, made));
  }
  return exports;
}
