/* What JavaScript sees of namespaces and of the links in them. */
#define _GNU_SOURCE
#include "values.h"

#include <string.h>
#include <unistd.h>

napi_value js_create_namespace(napi_env env, napi_callback_info info) {
  (void)info;
  struct failure failure;
  int fd = create_namespace(&failure);
  return fd < 0 ? throw_failure(env, &failure) : number(env, fd);
}

napi_value js_close_namespace(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd;
  TRY(arguments(env, info, 1, given));
  TRY(napi_get_value_int32(env, given[0], &fd));
  close(fd);
  return NULL;
}

/* writeSetting(namespace, path, text) */
napi_value js_write_setting(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd;
  char path[256], text[64];
  size_t length;
  struct failure failure;
  TRY(arguments(env, info, 3, given));
  TRY(napi_get_value_int32(env, given[0], &fd));
  TRY(napi_get_value_string_utf8(env, given[1], path, sizeof path, &length));
  TRY(napi_get_value_string_utf8(env, given[2], text, sizeof text, &length));
  return write_in_namespace(fd, path, text, &failure) == 0 ? NULL : throw_failure(env, &failure);
}

/* createVeth(namespace, name, peerNamespace, peerName, mtu) */
napi_value js_create_veth(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd, peer_fd;
  uint32_t mtu;
  char name[IFNAMSIZ], peer[IFNAMSIZ];
  struct failure failure;
  TRY(arguments(env, info, 5, given));
  TRY(napi_get_value_int32(env, given[0], &fd));
  TRY(interface_name(env, given[1], name));
  TRY(napi_get_value_int32(env, given[2], &peer_fd));
  TRY(interface_name(env, given[3], peer));
  TRY(napi_get_value_uint32(env, given[4], &mtu));
  return create_veth(fd, name, peer_fd, peer, mtu, &failure) == 0 ? NULL : throw_failure(env, &failure);
}

static napi_status link_of(napi_env env, napi_callback_info info, size_t count, napi_value *given, int32_t *fd,
                           char name[IFNAMSIZ]) {
  napi_status status = arguments(env, info, count, given);
  if (status == napi_ok) status = napi_get_value_int32(env, given[0], fd);
  return status == napi_ok ? interface_name(env, given[1], name) : status;
}

/* setLink(namespace, name, up, mtu, mac): -1, 0 and an empty array leave things as they are. */
napi_value js_set_link(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd, up;
  uint32_t mtu;
  size_t length;
  void *mac;
  char name[IFNAMSIZ];
  struct failure failure;
  TRY(link_of(env, info, 5, given, &fd, name));
  TRY(napi_get_value_int32(env, given[2], &up));
  TRY(napi_get_value_uint32(env, given[3], &mtu));
  TRY(napi_get_arraybuffer_info(env, given[4], &mac, &length));
  return set_link(fd, name, up, mtu, length == 6 ? mac : NULL, &failure) == 0 ? NULL : throw_failure(env, &failure);
}

napi_value js_get_link(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made, buffer;
  int32_t fd;
  char name[IFNAMSIZ];
  struct link_info link;
  struct failure failure;
  void *mac;
  TRY(link_of(env, info, 2, given, &fd, name));
  if (get_link(fd, name, &link, &failure) != 0) return throw_failure(env, &failure);
  TRY(napi_create_object(env, &made));
  TRY(napi_create_arraybuffer(env, sizeof link.mac, &mac, &buffer));
  memcpy(mac, link.mac, sizeof link.mac);
  TRY(napi_set_named_property(env, made, "mac", buffer));
  TRY(set_text(env, made, "name", link.name));
  TRY(set_text(env, made, "kind", link.kind));
  const struct named_number numbers[] = {
      {"index", (double)link.index},
      {"flags", (double)link.flags},
      {"carrier", (double)link.has_carrier},
      {"mtu", (double)link.mtu},
      {"master", (double)link.master},
      {"received", (double)link.received},
      {"sent", (double)link.sent},
      {"receiveDropped", (double)link.receive_dropped},
      {"sendDropped", (double)link.send_dropped},
      {"receiveErrors", (double)link.receive_errors},
      {"sendErrors", (double)link.send_errors},
  };
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

/* giveAddress(namespace, name, address, gateway): as bytes, 4 or 16 each. */
napi_value js_give_address(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd;
  size_t size, other;
  void *address, *gateway;
  char name[IFNAMSIZ];
  struct failure failure;
  TRY(link_of(env, info, 4, given, &fd, name));
  TRY(napi_get_arraybuffer_info(env, given[2], &address, &size));
  TRY(napi_get_arraybuffer_info(env, given[3], &gateway, &other));
  TRY(size == other && (size == 4 || size == 16) ? napi_ok : napi_invalid_arg);
  return give_address(fd, name, size, address, gateway, &failure) == 0 ? NULL : throw_failure(env, &failure);
}

/* ipVersions(namespace, name): those that raw IP carries there; 1 is IPv4, 2 is IPv6. */
napi_value js_ip_versions(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd;
  uint32_t versions;
  char name[IFNAMSIZ];
  struct failure failure;
  TRY(link_of(env, info, 2, given, &fd, name));
  return ip_versions(fd, name, &versions, &failure) == 0 ? number(env, versions) : throw_failure(env, &failure);
}

/* offloads(namespace, name, wanted): the bits that are on, after `wanted` was asked for where it is not -1. */
napi_value js_offloads(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  int32_t fd, wanted;
  char name[IFNAMSIZ];
  uint32_t on;
  struct failure failure;
  TRY(link_of(env, info, 3, given, &fd, name));
  TRY(napi_get_value_int32(env, given[2], &wanted));
  if (wanted >= 0 && set_offloads(fd, name, (uint32_t)wanted, &failure) != 0) return throw_failure(env, &failure);
  return get_offloads(fd, name, &on, &failure) == 0 ? number(env, on) : throw_failure(env, &failure);
}
