/*
 * AF_PACKET: receives from a ring of frames that the kernel fills, each of which is there at once (TPACKET_V2; blocks of
 * TPACKET_V3 are handed out when they are full or a timer of some milliseconds ends). Sends from a ring of frames, or by
 * sendmmsg, past the queueing discipline. What this socket sends it does not see itself.
 */
#define _GNU_SOURCE
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES (1u << 18)
#define BATCH 64
/* Where a frame to send lies in its slot, and the most that lies before one that was received. */
#define SLOT_DATA TPACKET_ALIGN(sizeof(struct tpacket2_hdr))
#define SLOT_HEAD (TPACKET_ALIGN(TPACKET2_HDRLEN + 16) + 32)
#define HEADER_BYTES 14u
#define TAG_AT 12u
#define TAG_BYTES 4u

struct af_packet {
  struct port port;
  uint8_t *ring;
  uint32_t frames, frame; /* of it, and the one that is read next */
  uint8_t *transmit;               /* the ring to send from, behind the other; NULL: by sendmmsg */
  uint32_t slots, slot;            /* of it, and the one that is filled next */
  uint32_t slot_bytes;             /* of both rings */
  struct port_counts counts;
};

static struct af_packet *of(struct port *port) { return (struct af_packet *)port; }

static struct tpacket2_hdr *at(uint8_t *ring, uint32_t index, uint32_t bytes) {
  return (struct tpacket2_hdr *)(ring + (size_t)index * bytes);
}

/* A frame into its room, with the tag that the kernel took out of it; false where it does not fit. */
static bool take(const struct tpacket2_hdr *header, uint8_t *arena, struct frame *frame) {
  const uint8_t *bytes = (const uint8_t *)header + header->tp_mac;
  uint32_t length = header->tp_snaplen;
  bool tagged = (header->tp_status & TP_STATUS_VLAN_VALID) != 0 && length >= TAG_AT;
  uint32_t whole = length + (tagged ? TAG_BYTES : 0);
  if (whole > frame->room || length < header->tp_len) return false;
  uint8_t *to = arena + frame->start;
  if (tagged) {
    uint16_t type = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->tp_vlan_tpid : ETH_P_8021Q;
    uint16_t tag[2] = {htons(type), htons((uint16_t)header->tp_vlan_tci)};
    memcpy(to, bytes, TAG_AT);
    memcpy(to + TAG_AT, tag, TAG_BYTES);
    memcpy(to + TAG_AT + TAG_BYTES, bytes + TAG_AT, length - TAG_AT);
  } else {
    memcpy(to, bytes, length);
  }
  frame->length = whole;
  frame->flags = (tagged ? FRAME_TAG_RESTORED : 0) |
                 ((header->tp_status & TP_STATUS_CSUMNOTREADY) != 0 ? FRAME_CHECKSUM_OPEN : 0);
  frame->time = (int64_t)header->tp_sec * 1000000000 + header->tp_nsec;
  return true;
}

static int receive(struct port *port, uint8_t *arena, struct frame *frames, int count, struct failure *failure) {
  (void)failure;
  struct af_packet *this = of(port);
  int filled = 0;
  while (filled < count) {
    struct tpacket2_hdr *header = at(this->ring, this->frame, this->slot_bytes);
    if ((__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) break;
    struct frame *frame = &frames[filled];
    if (take(header, arena, frame)) {
      count_up(&this->counts.received, 1);
      count_up(&this->counts.received_bytes, frame->length);
      filled++;
    } else {
      count_up(&this->counts.oversize, 1);
    }
    __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    this->frame = (this->frame + 1) % this->frames;
  }
  return filled;
}

static void count_sent(struct af_packet *this, const struct frame *frames, int count) {
  uint64_t bytes = 0;
  for (int i = 0; i < count; i++) bytes += frames[i].length;
  count_up(&this->counts.sent, (uint64_t)count);
  count_up(&this->counts.sent_bytes, bytes);
}

static int refused(struct af_packet *this, const struct frame *frame, int error, struct failure *failure) {
  count_up(&this->counts.refused, 1);
  return failed_with(failure, "sending a frame", error, "%u bytes", frame->length);
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct af_packet *this = of(port);
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  int sent = 0;
  while (sent < count) {
    int batch = count - sent < BATCH ? count - sent : BATCH;
    memset(messages, 0, sizeof messages[0] * (size_t)batch);
    for (int i = 0; i < batch; i++) {
      const struct frame *frame = &frames[sent + i];
      pieces[i] = (struct iovec){(void *)(uintptr_t)(arena + frame->start), frame->length};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    int taken = sendmmsg(port->fd, messages, (unsigned)batch, MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) continue;
      if (sent > 0 || errno == EAGAIN || errno == ENOBUFS) return sent;
      return refused(this, frames, errno, failure);
    }
    count_sent(this, frames + sent, taken);
    sent += taken;
  }
  return sent;
}

/* Fills slots from frames, up to a slot that is not free or a frame that has no room in one; how many. */
static int place(struct af_packet *this, const uint8_t *arena, const struct frame *frames, int count) {
  int placed = 0;
  for (; placed < count; placed++) {
    struct tpacket2_hdr *slot = at(this->transmit, this->slot, this->slot_bytes);
    const struct frame *frame = &frames[placed];
    if (frame->length > this->slot_bytes - SLOT_DATA) break;
    if (__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE) break;
    memcpy((uint8_t *)slot + SLOT_DATA, arena + frame->start, frame->length);
    slot->tp_len = frame->length;
    slot->tp_snaplen = frame->length;
    __atomic_store_n(&slot->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
    this->slot = (this->slot + 1) % this->slots;
  }
  return placed;
}

/* Of the last slots, those that the kernel has not begun to send: it stops at the first that it cannot. How many. */
static int take_back(struct af_packet *this, int placed) {
  int back = 0;
  for (; back < placed; back++) {
    uint32_t last = (this->slot + this->slots - 1) % this->slots;
    struct tpacket2_hdr *slot = at(this->transmit, last, this->slot_bytes);
    uint32_t status = __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE);
    if ((status & (TP_STATUS_SEND_REQUEST | TP_STATUS_WRONG_FORMAT)) == 0) break;
    __atomic_store_n(&slot->tp_status, TP_STATUS_AVAILABLE, __ATOMIC_RELEASE);
    this->slot = last;
  }
  return back;
}

static int send_from_ring(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                          struct failure *failure) {
  struct af_packet *this = of(port);
  int sent = 0, error = 0;
  while (sent < count && error == 0) {
    int batch = count - sent < BATCH ? count - sent : BATCH;
    int placed = place(this, arena, frames + sent, batch);
    /* EAGAIN: too many are on their way; ENOBUFS: the device had no room for one. Both are a full queue. */
    if (placed < batch) error = frames[sent + placed].length > this->slot_bytes - SLOT_DATA ? EMSGSIZE : EAGAIN;
    while (placed > 0 && send(port->fd, NULL, 0, MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      error = errno;
      break;
    }
    int taken = placed - take_back(this, placed);
    if (taken < placed && error == 0) error = EAGAIN;
    count_sent(this, frames + sent, taken);
    sent += taken;
  }
  return sent > 0 || error == 0 || error == EAGAIN || error == ENOBUFS ? sent : refused(this, frames, error, failure);
}

static int counts(struct port *port, struct port_counts *counts, struct failure *failure) {
  struct af_packet *this = of(port);
  struct tpacket_stats since;
  socklen_t size = sizeof since;
  /* Reading it sets it back. */
  if (getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &since, &size) != 0)
    return failed(failure, "reading the counts of a packet socket", errno);
  count_up(&this->counts.lost, since.tp_drops);
  counts_now(&this->counts, counts);
  return 0;
}

static size_t mapped_bytes(const struct af_packet *this) {
  return ((size_t)this->frames + this->slots) * this->slot_bytes;
}

static void close_port(struct port *port) {
  struct af_packet *this = of(port);
  if (this->ring != NULL) munmap(this->ring, mapped_bytes(this));
  if (port->fd >= 0) close(port->fd);
  free(this);
}

static const struct port_operations operations = {"af_packet", receive, send_frames, counts, close_port, NULL, NULL};
static const struct port_operations ring_operations = {"af_packet", receive, send_from_ring, counts,
                                                        close_port, NULL, NULL};

static int set(struct af_packet *this, int level, int name, const void *value, socklen_t size, const char *operation,
               struct failure *failure) {
  return setsockopt(this->port.fd, level, name, value, size) == 0 ? 0 : failed(failure, operation, errno);
}

/* Slots hold the longest frame of the link. */
static int size_slots(struct af_packet *this, const char *interface, struct failure *failure) {
  struct ifreq asked = {0};
  strncpy(asked.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(this->port.fd, SIOCGIFMTU, &asked) != 0) return failed(failure, "reading the MTU of a link", errno);
  this->slot_bytes = 2048;
  while (this->slot_bytes < SLOT_HEAD + HEADER_BYTES + TAG_BYTES + (uint32_t)asked.ifr_mtu) this->slot_bytes *= 2;
  return 0;
}

/* A ring of about so many bytes; how many slots it has. */
static int make_ring(struct af_packet *this, int kind, uint32_t bytes, uint32_t *slots, struct failure *failure) {
  struct tpacket_req ring = {.tp_block_size = BLOCK_BYTES, .tp_frame_size = this->slot_bytes};
  ring.tp_block_nr = bytes / BLOCK_BYTES < 1 ? 1 : bytes / BLOCK_BYTES;
  ring.tp_frame_nr = BLOCK_BYTES / this->slot_bytes * ring.tp_block_nr;
  *slots = ring.tp_frame_nr;
  const char *operation = kind == PACKET_RX_RING ? "making the receive ring" : "making the transmit ring";
  return set(this, SOL_PACKET, kind, &ring, sizeof ring, operation, failure);
}

static int make_transmit_ring(struct af_packet *this, uint32_t ring_bytes, struct failure *failure) {
  if (make_ring(this, PACKET_TX_RING, ring_bytes, &this->slots, failure) != 0) return -1;
  /* Room for all that lies in the ring; where it cannot be had, fewer frames are on their way at a time. */
  int bytes = (int)ring_bytes * 4;
  setsockopt(this->port.fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  this->port.operations = &ring_operations;
  return 0;
}

static int set_up(struct af_packet *this, const struct af_packet_options *options, unsigned index,
                  struct failure *failure) {
  int version = TPACKET_V2, on = 1;
  if (size_slots(this, options->interface, failure) != 0) return -1;
  if (set(this, SOL_PACKET, PACKET_VERSION, &version, sizeof version, "choosing TPACKET_V2", failure) != 0) return -1;
  if (set(this, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on, "leaving out own frames", failure) != 0) return -1;
  if (set(this, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on, "passing the queueing discipline", failure) != 0)
    return -1;
  if (make_ring(this, PACKET_RX_RING, options->ring_bytes, &this->frames, failure) != 0) return -1;
  if (options->transmit_bytes > 0 && make_transmit_ring(this, options->transmit_bytes, failure) != 0) return -1;
  this->ring = mmap(NULL, mapped_bytes(this), PROT_READ | PROT_WRITE, MAP_SHARED, this->port.fd, 0);
  if (this->ring == MAP_FAILED) {
    this->ring = NULL;
    return failed(failure, "mapping the receive ring", errno);
  }
  this->transmit = this->ring + (size_t)this->frames * this->slot_bytes;
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)index};
  if (bind(this->port.fd, (struct sockaddr *)&address, sizeof address) != 0)
    return failed_with(failure, "binding a packet socket", errno, "%s", options->interface);
  if (options->promiscuous) {
    struct packet_mreq all = {.mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC};
    if (set(this, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all, "receiving frames to any address", failure) != 0)
      return -1;
  }
  if (options->fanout < 0) return 0;
  int fanout = (options->fanout & 0xffff) | (PACKET_FANOUT_HASH << 16);
  return set(this, SOL_PACKET, PACKET_FANOUT, &fanout, sizeof fanout, "joining a fanout group", failure);
}

struct port *open_af_packet(const struct af_packet_options *options, struct failure *failure) {
  struct af_packet *this = calloc(1, sizeof *this);
  if (this == NULL) {
    failed(failure, "opening a packet socket", ENOMEM);
    return NULL;
  }
  this->port.operations = &operations;
  this->port.fd = this->port.room_fd = -1;
  int back, status = -1;
  if (enter_namespace(options->namespace_fd, &back, failure) == 0) {
    unsigned index = if_nametoindex(options->interface);
    if (index == 0) failed_with(failure, "finding an interface", errno, "%s", options->interface);
    /* Protocol 0: nothing comes in before it is bound. */
    else if ((this->port.fd = this->port.room_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
      failed(failure, "opening a packet socket", errno);
    else status = set_up(this, options, index, failure);
    leave_namespace(back);
  }
  if (status == 0) return &this->port;
  close_port(&this->port);
  return NULL;
}
