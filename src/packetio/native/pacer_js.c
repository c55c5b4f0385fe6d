/* What JavaScript sees of the pacer. */
#define _GNU_SOURCE
#include "pacer.h"
#include "values.h"

#include <stdlib.h>
#include <time.h>

struct held_pacer {
  struct pacer *pacer; /* NULL: it was stopped */
  struct pacer_options ring;
  size_t arena_bytes;
  uint64_t published;
  napi_ref memory[3];
  uint32_t port_count;
  struct held_port *held[MOST_PORTS];
  struct port *ports[MOST_PORTS];
};

static uint64_t stop(struct held_pacer *this) {
  uint64_t unsent = this->pacer == NULL ? 0 : stop_pacer(this->pacer);
  this->pacer = NULL;
  for (; this->port_count > 0; this->port_count--) {
    struct held_port *held = this->held[this->port_count - 1];
    held->is_paced = false;
    let_go(held);
  }
  return unsent;
}

/* Before the memory goes with its environment: the end of the process or of a worker. */
static void at_exit(void *data) { stop(data); }

static void release(napi_env env, struct held_pacer *this) {
  for (int i = 0; i < 3; i++) {
    if (this->memory[i] != NULL) napi_delete_reference(env, this->memory[i]);
    this->memory[i] = NULL;
  }
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)hint;
  napi_remove_env_cleanup_hook(env, at_exit, data);
  stop(data);
  release(env, data);
  free(data);
}

static napi_status memory_of(napi_env env, napi_value value, napi_ref *reference, void *bytes, size_t *length) {
  napi_status status = napi_get_arraybuffer_info(env, value, bytes, length);
  return status == napi_ok ? napi_create_reference(env, value, 1, reference) : status;
}

/* (ports, arena, frames, paced, origin, spin) */
static napi_status options_of(napi_env env, const napi_value *given, struct held_pacer *this) {
  size_t frame_bytes, paced_bytes;
  uint32_t ports;
  bool is_lossless;
  void *arena, *frames, *paced;
  napi_status status = memory_of(env, given[1], &this->memory[0], &arena, &this->arena_bytes);
  if (status == napi_ok) status = memory_of(env, given[2], &this->memory[1], &frames, &frame_bytes);
  if (status == napi_ok) status = memory_of(env, given[3], &this->memory[2], &paced, &paced_bytes);
  if (status == napi_ok) status = napi_get_value_bigint_int64(env, given[4], &this->ring.origin, &is_lossless);
  if (status == napi_ok) status = napi_get_value_int64(env, given[5], &this->ring.spin);
  if (status == napi_ok) status = napi_get_array_length(env, given[0], &ports);
  if (status != napi_ok) return status;
  this->ring.slots = (uint32_t)(frame_bytes / sizeof(struct frame));
  this->ring.arena = arena;
  this->ring.frames = frames;
  this->ring.paced = paced;
  this->ring.ports = this->ports;
  if (ports > MOST_PORTS || this->ring.slots == 0 || this->ring.slots > paced_bytes / sizeof(struct paced))
    return napi_invalid_arg;
  for (; this->port_count < ports && status == napi_ok; this->port_count++) {
    napi_value each;
    struct held_port *held;
    status = napi_get_element(env, given[0], this->port_count, &each);
    if (status == napi_ok) status = held_port_of(env, each, &held);
    if (status == napi_ok) status = unpaced(env, held);
    if (status != napi_ok) break;
    held->is_paced = true;
    held->holders++;
    this->held[this->port_count] = held;
    this->ports[this->port_count] = held->port;
  }
  return status;
}

napi_value js_start_pacer(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], made;
  struct failure failure;
  TRY(arguments(env, info, 6, given));
  struct held_pacer *this = calloc(1, sizeof *this);
  if (this == NULL) return wrong(env);
  if (napi_create_external(env, this, finalize, NULL, &made) != napi_ok) {
    free(this);
    return wrong(env);
  }
  napi_status status = options_of(env, given, this);
  if (status == napi_ok && (this->pacer = start_pacer(&this->ring, &failure)) == NULL) throw_failure(env, &failure);
  if (this->pacer != NULL && napi_add_env_cleanup_hook(env, at_exit, this) == napi_ok) return made;
  stop(this);
  release(env, this);
  return wrong(env);
}

static napi_status held_pacer_of(napi_env env, napi_value value, struct held_pacer **held) {
  void *data;
  napi_status status = napi_get_value_external(env, value, &data);
  *held = data;
  return status;
}

/* What lies outside of the ring's memory is not sent. */
static bool is_sound(const struct held_pacer *this, uint64_t number) {
  uint32_t slot = (uint32_t)(number % this->ring.slots);
  const struct frame *frame = &this->ring.frames[slot];
  return (uint64_t)frame->start + frame->length <= this->arena_bytes && this->ring.paced[slot].port < this->port_count;
}

/* pacerPublish(pacer, head): all frames before the `head`th may be sent. */
napi_value js_pacer_publish(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  struct held_pacer *this;
  int64_t head;
  TRY(arguments(env, info, 2, given));
  TRY(held_pacer_of(env, given[0], &this));
  TRY(napi_get_value_int64(env, given[1], &head));
  bool is_right = this->pacer != NULL && head >= (int64_t)this->published &&
                  (uint64_t)head - finished_frames(this->pacer) <= this->ring.slots;
  for (uint64_t i = this->published; is_right && i < (uint64_t)head; i++) is_right = is_sound(this, i);
  if (!is_right) {
    napi_throw_range_error(env, "EFAULT", "a frame lies outside of its pacer, or the pacer was stopped");
    return NULL;
  }
  this->published = (uint64_t)head;
  publish_frames(this->pacer, this->published);
  return NULL;
}

/* pacerFinished(pacer): how many frames are done with. */
napi_value js_pacer_finished(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  struct held_pacer *this;
  TRY(arguments(env, info, 1, given));
  TRY(held_pacer_of(env, given[0], &this));
  return number(env, (double)(this->pacer == NULL ? this->published : finished_frames(this->pacer)));
}

/* pacerBegun(pacer): how many frames are done with, or about to be. */
napi_value js_pacer_begun(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  struct held_pacer *this;
  TRY(arguments(env, info, 1, given));
  TRY(held_pacer_of(env, given[0], &this));
  return number(env, (double)(this->pacer == NULL ? this->published : begun_frames(this->pacer)));
}

/* stopPacer(pacer): how many of the published frames were not sent for it. */
napi_value js_stop_pacer(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  struct held_pacer *this;
  TRY(arguments(env, info, 1, given));
  TRY(held_pacer_of(env, given[0], &this));
  uint64_t unsent = stop(this);
  release(env, this);
  return number(env, (double)unsent);
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* clockOffset(): CLOCK_REALTIME, of arrivals, less CLOCK_MONOTONIC; of some readings that with the least time for it. */
napi_value js_clock_offset(napi_env env, napi_callback_info info) {
  (void)info;
  int64_t offset = 0, least = INT64_MAX;
  for (int i = 0; i < 16; i++) {
    int64_t before = nanoseconds(CLOCK_MONOTONIC), real = nanoseconds(CLOCK_REALTIME);
    int64_t after = nanoseconds(CLOCK_MONOTONIC);
    if (after - before >= least) continue;
    least = after - before;
    offset = real - (before + least / 2);
  }
  napi_value made;
  TRY(napi_create_bigint_int64(env, offset, &made));
  return made;
}
