/*
 * What a device does to frames by itself (ethtool): checksums left open, segments joined and cut, tags taken out. What is
 * sent and seen is not what is on the wire unless it is turned off.
 */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const offload_names[OFFLOAD_COUNT] = {
    "rx-checksum", "tx-checksum", "scatter-gather", "tcp-segmentation", "generic-segmentation", "generic-receive", "rx-tags",
};

/* The commands to read and to write each; tags in frames are a flag among others. */
static const uint32_t commands[OFFLOAD_COUNT][2] = {
    {ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM}, {ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM}, {ETHTOOL_GSG, ETHTOOL_SSG},
    {ETHTOOL_GTSO, ETHTOOL_STSO},       {ETHTOOL_GGSO, ETHTOOL_SGSO},       {ETHTOOL_GGRO, ETHTOOL_SGRO},
    {ETHTOOL_GFLAGS, ETHTOOL_SFLAGS},
};
#define TAGS (OFFLOAD_COUNT - 1)

static int request(int socket, const char *name, uint32_t command, uint32_t *data) {
  struct ethtool_value value = {.cmd = command, .data = *data};
  struct ifreq asked = {.ifr_data = (char *)&value};
  strncpy(asked.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(socket, SIOCETHTOOL, &asked) != 0) return errno;
  *data = value.data;
  return 0;
}

static int read_one(int socket, const char *name, int which, uint32_t *data) {
  *data = 0;
  int error = request(socket, name, commands[which][0], data);
  /* What a device does not know of it does not do. */
  if (error == EOPNOTSUPP) *data = 0;
  return error == EOPNOTSUPP ? 0 : error;
}

static int is_on(int which, uint32_t data) {
  return which == TAGS ? (data & ETH_FLAG_RXVLAN) != 0 : data != 0;
}

static int write_one(int socket, const char *name, int which, uint32_t before, int on) {
  uint32_t data = (uint32_t)on;
  if (which == TAGS) data = on ? before | ETH_FLAG_RXVLAN : before & ~(uint32_t)ETH_FLAG_RXVLAN;
  return request(socket, name, commands[which][1], &data);
}

static int look(int socket, const char *name, uint32_t *on) {
  *on = 0;
  for (int which = 0; which < OFFLOAD_COUNT; which++) {
    uint32_t data;
    int error = read_one(socket, name, which, &data);
    if (error != 0) return error;
    if (is_on(which, data)) *on |= 1u << which;
  }
  return 0;
}

static int change(int socket, const char *name, uint32_t wanted) {
  for (int which = 0; which < OFFLOAD_COUNT; which++) {
    uint32_t data;
    int error = read_one(socket, name, which, &data);
    int on = (wanted >> which) & 1;
    if (error == 0 && is_on(which, data) != on) error = write_one(socket, name, which, data, on);
    /* What cannot be changed is told by reading it back. */
    if (error != 0 && error != EOPNOTSUPP && error != EINVAL) return error;
  }
  return 0;
}

static int within(int fd, const char *name, uint32_t *on, const uint32_t *wanted, struct failure *failure) {
  int back;
  if (enter_namespace(fd, &back, failure) != 0) return -1;
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int error = control < 0 ? errno : 0;
  if (error == 0 && wanted != NULL) error = change(control, name, *wanted);
  if (error == 0) error = look(control, name, on);
  if (control >= 0) close(control);
  leave_namespace(back);
  const char *operation = wanted == NULL ? "reading the offloads of a link" : "setting the offloads of a link";
  return error == 0 ? 0 : failed_with(failure, operation, error, "%s", name);
}

int get_offloads(int fd, const char *name, uint32_t *on, struct failure *failure) {
  return within(fd, name, on, NULL, failure);
}

int set_offloads(int fd, const char *name, uint32_t on, struct failure *failure) {
  uint32_t now;
  return within(fd, name, &now, &on, failure);
}
