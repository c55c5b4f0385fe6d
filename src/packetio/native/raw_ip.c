/*
 * Raw IP: datagrams by way of the kernel's own routes and neighbours. Sends by a raw socket of each version that takes their
 * headers as they are (raw(7), IPV6_HDRINCL), bound to an interface. Receives by one packet socket without link headers: raw
 * sockets would have only what is addressed to this machine, put together from its fragments, of IPv6 without its header, and the
 * kernel would answer to that. Ports move Ethernet frames, so the Ethernet header is taken off on the way out, and one is made
 * up on the way in.
 */
#define _GNU_SOURCE
#include "ip_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
/* Of all queues; where it cannot be had, they are as long as the machine allows. */
#define QUEUE_BYTES (16 << 20)

/* To this machine from all others, with the addresses of src/capture/encapsulate.ts; the type follows. */
static const uint8_t received_header[ETHERNET_BYTES - 2] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

/* What is let in: datagrams of the versions that the interface carries, without a VLAN tag, in the order in which they come. */
static const struct sock_filter both_versions[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    BPF_STMT(BPF_RET | BPF_K, 0),
};

union ip_address {
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

struct raw_ip {
  struct port port; /* what is received, by a packet socket; its room is that of the sender that was full last */
  struct ip_link link;
  int sender4, sender6; /* -1: its version is not carried */
  struct port_counts counts;
};

static struct raw_ip *of(struct port *port) { return (struct raw_ip *)port; }

static int refused(struct raw_ip *this, const struct frame *frame, int error, struct failure *failure) {
  count_up(&this->counts.refused, 1);
  return failed_with(failure, "sending a datagram", error, "of a frame of %u bytes", frame->length);
}

static socklen_t set_address(union ip_address *to, const uint8_t *ip, bool is_6) {
  memset(to, 0, sizeof *to);
  if (is_6) {
    to->v6.sin6_family = AF_INET6;
    memcpy(&to->v6.sin6_addr, ip + 24, 16);
    return sizeof to->v6;
  }
  to->v4.sin_family = AF_INET;
  memcpy(&to->v4.sin_addr, ip + 16, 4);
  return sizeof to->v4;
}

static int send_frames(struct port *port, const uint8_t *arena, const struct frame *frames, int count,
                       struct failure *failure) {
  struct raw_ip *this = of(port);
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  union ip_address to[BATCH];
  int sent = 0;
  while (sent < count) {
    int batch = 0, error = 0;
    bool is_6 = false;
    memset(messages, 0, sizeof messages);
    for (; batch < BATCH && sent + batch < count; batch++) {
      const struct frame *frame = &frames[sent + batch];
      const uint8_t *bytes = arena + frame->start, *ip = bytes + ETHERNET_BYTES;
      if ((error = obstacle(&this->link, bytes, frame->length)) != 0) break;
      if (batch == 0) is_6 = is_version6(bytes);
      else if (is_version6(bytes) != is_6) break;
      pieces[batch] = (struct iovec){(void *)(uintptr_t)ip, frame->length - ETHERNET_BYTES};
      messages[batch].msg_hdr = (struct msghdr){.msg_name = &to[batch],
                                                .msg_namelen = set_address(&to[batch], ip, is_6),
                                                .msg_iov = &pieces[batch],
                                                .msg_iovlen = 1};
    }
    if (batch == 0) return sent > 0 ? sent : refused(this, frames, error, failure);
    int sender = is_6 ? this->sender6 : this->sender4;
    int taken = sendmmsg(sender, messages, (unsigned)batch, MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) continue;
      bool is_full = errno == EAGAIN || errno == ENOBUFS;
      if (is_full) port->room_fd = sender;
      if (sent > 0 || is_full) return sent;
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
static void take(uint8_t *arena, uint32_t from, uint32_t length, uint16_t type, struct frame *frame) {
  uint8_t *to = arena + frame->start;
  memmove(to + ETHERNET_BYTES, arena + from + ETHERNET_BYTES, length);
  memcpy(to, received_header, sizeof received_header);
  memcpy(to + sizeof received_header, &type, sizeof type);
  frame->length = ETHERNET_BYTES + datagram_bytes(to + ETHERNET_BYTES, length, ntohs(type) == ETH_P_IPV6);
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
      uint32_t room = frame->room > ETHERNET_BYTES ? frame->room - ETHERNET_BYTES : 0;
      pieces[i] = (struct iovec){arena + frame->start + (room > 0 ? ETHERNET_BYTES : 0), room};
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
      if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0 || length + ETHERNET_BYTES > frame->room) {
        count_up(&this->counts.oversize, 1);
        continue;
      }
      read_beside(&messages[i].msg_hdr, frame);
      take(arena, at, length, from[i].sll_protocol, frame);
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
  if (of(port)->sender4 >= 0) close(of(port)->sender4);
  if (of(port)->sender6 >= 0) close(of(port)->sender6);
  free(of(port));
}

static const struct port_operations operations = {"raw_ip", receive, send_frames, counts, close_port, NULL, NULL};

static int open_socket(int family, const char *interface, int *sender, struct failure *failure) {
  int bytes = QUEUE_BYTES, fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW);
  if (fd < 0) return failed(failure, "opening a raw socket", errno);
  *sender = fd;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) == 0) return 0;
  return failed_with(failure, "binding a raw socket", errno, "%s", interface);
}

static int set_to(int fd, int level, int name, int value, const char *operation, struct failure *failure) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0 ? 0 : failed(failure, operation, errno);
}

/* Without the errors of IP nobody is told of a datagram that a full queue drops; and a route may have a smaller MTU than its link. */
static int open_sender4(struct raw_ip *this, const char *interface, struct failure *failure) {
  if (open_socket(AF_INET, interface, &this->sender4, failure) != 0) return -1;
  int fd = this->sender4;
  if (set_to(fd, SOL_SOCKET, SO_BROADCAST, 1, "allowing broadcasts", failure) != 0) return -1;
  if (set_to(fd, IPPROTO_IP, IP_RECVERR, 1, "asking for errors", failure) != 0) return -1;
  return set_to(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "never fragmenting", failure);
}

static int open_sender6(struct raw_ip *this, const char *interface, struct failure *failure) {
  if (open_socket(AF_INET6, interface, &this->sender6, failure) != 0) return -1;
  int fd = this->sender6;
  if (set_to(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, "asking for errors", failure) != 0) return -1;
  return set_to(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE, "never fragmenting", failure);
}

static int open_senders(struct raw_ip *this, const char *interface, struct failure *failure) {
  if (look_at_ip_link(&this->link, interface, failure) != 0) return -1;
  if (this->link.carries4 && open_sender4(this, interface, failure) != 0) return -1;
  if (this->link.carries6 && open_sender6(this, interface, failure) != 0) return -1;
  this->port.room_fd = this->link.carries4 ? this->sender4 : this->sender6;
  return 0;
}

/* All of what is carried, or IPv4 alone or IPv6 alone. */
static int filter(struct raw_ip *this, struct failure *failure) {
  struct sock_filter program[sizeof both_versions / sizeof both_versions[0]];
  memcpy(program, both_versions, sizeof program);
  /* Where it is not wanted, it is no version at all. */
  if (!this->link.carries4) program[3].k = UINT32_MAX;
  if (!this->link.carries6) program[4].k = UINT32_MAX;
  struct sock_fprog all = {.len = sizeof program / sizeof program[0], .filter = program};
  if (setsockopt(this->port.fd, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof all) == 0) return 0;
  return failed(failure, "filtering a packet socket", errno);
}

static int open_receiver(struct raw_ip *this, const char *interface, struct failure *failure) {
  /* Protocol 0: nothing comes in before it is bound. */
  int bytes = QUEUE_BYTES, fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(failure, "opening a packet socket", errno);
  this->port.fd = fd;
  if (filter(this, failure) != 0) return -1;
  if (set_to(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "leaving out own datagrams", failure) != 0) return -1;
  if (set_to(fd, SOL_PACKET, PACKET_AUXDATA, 1, "asking what is beside datagrams", failure) != 0) return -1;
  if (set_to(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "asking for times", failure) != 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                .sll_protocol = htons(ETH_P_ALL),
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
  this->sender4 = this->sender6 = -1;
  this->link.fills_identification = fills_identification;
  int back, status = -1;
  if (enter_namespace(namespace_fd, &back, failure) == 0) {
    status = open_senders(this, interface, failure);
    if (status == 0) status = open_receiver(this, interface, failure);
    leave_namespace(back);
  }
  if (status == 0) return &this->port;
  close_port(&this->port);
  return NULL;
}
