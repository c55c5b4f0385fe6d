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
  short events = for_sending ? POLLOUT : POLLIN;
  for (uint32_t i = 0; i < count; i++) waiting[i] = (struct pollfd){.fd = ports[i]->fd, .events = events};
  if (check_ports(ports, count, failure) != 0) return -1;
  int ready = poll(waiting, count, milliseconds);
  if (ready < 0) return errno == EINTR ? 0 : failed(failure, "waiting for a port", errno);
  if (ready == 0 && milliseconds != 0 && check_ports(ports, count, failure) != 0) return -1;
  for (uint32_t i = 0; i < count && ready > 0; i++)
    if ((waiting[i].revents & POLLERR) != 0) return failed(failure, "waiting for a port", ENETDOWN);
  return ready;
}
