/* Waiting for ports. */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <poll.h>

/* Asks those of which poll does not tell it. */
static int check_ports(struct port *const *ports, uint32_t count, struct failure *failure) {
  for (uint32_t i = 0; i < count; i++) {
    const struct port_operations *operations = ports[i]->operations;
    if (operations->check != NULL && operations->check(ports[i], failure) != 0) return -1;
  }
  return 0;
}

int wait_for_ports(struct port *const *ports, uint32_t count, int milliseconds, bool for_sending,
                   struct failure *failure) {
  struct pollfd waiting[MOST_PORTS];
  int polled = 0;
  for (uint32_t i = 0; i < count; i++) {
    waiting[i] = for_sending ? (struct pollfd){.fd = ports[i]->room_fd, .events = POLLOUT}
                             : (struct pollfd){.fd = ports[i]->fd, .events = POLLIN};
    if (waiting[i].fd < 0) polled++;
  }
  if (check_ports(ports, count, failure) != 0) return -1;
  if (polled > 0) milliseconds = 0;
  int ready = poll(waiting, count, milliseconds);
  if (ready < 0) return errno == EINTR ? polled : failed(failure, "waiting for a port", errno);
  if (ready == 0 && milliseconds != 0 && check_ports(ports, count, failure) != 0) return -1;
  for (uint32_t i = 0; i < count && ready > 0; i++)
    if ((waiting[i].revents & POLLERR) != 0) return failed(failure, "waiting for a port", ENETDOWN);
  return ready + polled;
}
