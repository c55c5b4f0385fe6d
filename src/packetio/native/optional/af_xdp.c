/* AF_XDP: one queue of an interface, by rings that are shared with the kernel (libxdp). */
#define _GNU_SOURCE
#include "af_xdp.h"
#include "lengths.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

/* Of each chunk the kernel keeps as many bytes for itself, before a frame that is received (XDP_PACKET_HEADROOM). */
#define HEADROOM 256u
#define SMALL_CHUNK 2048u
#define LARGE_CHUNK 4096u
/* The kernel gives a queue free some time after its socket was closed. */
#define BIND_TRIES 100
#define BIND_PAUSE_MICROSECONDS 10000

struct af_xdp {
  struct port port;
  struct xsk_umem *umem;
  struct xsk_socket *socket;
  struct xsk_ring_prod fill, transmit;
  struct xsk_ring_cons receive, completion;
  uint8_t *area;      /* 2 * frames chunks: those that go round to receive, and those to send */
  uint64_t *idle;     /* of the latter, where those begin that hold nothing */
  uint32_t idle_count;
  uint32_t frames;    /* of each of the two */
  uint32_t chunk;     /* bytes */
  uint32_t mtu;
  struct xdp_program program;
  struct af_xdp_mode mode;
  struct port_counts counts;
};

static struct af_xdp *of(struct port *port) { return (struct af_xdp *)port; }

static int receive(struct port *port, uint8_t *arena, struct frame *frames, int count, struct failure *failure) {
  (void)failure;
  struct af_xdp *this = of(port);
  struct timespec now = {0};
  uint32_t got, at = 0, back = 0;
  int filled = 0;
  while (filled < count && (got = xsk_ring_cons__peek(&this->receive, (uint32_t)(count - filled), &at)) > 0) {
    if (now.tv_sec == 0) clock_gettime(CLOCK_REALTIME, &now);
    xsk_ring_prod__reserve(&this->fill, got, &back);
    for (uint32_t i = 0; i < got; i++) {
      const struct xdp_desc *from = xsk_ring_cons__rx_desc(&this->receive, at + i);
      struct frame *frame = &frames[filled];
      *xsk_ring_prod__fill_addr(&this->fill, back + i) = from->addr;
      if (from->len > frame->room) {
        count_up(&this->counts.oversize, 1);
        continue;
      }
      memcpy(arena + frame->start, this->area + from->addr, from->len);
      frame->length = from->len;
      frame->flags = 0;
      frame->time = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
      count_up(&this->counts.received, 1);
      count_up(&this->counts.received_bytes, from->len);
      filled++;
    }
    xsk_ring_prod__submit(&this->fill, got);
    xsk_ring_cons__release(&this->receive, got);
  }
  if (xsk_ring_prod__needs_wakeup(&this->fill)) recvfrom(port->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
  return filled;
}

/* Lets the kernel send what lies in the ring: a part of it at a time, and none while the device is full. */
static int kick(struct af_xdp *this, const char *operation, struct failure *failure) {
  for (uint32_t tries = 0; tries <= this->frames; tries++) {
    uint32_t before = xsk_prod_nb_free(&this->transmit, this->frames);
    if (sendto(this->port.fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0) return 0;
    if (errno == EBUSY && !this->mode.is_zero_copy) {
      /* The device dropped a frame: that is gone, also where the ring does not show it yet. */
      count_up(&this->counts.refused, 1);
      count_up(&this->counts.sent, UINT64_MAX);
    } else if (errno != EAGAIN && errno != EBUSY && errno != ENOBUFS) {
      return failed(failure, operation, errno);
    } else if (xsk_prod_nb_free(&this->transmit, this->frames) == before) {
      return 0;
    }
  }
  return 0;
}

static void take_back(struct af_xdp *this) {
  uint32_t at, count = xsk_ring_cons__peek(&this->completion, this->frames, &at);
  for (uint32_t i = 0; i < count; i++)
    this->idle[this->idle_count++] = *xsk_ring_cons__comp_addr(&this->completion, at + i);
  xsk_ring_cons__release(&this->completion, count);
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct af_xdp *this = of(port);
  take_back(this);
  int placed = 0;
  for (; placed < count && this->idle_count > 0 && xsk_prod_nb_free(&this->transmit, 1) > 0; placed++) {
    const struct frame *frame = &frames[placed];
    const uint8_t *bytes = arena + frame->start;
    int error = frame->length > this->mode.longest ? EMSGSIZE : wrong_length(bytes, frame->length, this->mtu);
    if (error != 0) {
      if (placed > 0) break;
      count_up(&this->counts.refused, 1);
      return failed_with(failure, "sending a frame", error, "%u bytes", frame->length);
    }
    uint64_t chunk = this->idle[--this->idle_count];
    uint32_t at = 0;
    xsk_ring_prod__reserve(&this->transmit, 1, &at);
    memcpy(this->area + chunk, bytes, frame->length);
    *xsk_ring_prod__tx_desc(&this->transmit, at) = (struct xdp_desc){.addr = chunk, .len = frame->length};
    count_up(&this->counts.sent, 1);
    count_up(&this->counts.sent_bytes, frame->length);
  }
  xsk_ring_prod__submit(&this->transmit, (uint32_t)placed);
  if (!xsk_ring_prod__needs_wakeup(&this->transmit)) return placed;
  return kick(this, "sending from the ring", failure) == 0 ? placed : -1;
}

static int counts(struct port *port, struct port_counts *counts, struct failure *failure) {
  struct xdp_statistics seen = {0};
  socklen_t size = sizeof seen;
  /* An old kernel writes the first of them. */
  if (getsockopt(port->fd, SOL_XDP, XDP_STATISTICS, &seen, &size) != 0)
    return failed(failure, "reading the counts of an AF_XDP socket", errno);
  counts_now(&of(port)->counts, counts);
  counts->lost = seen.rx_dropped + seen.rx_ring_full;
  return 0;
}

/* A link that is down would be waited for in silence. */
static int check(struct port *port, struct failure *failure) { return kick(of(port), "waiting for a port", failure); }

/* What was taken leaves before the rings go, if the device takes it soon. */
static void drain(struct af_xdp *this) {
  struct failure failure;
  take_back(this);
  for (int tries = 0; tries < 100 && this->idle_count < this->frames; tries++) {
    if (kick(this, "", &failure) != 0) return;
    poll(NULL, 0, tries == 0 ? 0 : 1);
    take_back(this);
  }
}

static void unbind(struct af_xdp *this) {
  xsk_socket__delete(this->socket);
  xsk_umem__delete(this->umem);
  this->socket = NULL;
  this->umem = NULL;
}

static void close_port(struct port *port) {
  struct af_xdp *this = of(port);
  if (this->socket != NULL) drain(this);
  if (this->program.link >= 0) close(this->program.link);
  if (this->program.map >= 0) close(this->program.map);
  unbind(this);
  if (this->area != NULL) munmap(this->area, (size_t)2 * this->frames * this->chunk);
  free(this->idle);
  free(this);
}

static const struct port_operations operations = {"af_xdp", receive, send_frames, counts, close_port, check};

/* The kernel itself tries zero-copy before it copies. After a bind that failed, libxdp has to begin anew. */
static int bind_once(struct af_xdp *this, const char *name) {
  /* Twice the places of what goes round to receive: the kernel tells late what it took. */
  const struct xsk_umem_config memory = {
      .fill_size = this->frames * 2, .comp_size = this->frames, .frame_size = this->chunk};
  const struct xsk_socket_config rings = {.rx_size = this->frames, .tx_size = this->frames,
                                          .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
                                          .bind_flags = XDP_USE_NEED_WAKEUP};
  int status = xsk_umem__create(&this->umem, this->area, (uint64_t)2 * this->frames * this->chunk, &this->fill,
                                &this->completion, &memory);
  if (status == 0)
    status = xsk_socket__create(&this->socket, name, 0, this->umem, &this->receive, &this->transmit, &rings);
  if (status != 0) unbind(this);
  return status;
}

static int set_up(struct af_xdp *this, const struct af_xdp_options *options, struct failure *failure) {
  const char *name = options->interface;
  unsigned index = if_nametoindex(name);
  if (index == 0) return failed_with(failure, "finding an interface", errno, "%s", name);
  /* A kernel without AF_XDP would find fault with the map instead. */
  int probe = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (probe < 0) return failed(failure, "opening an AF_XDP socket", errno);
  close(probe);
  size_t bytes = (size_t)2 * this->frames * this->chunk;
  void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (area == MAP_FAILED) return failed(failure, "making room for the frames of AF_XDP", errno);
  this->area = area;
  this->idle = calloc(this->frames, sizeof *this->idle);
  if (this->idle == NULL) return failed(failure, "making room for the frames of AF_XDP", ENOMEM);
  /* First of all, since it tells at once whether another uses the interface. */
  if (attach_program(&this->program, (int)index, name, failure) != 0) return -1;
  this->mode.is_native = this->program.is_native;
  int status = bind_once(this, name);
  for (int tries = 0; status == -EBUSY && tries < BIND_TRIES; tries++) {
    usleep(BIND_PAUSE_MICROSECONDS);
    status = bind_once(this, name);
  }
  if (status != 0) return failed_with(failure, "binding an AF_XDP socket to", -status, "%s", name);
  int fd = this->port.fd = xsk_socket__fd(this->socket);
  /* What a program that we start inherits would outlive us. */
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  struct xdp_options chosen = {0};
  socklen_t size = sizeof chosen;
  if (getsockopt(fd, SOL_XDP, XDP_OPTIONS, &chosen, &size) != 0)
    return failed(failure, "reading the mode of an AF_XDP socket", errno);
  this->mode.is_zero_copy = (chosen.flags & XDP_OPTIONS_ZEROCOPY) != 0;
  /* Room for all that lies in the ring; where it cannot be had, fewer frames are on their way at a time. */
  int room = (int)(this->frames * this->chunk * 2);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  uint32_t at = 0, queue = 0;
  xsk_ring_prod__reserve(&this->fill, this->frames, &at);
  for (uint32_t i = 0; i < this->frames; i++) {
    *xsk_ring_prod__fill_addr(&this->fill, at + i) = (uint64_t)i * this->chunk;
    this->idle[this->idle_count++] = (uint64_t)(this->frames + i) * this->chunk;
  }
  xsk_ring_prod__submit(&this->fill, this->frames);
  int put = bpf_map_update_elem(this->program.map, &queue, &fd, 0);
  return put == 0 ? 0 : failed(failure, "putting an AF_XDP socket into its map", -put);
}

struct port *open_af_xdp(const struct af_xdp_options *options, struct af_xdp_mode *mode, struct failure *failure) {
  struct af_xdp *this = calloc(1, sizeof *this);
  if (this == NULL) {
    failed(failure, "opening an AF_XDP socket", ENOMEM);
    return NULL;
  }
  this->port = (struct port){&operations, -1};
  this->program = (struct xdp_program){.map = -1, .link = -1};
  this->frames = options->frames;
  this->mtu = options->mtu;
  this->chunk = ETH_HLEN + TAG_BYTES + options->mtu <= SMALL_CHUNK - HEADROOM ? SMALL_CHUNK : LARGE_CHUNK;
  this->mode.longest = this->chunk - HEADROOM;
  int back, status = -1;
  if (enter_namespace(options->namespace_fd, &back, failure) == 0) {
    status = set_up(this, options, failure);
    leave_namespace(back);
  }
  *mode = this->mode;
  if (status == 0) return &this->port;
  close_port(&this->port);
  return NULL;
}
