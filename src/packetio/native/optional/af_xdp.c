/*
 * AF_XDP: one queue of an interface, by rings that are shared with the kernel (libxdp). One socket receives and another sends,
 * each with rings and buffers of its own: two threads may use them, and waiting for frames does not send any.
 */
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
  struct xsk_socket *receiver, *sender;
  uint8_t *area;   /* 2 * frames chunks: those that go round to receive, and those to send */
  uint32_t frames; /* of each of the two */
  uint32_t chunk;  /* bytes */
  struct xdp_program program;
  struct af_xdp_mode mode;
  struct port_counts counts;
  /* Of the thread that receives. */
  struct xsk_ring_prod fill;
  struct xsk_ring_cons receive;
  /* Of the thread that sends. */
  struct xsk_ring_prod transmit;
  struct xsk_ring_cons completion;
  uint64_t *idle; /* where chunks begin that hold nothing */
  uint32_t idle_count;
  uint32_t place; /* in the ring, of the last frame */
  bool is_left;   /* the kernel has not taken that */
  uint32_t mtu;
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

static bool is_full(int error) { return error == EAGAIN || error == EBUSY || error == ENOBUFS; }

/* The kernel looks at the ring to send from; 0, or why it did not send all of it. */
static int hand_over(const struct af_xdp *this) {
  while (sendto(xsk_socket__fd(this->sender), NULL, 0, MSG_DONTWAIT, NULL, 0) < 0)
    if (errno != EINTR) return errno;
  return 0;
}

static void take_back(struct af_xdp *this) {
  uint32_t at, count = xsk_ring_cons__peek(&this->completion, this->frames, &at);
  for (uint32_t i = 0; i < count; i++)
    this->idle[this->idle_count++] = *xsk_ring_cons__comp_addr(&this->completion, at + i);
  xsk_ring_cons__release(&this->completion, count);
}

/* A frame into the ring, in place of one that was left there; false where there is no room. */
static bool put(struct af_xdp *this, const uint8_t *bytes, uint32_t length) {
  bool is_new = !this->is_left;
  if (is_new && (this->idle_count == 0 || xsk_ring_prod__reserve(&this->transmit, 1, &this->place) == 0)) return false;
  struct xdp_desc *to = xsk_ring_prod__tx_desc(&this->transmit, this->place);
  *to = (struct xdp_desc){.addr = is_new ? this->idle[--this->idle_count] : to->addr, .len = length};
  memcpy(this->area + to->addr, bytes, length);
  if (is_new) xsk_ring_prod__submit(&this->transmit, 1);
  return true;
}

/*
 * Where the kernel copies, it says only of the last frame of the ring what became of it: so it gets one at a time. EBUSY: the
 * device has dropped it; otherwise it was left in the ring, where nothing but a frame in its place is sent.
 */
static int send_copy(struct af_xdp *this) {
  int error = hand_over(this);
  this->is_left = error != 0 && error != EBUSY;
  return error;
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct af_xdp *this = of(port);
  bool is_copied = !this->mode.is_zero_copy;
  uint64_t bytes = 0;
  /* With zero-copy, what is in the ring is sent; so it has to be known before whether the link is up. */
  int sent = 0, error = is_copied ? 0 : hand_over(this);
  if (is_full(error)) error = 0;
  take_back(this);
  while (sent < count && error == 0) {
    const struct frame *frame = &frames[sent];
    const uint8_t *from = arena + frame->start;
    error = frame->length > this->mode.longest ? EMSGSIZE : wrong_length(from, frame->length, this->mtu);
    if (error == 0 && !put(this, from, frame->length)) error = EAGAIN;
    if (error == 0 && is_copied) error = send_copy(this);
    if (error != 0) break;
    bytes += frame->length;
    sent++;
  }
  if (!is_copied && sent > 0 && xsk_ring_prod__needs_wakeup(&this->transmit)) hand_over(this);
  count_up(&this->counts.sent, (uint64_t)sent);
  count_up(&this->counts.sent_bytes, bytes);
  if (sent > 0 || error == 0 || is_full(error)) return sent;
  count_up(&this->counts.refused, 1);
  return failed_with(failure, "sending a frame", error, "%u bytes", frames->length);
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

/* A link that is down would be waited for in silence. Of one that is up, the kernel says that this socket has no ring to send. */
static int check(struct port *port, struct failure *failure) {
  if (sendto(port->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0 || errno == ENOBUFS) return 0;
  return failed(failure, "waiting for a port", errno);
}

/* What was taken leaves before the rings go, if the device takes it soon. */
static void drain(struct af_xdp *this) {
  take_back(this);
  for (int tries = 0; tries < 100 && this->idle_count + this->is_left < this->frames; tries++) {
    if (this->mode.is_zero_copy) hand_over(this);
    poll(NULL, 0, tries == 0 ? 0 : 1);
    take_back(this);
  }
}

static void unbind(struct af_xdp *this) {
  xsk_socket__delete(this->receiver);
  xsk_socket__delete(this->sender);
  xsk_umem__delete(this->umem);
  this->receiver = this->sender = NULL;
  this->umem = NULL;
}

static void close_port(struct port *port) {
  struct af_xdp *this = of(port);
  if (this->sender != NULL) drain(this);
  if (this->program.link >= 0) close(this->program.link);
  if (this->program.map >= 0) close(this->program.map);
  unbind(this);
  if (this->area != NULL) munmap(this->area, (size_t)2 * this->frames * this->chunk);
  free(this->idle);
  free(this);
}

static const struct port_operations operations = {"af_xdp", receive, send_frames, counts, close_port, check, NULL};

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
  if (status == 0) status = xsk_socket__create(&this->sender, name, 0, this->umem, NULL, &this->transmit, &rings);
  if (status == 0) status = xsk_socket__create(&this->receiver, name, 0, this->umem, &this->receive, NULL, &rings);
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
  for (uint32_t i = 0; i < this->frames; i++)
    this->idle[this->idle_count++] = (uint64_t)(this->frames + i) * this->chunk;
  /* First of all, since it tells at once whether another uses the interface. */
  if (attach_program(&this->program, (int)index, name, failure) != 0) return -1;
  this->mode.is_native = this->program.is_native;
  int status = bind_once(this, name);
  for (int tries = 0; status == -EBUSY && tries < BIND_TRIES; tries++) {
    usleep(BIND_PAUSE_MICROSECONDS);
    status = bind_once(this, name);
  }
  if (status != 0) return failed_with(failure, "binding an AF_XDP socket to", -status, "%s", name);
  int fd = this->port.fd = xsk_socket__fd(this->receiver), sender = xsk_socket__fd(this->sender);
  /* What a program that we start inherits would outlive us. */
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(sender, F_SETFD, FD_CLOEXEC);
  struct xdp_options chosen = {0};
  socklen_t size = sizeof chosen;
  if (getsockopt(sender, SOL_XDP, XDP_OPTIONS, &chosen, &size) != 0)
    return failed(failure, "reading the mode of an AF_XDP socket", errno);
  this->mode.is_zero_copy = (chosen.flags & XDP_OPTIONS_ZEROCOPY) != 0;
  /* Where the kernel copies, it would send what was left in the ring. */
  if (this->mode.is_zero_copy) this->port.room_fd = sender;
  /* Room for all that lies in the ring; where it cannot be had, fewer frames are on their way at a time. */
  int room = (int)(this->frames * this->chunk * 2);
  setsockopt(sender, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  uint32_t at = 0, queue = 0;
  xsk_ring_prod__reserve(&this->fill, this->frames, &at);
  for (uint32_t i = 0; i < this->frames; i++)
    *xsk_ring_prod__fill_addr(&this->fill, at + i) = (uint64_t)i * this->chunk;
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
  this->port = (struct port){&operations, -1, -1};
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
