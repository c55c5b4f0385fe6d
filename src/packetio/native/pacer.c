/*
 * The pacer's thread. It sleeps on a futex while there is nothing to do, or long before the next frame is due; then it
 * watches the clock. Frames of one port that are due together are one call of its back-end.
 */
#define _GNU_SOURCE
#include "pacer.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Frames of a call: those behind the first are later than their `sent` says, by about a microsecond each. */
#define BATCH 32
/* Between tries where a queue is full. */
#define RETRY_NANOSECONDS 10000
#define SECOND 1000000000

/* What would wake the thread. */
enum { AWAKE, UNTIL_PUBLISHED, UNTIL_STOPPED };

struct pacer {
  struct pacer_options ring;
  pthread_t thread;
  /* Frames: published; handed to their ports, or about to be; done with. */
  _Atomic uint64_t head, begun, done;
  _Atomic bool is_stopping;
  _Atomic uint32_t sleep;
};

static int64_t since(int64_t origin) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * SECOND + now.tv_nsec - origin;
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value, const struct timespec *until) {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, until, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void wake(struct pacer *this) { futex(&this->sleep, FUTEX_WAKE, 1, NULL); }

/* Until another frame than the `head`th is published, or it is stopped. */
static void sleep_idle(struct pacer *this, uint64_t head) {
  atomic_store(&this->sleep, UNTIL_PUBLISHED);
  /* Whoever publishes or stops after this look sees that the thread sleeps. */
  if (atomic_load(&this->head) == head && !atomic_load(&this->is_stopping))
    futex(&this->sleep, FUTEX_WAIT_BITSET, UNTIL_PUBLISHED, NULL);
  atomic_store(&this->sleep, AWAKE);
}

/* Until a time since the origin, or it is stopped. */
static void sleep_until(struct pacer *this, int64_t time) {
  int64_t absolute = this->ring.origin + time;
  struct timespec until = {.tv_sec = absolute / SECOND, .tv_nsec = absolute % SECOND};
  atomic_store(&this->sleep, UNTIL_STOPPED);
  if (!atomic_load(&this->is_stopping)) futex(&this->sleep, FUTEX_WAIT_BITSET, UNTIL_STOPPED, &until);
  atomic_store(&this->sleep, AWAKE);
}

/* Hands over the first frame that is not done, and those behind it for the same port that are due; how many are done. */
static uint64_t send_due(struct pacer *this, uint64_t done, uint64_t head, int64_t now) {
  uint32_t slot = (uint32_t)(done % this->ring.slots);
  const struct frame *frames = this->ring.frames + slot;
  struct paced *paced = this->ring.paced + slot;
  uint64_t most = head - done;
  if (most > this->ring.slots - slot) most = this->ring.slots - slot;
  if (most > BATCH) most = BATCH;
  int count = 1;
  while ((uint64_t)count < most && paced[count].port == paced->port && frames[count].time <= now) count++;
  struct port *port = this->ring.ports[paced->port];
  struct failure failure;
  /* In this order: whoever does not see that a frame has begun knows that it is sent later than that. */
  atomic_store(&this->begun, done + (uint64_t)count);
  now = since(this->ring.origin);
  int taken = port->operations->send(port, this->ring.arena, frames, count, &failure);
  int error = taken < 0 ? failure.error : 0;
  if (taken < 0) taken = 1;
  for (int i = 0; i < taken; i++) {
    paced[i].sent = now;
    paced[i].error = error;
  }
  /* Those that were not taken are tried again, at another time. */
  atomic_store(&this->begun, done + (uint64_t)taken);
  return (uint64_t)taken;
}

static void *run(void *data) {
  struct pacer *this = data;
  const struct pacer_options *ring = &this->ring;
  /* Without it the kernel may wake the thread 50 microseconds late. */
  prctl(PR_SET_TIMERSLACK, 1ul);
  uint64_t done = 0;
  while (!atomic_load(&this->is_stopping)) {
    uint64_t head = atomic_load_explicit(&this->head, memory_order_acquire);
    if (done == head) {
      sleep_idle(this, head);
      continue;
    }
    int64_t due = ring->frames[done % ring->slots].time, now = since(ring->origin);
    if (now < due) {
      if (now < due - ring->spin) sleep_until(this, due - ring->spin);
      continue;
    }
    uint64_t count = send_due(this, done, head, now);
    if (count == 0) sleep_until(this, now + RETRY_NANOSECONDS);
    done += count;
    atomic_store_explicit(&this->done, done, memory_order_release);
  }
  return NULL;
}

struct pacer *start_pacer(const struct pacer_options *options, struct failure *failure) {
  struct pacer *this = calloc(1, sizeof *this);
  if (this == NULL) {
    failed(failure, "starting a pacer", ENOMEM);
    return NULL;
  }
  this->ring = *options;
  /* Signals are for the threads of Node. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&this->thread, NULL, run, this);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error == 0) return this;
  failed(failure, "starting a pacer", error);
  free(this);
  return NULL;
}

void publish_frames(struct pacer *this, uint64_t head) {
  atomic_store(&this->head, head);
  uint32_t idle = UNTIL_PUBLISHED;
  if (atomic_compare_exchange_strong(&this->sleep, &idle, AWAKE)) wake(this);
}

uint64_t begun_frames(struct pacer *this) { return atomic_load(&this->begun); }

uint64_t finished_frames(struct pacer *this) { return atomic_load_explicit(&this->done, memory_order_acquire); }

uint64_t stop_pacer(struct pacer *this) {
  atomic_store(&this->is_stopping, true);
  atomic_store(&this->sleep, AWAKE);
  wake(this);
  pthread_join(this->thread, NULL);
  uint64_t head = atomic_load(&this->head), done = atomic_load(&this->done);
  for (uint64_t i = done; i < head; i++) this->ring.paced[i % this->ring.slots].error = ECANCELED;
  free(this);
  return head - done;
}
