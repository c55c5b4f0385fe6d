/* What JavaScript sees of the addon; src/packetio/native.ts says the types. */
#define _GNU_SOURCE
#include "values.h"

static napi_status open_port_of(napi_env env, napi_value value, struct port **port) {
  struct held_port *held;
  napi_status status = held_port_of(env, value, &held);
  if (status == napi_ok) *port = held->port;
  return status;
}

/* openAfPacket(interface, namespace, ringBytes, fanout, promiscuous, transmitBytes) */
static napi_value js_open_af_packet(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  char name[IFNAMSIZ];
  struct af_packet_options options = {.interface = name};
  TRY(arguments(env, info, 6, given));
  TRY(interface_name(env, given[0], name));
  TRY(napi_get_value_int32(env, given[1], &options.namespace_fd));
  TRY(napi_get_value_uint32(env, given[2], &options.ring_bytes));
  TRY(napi_get_value_int32(env, given[3], &options.fanout));
  TRY(napi_get_value_bool(env, given[4], &options.promiscuous));
  TRY(napi_get_value_uint32(env, given[5], &options.transmit_bytes));
  struct failure failure;
  struct port *port = open_af_packet(&options, &failure);
  return port == NULL ? throw_failure(env, &failure) : hold_port(env, port);
}

/* openRawIp(interface, namespace, fillsIdentification) */
static napi_value js_open_raw_ip(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  char name[IFNAMSIZ];
  int32_t fd;
  bool fills;
  struct failure failure;
  TRY(arguments(env, info, 3, given));
  TRY(interface_name(env, given[0], name));
  TRY(napi_get_value_int32(env, given[1], &fd));
  TRY(napi_get_value_bool(env, given[2], &fills));
  struct port *port = open_raw_ip(name, fd, fills, &failure);
  return port == NULL ? throw_failure(env, &failure) : hold_port(env, port);
}

struct burst {
  struct held_port *held;
  struct port *port;
  uint8_t *arena;
  size_t bytes;
  struct frame *frames;
  uint32_t first, count;
};

/* (port, arena, frames, first, count): the frames from `first` on, of which there are that many. */
static napi_status burst_of(napi_env env, napi_callback_info info, struct burst *burst) {
  napi_value given[MOST_ARGUMENTS];
  size_t length;
  void *frames, *arena;
  napi_status status = arguments(env, info, 5, given);
  if (status == napi_ok) status = held_port_of(env, given[0], &burst->held);
  if (status == napi_ok) status = napi_get_arraybuffer_info(env, given[1], &arena, &burst->bytes);
  if (status == napi_ok) status = napi_get_arraybuffer_info(env, given[2], &frames, &length);
  if (status == napi_ok) status = napi_get_value_uint32(env, given[3], &burst->first);
  if (status == napi_ok) status = napi_get_value_uint32(env, given[4], &burst->count);
  if (status != napi_ok) return status;
  if ((uint64_t)burst->first + burst->count > length / sizeof(struct frame)) return napi_invalid_arg;
  burst->port = burst->held->port;
  burst->arena = arena;
  burst->frames = (struct frame *)frames + burst->first;
  return napi_ok;
}

/* What lies outside of the arena is neither written nor read. */
static napi_status check_places(napi_env env, const struct burst *burst, bool is_received) {
  for (uint32_t i = 0; i < burst->count; i++) {
    const struct frame *frame = &burst->frames[i];
    if ((uint64_t)frame->start + (is_received ? frame->room : frame->length) <= burst->bytes) continue;
    napi_throw_range_error(env, "EFAULT", "a frame lies outside of its arena");
    return napi_pending_exception;
  }
  return napi_ok;
}

static napi_value js_receive(napi_env env, napi_callback_info info) {
  struct burst burst;
  struct failure failure;
  TRY(burst_of(env, info, &burst));
  TRY(check_places(env, &burst, true));
  int count = burst.port->operations->receive(burst.port, burst.arena, burst.frames, (int)burst.count, &failure);
  return count < 0 ? throw_failure(env, &failure) : number(env, count);
}

static napi_value js_send(napi_env env, napi_callback_info info) {
  struct burst burst;
  struct failure failure;
  TRY(burst_of(env, info, &burst));
  TRY(unpaced(env, burst.held));
  TRY(check_places(env, &burst, false));
  int count = burst.port->operations->send(burst.port, burst.arena, burst.frames, (int)burst.count, &failure);
  return count < 0 ? throw_failure(env, &failure) : number(env, count);
}

static napi_value js_counts(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  struct port *port;
  struct port_counts counts;
  struct failure failure;
  TRY(arguments(env, info, 1, given));
  TRY(open_port_of(env, given[0], &port));
  if (port->operations->counts(port, &counts, &failure) != 0) return throw_failure(env, &failure);
  TRY(napi_create_object(env, &made));
  const struct named_number numbers[] = {
      {"received", (double)counts.received},
      {"receivedBytes", (double)counts.received_bytes},
      {"sent", (double)counts.sent},
      {"sentBytes", (double)counts.sent_bytes},
      {"lost", (double)counts.lost},
      {"oversize", (double)counts.oversize},
      {"refused", (double)counts.refused},
  };
  TRY(set_numbers(env, made, numbers, sizeof numbers / sizeof numbers[0]));
  return made;
}

static napi_value js_close(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  void *held;
  TRY(arguments(env, info, 1, given));
  TRY(napi_get_value_external(env, given[0], &held));
  struct held_port *port = held;
  TRY(unpaced(env, port));
  if (shut_port(port)) return NULL;
  napi_throw_error(env, "EBUSY", "another thread uses the port");
  return NULL;
}

/* wait(ports, milliseconds, forSending): blocks this thread until a port is ready; how many are. */
static napi_value js_wait(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  uint32_t count;
  int32_t milliseconds;
  bool for_sending;
  struct port *ports[MOST_PORTS];
  struct failure failure;
  TRY(arguments(env, info, 3, given));
  TRY(napi_get_array_length(env, given[0], &count));
  TRY(napi_get_value_int32(env, given[1], &milliseconds));
  TRY(napi_get_value_bool(env, given[2], &for_sending));
  if (count > MOST_PORTS) count = MOST_PORTS;
  for (uint32_t i = 0; i < count; i++) {
    napi_value each;
    TRY(napi_get_element(env, given[0], i, &each));
    TRY(open_port_of(env, each, &ports[i]));
  }
  int ready = wait_for_ports(ports, count, milliseconds, for_sending, &failure);
  return ready < 0 ? throw_failure(env, &failure) : number(env, ready);
}

static const struct {
  const char *name;
  napi_callback call;
} functions[] = {
    {"openAfPacket", js_open_af_packet},
    {"openRawIp", js_open_raw_ip},
    {"receive", js_receive},
    {"send", js_send},
    {"counts", js_counts},
    {"close", js_close},
    {"lend", js_lend},
    {"borrow", js_borrow},
    {"wait", js_wait},
    {"createNamespace", js_create_namespace},
    {"closeNamespace", js_close_namespace},
    {"writeSetting", js_write_setting},
    {"createVeth", js_create_veth},
    {"setLink", js_set_link},
    {"getLink", js_get_link},
    {"giveAddress", js_give_address},
    {"ipVersions", js_ip_versions},
    {"offloads", js_offloads},
    {"startPacer", js_start_pacer},
    {"pacerPublish", js_pacer_publish},
    {"pacerBegun", js_pacer_begun},
    {"pacerFinished", js_pacer_finished},
    {"stopPacer", js_stop_pacer},
    {"clockOffset", js_clock_offset},
};

NAPI_MODULE_INIT() {
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    napi_value made;
    TRY(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &made));
    TRY(napi_set_named_property(env, exports, functions[i].name, made));
  }
  napi_value names;
  TRY(napi_create_array_with_length(env, OFFLOAD_COUNT, &names));
  for (uint32_t i = 0; i < OFFLOAD_COUNT; i++) {
    napi_value name;
    TRY(napi_create_string_utf8(env, offload_names[i], NAPI_AUTO_LENGTH, &name));
    TRY(napi_set_element(env, names, i, name));
  }
  TRY(napi_set_named_property(env, exports, "offloadNames", names));
  return exports;
}
