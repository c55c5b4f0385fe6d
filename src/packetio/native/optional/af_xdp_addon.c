/* What JavaScript sees of the AF_XDP addon; src/packetio/af-xdp.ts says the types. */
#define _GNU_SOURCE
#include "../values.h"
#include "af_xdp.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* open(interface, namespace, mtu, frames): { port, longest, isNative, isZeroCopy } */
static napi_value js_open(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  char name[IFNAMSIZ];
  struct af_xdp_options options = {.interface = name};
  struct af_xdp_mode mode;
  struct failure failure;
  TRY(arguments(env, info, 4, given));
  TRY(interface_name(env, given[0], name));
  TRY(napi_get_value_int32(env, given[1], &options.namespace_fd));
  TRY(napi_get_value_uint32(env, given[2], &options.mtu));
  TRY(napi_get_value_uint32(env, given[3], &options.frames));
  struct port *port = open_af_xdp(&options, &mode, &failure);
  if (port == NULL) return throw_failure(env, &failure);
  napi_value handle = hold_port(env, port);
  if (handle == NULL) return NULL;
  TRY(napi_create_object(env, &made));
  TRY(napi_set_named_property(env, made, "port", handle));
  const struct named_number numbers[] = {
      {"longest", mode.longest}, {"isNative", mode.is_native}, {"isZeroCopy", mode.is_zero_copy}};
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

/* queues(interface, namespace): over how many the device spreads what it receives. */
static napi_value js_queues(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd, back;
  struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
  struct ifreq asked = {.ifr_data = (char *)&channels};
  struct failure failure;
  TRY(arguments(env, info, 2, given));
  TRY(interface_name(env, given[0], asked.ifr_name));
  TRY(napi_get_value_int32(env, given[1], &fd));
  if (enter_namespace(fd, &back, &failure) != 0) return throw_failure(env, &failure);
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int error = control < 0 || ioctl(control, SIOCETHTOOL, &asked) != 0 ? errno : 0;
  if (control >= 0) close(control);
  leave_namespace(back);
  /* A device without channels has one queue. */
  if (error == EOPNOTSUPP) return number(env, 1);
  if (error == 0) return number(env, channels.rx_count + channels.combined_count);
  failed_with(&failure, "counting the queues of", error, "%s", asked.ifr_name);
  return throw_failure(env, &failure);
}

NAPI_MODULE_INIT() {
  napi_value open, queues;
  TRY(napi_create_function(env, "open", NAPI_AUTO_LENGTH, js_open, NULL, &open));
  TRY(napi_create_function(env, "queues", NAPI_AUTO_LENGTH, js_queues, NULL, &queues));
  TRY(napi_set_named_property(env, exports, "open", open));
  TRY(napi_set_named_property(env, exports, "queues", queues));
  return exports;
}
