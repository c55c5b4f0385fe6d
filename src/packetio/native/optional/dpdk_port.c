/*
 * Ports of DPDK: a device with a queue each way. Frames are copied between its buffers and the arena, which is no memory
 * that a device may reach.
 */
#define _GNU_SOURCE
#include "dpdk.h"
#include "lengths.h"

#include <errno.h>
#include <fcntl.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Frames that are asked for at once, whatever is wanted: some drivers give none where they are asked for few. */
#define BATCH 32
#define DESCRIPTORS 1024
/* Buffers that a thread keeps for itself. */
#define CACHE 256
#define LEAST_ROOM 2048u

/* What ports have in common that are each other's wire; of another port, its own. */
struct shared {
  struct rte_mempool *pool;
  struct rte_ring *rings[2];
  int users; /* one more until they are all open */
};

struct dpdk {
  struct port port;
  uint16_t id;
  bool is_known; /* to DPDK, under this id */
  bool is_started;
  int namespace_fd; /* that its interface is in */
  uint16_t mtu;
  struct shared *shared;
  struct rte_mbuf *batch[BATCH]; /* received, and not all handed on */
  uint16_t next, held;           /* of the batch: handed on, and all */
  int64_t read_at;               /* when the batch was there: nanoseconds since 1970 */
  struct port_counts counts;
  struct dpdk *after; /* in the list of those that are open */
};

static struct dpdk *opened;

static struct dpdk *of(struct port *port) { return (struct dpdk *)port; }

uint16_t dpdk_id(const struct port *port) { return ((const struct dpdk *)port)->id; }

static bool take(const struct rte_mbuf *buffer, uint8_t *arena, struct frame *frame, int64_t now) {
  uint32_t length = rte_pktmbuf_pkt_len(buffer);
  if (length > frame->room) return false;
  uint8_t *to = arena + frame->start;
  for (; buffer != NULL; buffer = buffer->next) {
    memcpy(to, rte_pktmbuf_mtod(buffer, const uint8_t *), buffer->data_len);
    to += buffer->data_len;
  }
  frame->length = length;
  frame->flags = 0;
  frame->time = now;
  return true;
}

static void give_back(struct dpdk *this) {
  if (this->held > 0) rte_pktmbuf_free_bulk(this->batch, this->held);
  this->next = this->held = 0;
}

static bool next_batch(struct dpdk *this) {
  this->held = rte_eth_rx_burst(this->id, 0, this->batch, BATCH);
  if (this->held == 0) return false;
  struct timespec clock;
  clock_gettime(CLOCK_REALTIME, &clock);
  this->read_at = (int64_t)clock.tv_sec * 1000000000 + clock.tv_nsec;
  return true;
}

static bool has_frames(struct port *port) {
  struct dpdk *this = of(port);
  return this->next < this->held || next_batch(this);
}

static int receive(struct port *port, uint8_t *arena, struct frame *frames, int count, struct failure *failure) {
  (void)failure;
  struct dpdk *this = of(port);
  uint64_t bytes = 0;
  int filled = 0;
  while (filled < count) {
    if (this->next == this->held && !next_batch(this)) break;
    if (take(this->batch[this->next++], arena, &frames[filled], this->read_at)) bytes += frames[filled++].length;
    else count_up(&this->counts.oversize, 1);
    if (this->next == this->held) give_back(this);
  }
  count_up(&this->counts.received, (uint64_t)filled);
  count_up(&this->counts.received_bytes, bytes);
  return filled;
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct dpdk *this = of(port);
  struct rte_mbuf *batch[BATCH];
  int sent = 0;
  while (sent < count) {
    uint16_t wanted = 0;
    int error = 0;
    for (; wanted < BATCH && sent + wanted < count && error == 0; wanted++)
      error = wrong_length(arena + frames[sent + wanted].start, frames[sent + wanted].length, this->mtu);
    if (error != 0) wanted--;
    if (wanted == 0 && sent > 0) return sent;
    if (wanted == 0) {
      count_up(&this->counts.refused, 1);
      return failed_with(failure, "sending a frame", error, "%u bytes", frames[0].length);
    }
    /* None is left where all are on their way. */
    if (rte_pktmbuf_alloc_bulk(this->shared->pool, batch, wanted) != 0) return sent;
    for (int i = 0; i < wanted; i++) {
      const struct frame *frame = &frames[sent + i];
      memcpy(rte_pktmbuf_mtod(batch[i], uint8_t *), arena + frame->start, frame->length);
      batch[i]->data_len = (uint16_t)frame->length;
      batch[i]->pkt_len = frame->length;
    }
    uint16_t taken = rte_eth_tx_burst(this->id, 0, batch, wanted);
    uint64_t bytes = 0;
    for (int i = 0; i < taken; i++) bytes += frames[sent + i].length;
    count_up(&this->counts.sent_bytes, bytes);
    count_up(&this->counts.sent, taken);
    sent += taken;
    if (taken < wanted) {
      rte_pktmbuf_free_bulk(batch + taken, wanted - taken);
      return sent;
    }
  }
  return sent;
}

static int counts(struct port *port, struct port_counts *counts, struct failure *failure) {
  struct dpdk *this = of(port);
  struct rte_eth_stats device;
  int error = rte_eth_stats_get(this->id, &device);
  if (error != 0) return failed(failure, "reading the counts of a DPDK device", -error);
  counts_now(&this->counts, counts);
  counts->lost = device.imissed + device.rx_nombuf;
  /* It took them first, or its driver counts otherwise. */
  uint64_t failed_later = device.oerrors < counts->sent ? device.oerrors : counts->sent;
  counts->sent -= failed_later;
  counts->refused += failed_later;
  return 0;
}

static void leave(struct shared *shared) {
  if (shared == NULL || --shared->users > 0) return;
  for (int i = 0; i < 2; i++) rte_ring_free(shared->rings[i]);
  rte_mempool_free(shared->pool);
  free(shared);
}

/* All but its memory. */
static void shut(struct dpdk *this) {
  give_back(this);
  int back;
  struct failure failure;
  bool is_there = enter_namespace(this->namespace_fd, &back, &failure) == 0;
  if (this->is_known) {
    struct rte_eth_dev_info info;
    bool is_found = rte_eth_dev_info_get(this->id, &info) == 0;
    /* A link of the kernel would stay so. */
    if (is_there) rte_eth_promiscuous_disable(this->id);
    if (this->is_started) rte_eth_dev_stop(this->id);
    rte_eth_dev_close(this->id);
    if (is_found) rte_dev_remove(info.device);
  }
  leave_namespace(back);
  if (this->namespace_fd >= 0) close(this->namespace_fd);
  this->namespace_fd = -1;
  this->is_known = false;
  leave(this->shared);
  this->shared = NULL;
  for (struct dpdk **each = &opened; *each != NULL; each = &(*each)->after) {
    if (*each != this) continue;
    *each = this->after;
    break;
  }
}

static void close_port(struct port *port) {
  shut(of(port));
  free(port);
}

void close_all_dpdk(void) {
  while (opened != NULL) shut(opened);
}

static const struct port_operations operations = {"dpdk", receive, send_frames, counts, close_port, NULL, has_frames};

static struct shared *share(const struct dpdk_options *options, struct failure *failure) {
  static unsigned number;
  char name[RTE_MEMPOOL_NAMESIZE];
  struct shared *this = malloc(sizeof *this);
  if (this != NULL) *this = (struct shared){.users = 1};
  uint32_t room = options->mtu + RTE_ETHER_HDR_LEN + 2 * TAG_BYTES;
  if (room < LEAST_ROOM) room = LEAST_ROOM;
  snprintf(name, sizeof name, "vigil%u", number++);
  /* A pacer's thread is not known to DPDK: it has no cache, and takes buffers out of the ring beside this one. */
  if (this != NULL)
    this->pool = rte_pktmbuf_pool_create_by_ops(name, options->buffers, CACHE, 0,
                                                (uint16_t)(RTE_PKTMBUF_HEADROOM + room), SOCKET_ID_ANY, "ring_mp_mc");
  if (this != NULL && this->pool != NULL) return this;
  failed_with(failure, "making buffers of DPDK", ENOMEM, "%u of %u bytes", options->buffers, room);
  free(this);
  return NULL;
}

static int set_up(struct dpdk *this, struct failure *failure) {
  struct rte_eth_conf conf = {.rxmode = {.mtu = this->mtu}};
  uint16_t incoming = DESCRIPTORS, outgoing = DESCRIPTORS;
  int error = rte_eth_dev_configure(this->id, 1, 1, &conf);
  if (error != 0) return failed(failure, "configuring a DPDK device", -error);
  error = rte_eth_dev_adjust_nb_rx_tx_desc(this->id, &incoming, &outgoing);
  if (error == 0) error = rte_eth_rx_queue_setup(this->id, 0, incoming, SOCKET_ID_ANY, NULL, this->shared->pool);
  if (error == 0) error = rte_eth_tx_queue_setup(this->id, 0, outgoing, SOCKET_ID_ANY, NULL);
  if (error != 0) return failed(failure, "making the queues of a DPDK device", -error);
  /* A device without an address filter has no such mode. */
  error = rte_eth_promiscuous_enable(this->id);
  if (error != 0 && error != -ENOTSUP) return failed(failure, "receiving frames to any address", -error);
  error = rte_eth_dev_start(this->id);
  if (error != 0) return failed(failure, "starting a DPDK device", -error);
  this->is_started = true;
  rte_eth_stats_reset(this->id);
  return 0;
}

/* A device that DPDK knows, as a port; where that fails it is gone. */
static struct port *port_of(uint16_t id, struct shared *shared, const struct dpdk_options *options,
                            struct failure *failure) {
  struct dpdk *this = calloc(1, sizeof *this);
  if (this == NULL) {
    failed(failure, "opening a DPDK device", ENOMEM);
    return NULL;
  }
  *this = (struct dpdk){.port = {&operations, -1, -1}, .id = id, .is_known = true, .namespace_fd = -1};
  this->mtu = options->mtu;
  this->shared = shared;
  this->after = opened;
  shared->users++;
  opened = this;
  if (set_up(this, failure) == 0) return &this->port;
  close_port(&this->port);
  return NULL;
}

static int probe(const char *device, uint16_t *id, struct failure *failure) {
  struct rte_devargs words = {0};
  char name[RTE_DEV_NAME_MAX_LEN];
  if (rte_devargs_parse(&words, device) != 0) return failed(failure, "finding the driver of a DPDK device", ENODEV);
  snprintf(name, sizeof name, "%s", words.name);
  free(words.data);
  if (rte_eth_dev_get_port_by_name(name, id) == 0) return failed(failure, "opening a DPDK device", EBUSY);
  /* Drivers answer -1 for all that is wrong. */
  if (rte_dev_probe(device) != 0 || rte_eth_dev_get_port_by_name(name, id) != 0)
    return failed(failure, "opening a DPDK device", EIO);
  return 0;
}

struct port *open_dpdk(const char *device, int namespace_fd, const struct dpdk_options *options,
                       struct failure *failure) {
  uint16_t id;
  int back;
  struct port *port = NULL;
  struct shared *shared = share(options, failure);
  if (shared == NULL) return NULL;
  /* For closing it. */
  int own_fd = namespace_fd < 0 ? -1 : fcntl(namespace_fd, F_DUPFD_CLOEXEC, 0);
  if (own_fd < 0 && namespace_fd >= 0) failed(failure, "keeping a network namespace", errno);
  /* Drivers open sockets, and find an interface by its name, in the namespace of the thread. */
  else if (enter_namespace(own_fd, &back, failure) == 0) {
    if (probe(device, &id, failure) == 0) port = port_of(id, shared, options, failure);
    leave_namespace(back);
  }
  leave(shared);
  if (port != NULL) of(port)->namespace_fd = own_fd;
  else if (own_fd >= 0) close(own_fd);
  return port;
}

int open_dpdk_rings(const char *name, uint32_t frames, const struct dpdk_options *options, struct port *ports[2],
                    struct failure *failure) {
  struct shared *shared = share(options, failure);
  if (shared == NULL) return -1;
  ports[0] = ports[1] = NULL;
  char each[2][RTE_RING_NAMESIZE];
  for (int i = 0; i < 2; i++) {
    snprintf(each[i], sizeof each[i], "%s%c", name, 'a' + i);
    shared->rings[i] = rte_ring_create(each[i], frames, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (shared->rings[i] == NULL) failed_with(failure, "making a ring of DPDK", rte_errno, "%s", each[i]);
  }
  for (int i = 0; i < 2 && shared->rings[0] != NULL && shared->rings[1] != NULL; i++) {
    int id = rte_eth_from_rings(each[i], &shared->rings[i], 1, &shared->rings[1 - i], 1, 0);
    if (id < 0) failed_with(failure, "making a port of rings", rte_errno, "%s", each[i]);
    else ports[i] = port_of((uint16_t)id, shared, options, failure);
    if (ports[i] == NULL) break;
  }
  bool is_made = ports[1] != NULL;
  if (!is_made && ports[0] != NULL) close_port(ports[0]);
  leave(shared);
  return is_made ? 0 : -1;
}
