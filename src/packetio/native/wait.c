/* Waiting for ports: those that have descriptors by poll; the others are asked again and again. */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

#define MILLISECOND 1000000
/* Nanoseconds for which a port is asked without sleeping: others may have the processor; and of a sleep after that. */
#define EAGER 50000
#define NAP 50000

static int64_t now(void) {
  struct timespec clock;
  clock_gettime(CLOCK_MONOTONIC, &clock);
  return (int64_t)clock.tv_sec * 1000000000 + clock.tv_nsec;
}

/* Asks those of which poll does not tell it. */
static int check_ports(struct port *const *ports, uint32_t count, struct failure *failure) {
  for (uint32_t i = 0; i < count; i++) {
    const struct port_operations *operations = ports[i]->operations;
    if (operations->check != NULL && operations->check(ports[i], failure) != 0) return -1;
  }
  return 0;
}

/* How many of those without a descriptor have frames, or take some as far as anybody knows. */
static int asked(struct port *const *ports, const struct pollfd *waiting, uint32_t count, bool for_sending) {
  int ready = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (waiting[i].fd >= 0) continue;
    const struct port_operations *operations = ports[i]->operations;
    if (for_sending || operations->has_frames == NULL || operations->has_frames(ports[i])) ready++;
  }
  return ready;
}

static void nap(int64_t elapsed) {
  const struct timespec time = {.tv_nsec = NAP};
  if (elapsed < EAGER) sched_yield();
  else nanosleep(&time, NULL);
}

int wait_for_ports(struct port *const *ports, uint32_t count, int milliseconds, bool for_sending,
                   struct failure *failure) {
  struct pollfd waiting[MOST_PORTS];
  uint32_t to_ask = 0;
  for (uint32_t i = 0; i < count; i++) {
    waiting[i] = for_sending ? (struct pollfd){.fd = ports[i]->room_fd, .events = POLLOUT}
                             : (struct pollfd){.fd = ports[i]->fd, .events = POLLIN};
    if (waiting[i].fd < 0) to_ask++;
  }
  if (check_ports(ports, count, failure) != 0) return -1;
  int64_t begun = to_ask > 0 ? now() : 0;
  for (;;) {
    int found = asked(ports, waiting, count, for_sending);
    int ready = to_ask < count ? poll(waiting, count, to_ask > 0 ? 0 : milliseconds) : 0;
    if (ready < 0) return errno == EINTR ? found : failed(failure, "waiting for a port", errno);
    for (uint32_t i = 0; i < count && ready > 0; i++)
      if ((waiting[i].revents & POLLERR) != 0) return failed(failure, "waiting for a port", ENETDOWN);
    if (found + ready > 0) return found + ready;
    int64_t elapsed = to_ask > 0 ? now() - begun : 0;
    if (to_ask == 0 || elapsed >= (int64_t)milliseconds * MILLISECOND) break;
    nap(elapsed);
  }
  return milliseconds == 0 || check_ports(ports, count, failure) == 0 ? 0 : -1;
}
