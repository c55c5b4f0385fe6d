/*
 * Raw IP: IPv4 datagrams by way of the kernel's own routes and neighbours. Sends by a raw socket that takes their headers as
 * they are (raw(7)), bound to an interface. Receives by a packet socket without link headers: a raw socket would have only what
 * is addressed to this machine, put together from its fragments, and the kernel would answer to that. Ports move Ethernet
 * frames, so the Ethernet header is taken off on the way out, and one is made up on the way in.
 */
#define _GNU_SOURCE
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define HEADER_BYTES 14u
#define LEAST_IP 20u
/* Of both queues; where it cannot be had, they are as long as the machine allows. */
#define QUEUE_BYTES (16 << 20)
/* Fragments are not for a router to make, RFC 791 section 3.1: bit 1 of the flags. */
#define DONT_FRAGMENT 0x4000u

/* To this machine from all others, with the addresses of src/capture/encapsulate.ts. */
static const uint8_t received_header[HEADER_BYTES] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ETH_P_IP >> 8, ETH_P_IP & 255};

struct raw_ip {
  struct port port; /* what is received, by a packet socket; its room is that of the raw socket */
  uint32_t mtu;
  bool fills_identification;
  struct port_counts counts;
};

static struct raw_ip *of(struct port *port) { return (struct raw_ip *)port; }

static uint32_t word(const uint8_t *bytes, uint32_t at) { return (uint32_t)bytes[at] << 8 | bytes[at + 1]; }

/* RFC 1071: all ones where the checksum in it is right. */
static uint32_t sum_of(const uint8_t *header, uint32_t length) {
  uint32_t sum = 0;
  for (uint32_t at = 0; at < length; at += 2) sum += word(header, at);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

/* Why a frame would not arrive as it is: the kernel would repair its header (raw(7)), or cannot carry it; else 0. */
static int obstacle(const struct raw_ip *this, const uint8_t *bytes, uint32_t length) {
  if (length < HEADER_BYTES + LEAST_IP || word(bytes, 12) != ETH_P_IP) return EPROTONOSUPPORT;
  const uint8_t *ip = bytes + HEADER_BYTES;
  uint32_t header = (ip[0] & 15u) * 4, total = word(ip, 2);
  if (ip[0] >> 4 != 4 || header < LEAST_IP || header > total || total != length - HEADER_BYTES) return EPROTO;
  if (sum_of(ip, header) != 0xffff || (word(ip, 12) | word(ip, 14)) == 0) return EPROTO;
  bool is_filled = word(ip, 4) == 0 && (word(ip, 6) & DONT_FRAGMENT) == 0;
  if (is_filled && !this->fills_identification) return EPROTO;
  return total > this->mtu ? EMSGSIZE : 0;
}

static int refused(struct raw_ip *this, const struct frame *frame, int error, struct failure *failure) {
  count_up(&this->counts.refused, 1);
  return failed_with(failure, "sending a datagram", error, "of a frame of %u bytes", frame->length);
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct raw_ip *this = of(port);
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  struct sockaddr_in to[BATCH];
  int sent = 0;
  while (sent < count) {
    int batch = 0, error = 0;
    memset(messages, 0, sizeof messages);
    for (; batch < BATCH && sent + batch < count; batch++) {
      const struct frame *frame = &frames[sent + batch];
      const uint8_t *bytes = arena + frame->start;
      if ((error = obstacle(this, bytes, frame->length)) != 0) break;
      pieces[batch] = (struct iovec){(void *)(uintptr_t)(bytes + HEADER_BYTES), frame->length - HEADER_BYTES};
      to[batch] = (struct sockaddr_in){.sin_family = AF_INET};
      memcpy(&to[batch].sin_addr, bytes + HEADER_BYTES + 16, 4);
      messages[batch].msg_hdr = (struct msghdr){.msg_name = &to[batch],
                                                .msg_namelen = sizeof to[batch],
                                                .msg_iov = &pieces[batch],
                                                .msg_iovlen = 1};
    }
    if (batch == 0) return sent > 0 ? sent : refused(this, frames, error, failure);
    int taken = sendmmsg(port->room_fd, messages, (unsigned)batch, MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) continue;
      if (sent > 0 || errno == EAGAIN || errno == ENOBUFS) return sent;
      return refused(this, frames, errno, failure);
    }
    for (int i = 0; i < taken; i++) count_up(&this->counts.sent_bytes, frames[sent + i].length);
    count_up(&this->counts.sent, (uint64_t)taken);
    sent += taken;
  }
  return sent;
}

/* What the kernel tells beside a datagram. */
static void read_beside(struct msghdr *message, struct frame *frame) {
  frame->flags = 0;
  frame->time = 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec time;
      memcpy(&time, CMSG_DATA(part), sizeof time);
      frame->time = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    } else if (part->cmsg_level == SOL_PACKET && part->cmsg_type == PACKET_AUXDATA) {
      struct tpacket_auxdata beside;
      memcpy(&beside, CMSG_DATA(part), sizeof beside);
      if ((beside.tp_status & TP_STATUS_CSUMNOTREADY) != 0) frame->flags = FRAME_CHECKSUM_OPEN;
    }
  }
}

/* A datagram that lies behind the header of the place `from`, to the place of `frame`, which is that or one before. */
static void take(uint8_t *arena, uint32_t from, uint32_t length, struct frame *frame) {
  uint8_t *to = arena + frame->start;
  memmove(to + HEADER_BYTES, arena + from + HEADER_BYTES, length);
  memcpy(to, received_header, HEADER_BYTES);
  /* What is behind it is the padding of a short frame of Ethernet. */
  uint32_t total = length >= LEAST_IP ? word(to, HEADER_BYTES + 2) : length;
  frame->length = HEADER_BYTES + (total >= LEAST_IP && total < length ? total : length);
}

static int receive(struct port *port, uint8_t *arena, struct frame *frames, int count, struct failure *failure) {
  struct raw_ip *this = of(port);
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  struct sockaddr_ll from[BATCH];
  _Alignas(struct cmsghdr) uint8_t beside[BATCH][CMSG_SPACE(sizeof(struct timespec)) +
                                                 CMSG_SPACE(sizeof(struct tpacket_auxdata))];
  int filled = 0;
  while (filled < count) {
    int batch = count - filled < BATCH ? count - filled : BATCH;
    for (int i = 0; i < batch; i++) {
      const struct frame *frame = &frames[filled + i];
      uint32_t room = frame->room > HEADER_BYTES ? frame->room - HEADER_BYTES : 0;
      pieces[i] = (struct iovec){arena + frame->start + (room > 0 ? HEADER_BYTES : 0), room};
      messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                            .msg_namelen = sizeof from[i],
                                            .msg_iov = &pieces[i],
                                            .msg_iovlen = 1,
                                            .msg_control = beside[i],
                                            .msg_controllen = sizeof beside[i]};
    }
    int got = recvmmsg(port->fd, messages, (unsigned)batch, MSG_DONTWAIT, NULL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EAGAIN && filled == 0) return failed(failure, "receiving datagrams", errno);
    int begun = filled;
    for (int i = 0; i < got; i++) {
      struct frame *frame = &frames[filled];
      /* What goes to another station is seen where the interface is promiscuous; its stack does not take it. */
      if (from[i].sll_pkttype == PACKET_OTHERHOST) continue;
      uint32_t length = messages[i].msg_len, at = frames[begun + i].start;
      if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0 || length + HEADER_BYTES > frame->room) {
        count_up(&this->counts.oversize, 1);
        continue;
      }
      read_beside(&messages[i].msg_hdr, frame);
      take(arena, at, length, frame);
      count_up(&this->counts.received, 1);
      count_up(&this->counts.received_bytes, frame->length);
      filled++;
    }
    if (got < batch) break;
  }
  return filled;
}

static int counts(struct port *port, struct port_counts *counts, struct failure *failure) {
  struct raw_ip *this = of(port);
  struct tpacket_stats since;
  socklen_t size = sizeof since;
  /* Reading it sets it back. */
  if (getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &since, &size) != 0)
    return failed(failure, "reading the counts of a packet socket", errno);
  count_up(&this->counts.lost, since.tp_drops);
  counts_now(&this->counts, counts);
  return 0;
}

static void close_port(struct port *port) {
  if (port->fd >= 0) close(port->fd);
  if (port->room_fd >= 0) close(port->room_fd);
  free(of(port));
}

static const struct port_operations operations = {"raw_ip", receive, send_frames, counts, close_port, NULL, NULL};

static int set_on(int fd, int level, int name, const char *operation, struct failure *failure) {
  int on = 1;
  return setsockopt(fd, level, name, &on, sizeof on) == 0 ? 0 : failed(failure, operation, errno);
}

/* What the kernel asks of an interface by which it is to send, and how long a datagram may be there. */
static int look_at(struct raw_ip *this, const char *interface, struct failure *failure) {
  struct ifreq asked = {0};
  strncpy(asked.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(this->port.room_fd, SIOCGIFMTU, &asked) != 0) return failed(failure, "reading the MTU of a link", errno);
  this->mtu = (uint32_t)asked.ifr_mtu;
  if (ioctl(this->port.room_fd, SIOCGIFADDR, &asked) != 0)
    return failed_with(failure, "reading the IPv4 address of a link", errno, "%s", interface);
  return 0;
}

static int open_sender(struct raw_ip *this, const char *interface, struct failure *failure) {
  int bytes = QUEUE_BYTES, fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW);
  if (fd < 0) return failed(failure, "opening a raw socket", errno);
  this->port.room_fd = fd;
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) != 0)
    return failed_with(failure, "binding a raw socket", errno, "%s", interface);
  if (set_on(fd, SOL_SOCKET, SO_BROADCAST, "allowing broadcasts", failure) != 0) return -1;
  /* Else nobody is told of a datagram that a full queue drops. */
  if (set_on(fd, IPPROTO_IP, IP_RECVERR, "asking for errors", failure) != 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  return look_at(this, interface, failure);
}

static int open_receiver(struct raw_ip *this, const char *interface, struct failure *failure) {
  /* Protocol 0: nothing comes in before it is bound. */
  int bytes = QUEUE_BYTES, fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(failure, "opening a packet socket", errno);
  this->port.fd = fd;
  if (set_on(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, "leaving out own datagrams", failure) != 0) return -1;
  if (set_on(fd, SOL_PACKET, PACKET_AUXDATA, "asking what is beside datagrams", failure) != 0) return -1;
  if (set_on(fd, SOL_SOCKET, SO_TIMESTAMPNS, "asking for times", failure) != 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                .sll_protocol = htons(ETH_P_IP),
                                .sll_ifindex = (int)if_nametoindex(interface)};
  if (address.sll_ifindex == 0) return failed_with(failure, "finding an interface", errno, "%s", interface);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0) return 0;
  return failed_with(failure, "binding a packet socket", errno, "%s", interface);
}

struct port *open_raw_ip(const char *interface, int namespace_fd, bool fills_identification, struct failure *failure) {
  struct raw_ip *this = calloc(1, sizeof *this);
  if (this == NULL) {
    failed(failure, "opening a raw socket", ENOMEM);
    return NULL;
  }
  this->port = (struct port){.operations = &operations, .fd = -1, .room_fd = -1};
  this->fills_identification = fills_identification;
  int back, status = -1;
  if (enter_namespace(namespace_fd, &back, failure) == 0) {
    status = open_sender(this, interface, failure);
    if (status == 0) status = open_receiver(this, interface, failure);
    leave_namespace(back);
  }
  if (status == 0) return &this->port;
  close_port(&this->port);
  return NULL;
}
