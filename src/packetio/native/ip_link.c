#define _GNU_SOURCE
#include "ip_link.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEAST_4 20u
#define HEADER_6 40u
/* Fragments are not for a router to make, RFC 791 section 3.1: bit 1 of the flags. */
#define DONT_FRAGMENT 0x4000u
/* RFC 4291 section 2.7: up to this scope groups do not leave an interface. */
#define INTERFACE_LOCAL 1

static uint32_t word(const uint8_t *bytes, uint32_t at) { return (uint32_t)bytes[at] << 8 | bytes[at + 1]; }

bool is_version6(const uint8_t *bytes) { return word(bytes, 12) == ETH_P_IPV6; }

/* RFC 1071: all ones where the checksum in it is right. */
static uint32_t sum_of(const uint8_t *header, uint32_t length) {
  uint32_t sum = 0;
  for (uint32_t at = 0; at < length; at += 2) sum += word(header, at);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

static bool is_own(const uint8_t *own, uint32_t count, uint32_t size, const uint8_t *address) {
  for (uint32_t i = 0; i < count; i++)
    if (memcmp(own + i * size, address, size) == 0) return true;
  return false;
}

static int obstacle4(const struct ip_link *link, const uint8_t *ip, uint32_t length) {
  if (length < LEAST_4) return EPROTONOSUPPORT;
  if (!link->carries4) return EAFNOSUPPORT;
  uint32_t header = (ip[0] & 15u) * 4, total = word(ip, 2);
  if (ip[0] >> 4 != 4 || header < LEAST_4 || header > total || total != length) return EPROTO;
  if (sum_of(ip, header) != 0xffff || (word(ip, 12) | word(ip, 14)) == 0) return EPROTO;
  bool is_filled = word(ip, 4) == 0 && (word(ip, 6) & DONT_FRAGMENT) == 0;
  if (is_filled && !link->fills_identification) return EPROTO;
  return is_own(link->own4[0], link->count4, 4, ip + 16) ? EADDRNOTAVAIL : 0;
}

/* The kernel repairs nothing of it, a version or length that is wrong included. */
static int obstacle6(const struct ip_link *link, const uint8_t *ip, uint32_t length) {
  if (length < HEADER_6) return EPROTONOSUPPORT;
  if (!link->carries6) return EAFNOSUPPORT;
  if (datagram_bytes(ip, length, true) != length) return EPROTO;
  const uint8_t *to = ip + 24;
  if (to[0] == 0xff && (to[1] & 15) <= INTERFACE_LOCAL) return EADDRNOTAVAIL;
  return is_own(link->own6[0], link->count6, 16, to) ? EADDRNOTAVAIL : 0;
}

static bool is_for_group(const uint8_t *ip, bool is_6) {
  if (is_6) return ip[24] == 0xff;
  return ip[16] >> 4 == 14 || (word(ip, 16) & word(ip, 18)) == 0xffff;
}

int obstacle(const struct ip_link *link, const uint8_t *bytes, uint32_t length) {
  if (length < ETHERNET_BYTES) return EPROTONOSUPPORT;
  uint32_t type = word(bytes, 12), rest = length - ETHERNET_BYTES;
  if (type != ETH_P_IP && type != ETH_P_IPV6) return EPROTONOSUPPORT;
  const uint8_t *ip = bytes + ETHERNET_BYTES;
  int error = type == ETH_P_IP ? obstacle4(link, ip, rest) : obstacle6(link, ip, rest);
  if (error != 0) return error;
  /* The kernel would send it to the one host, and the device get another frame. */
  if ((bytes[0] & 1) == 1 && !is_for_group(ip, type == ETH_P_IPV6)) return EDESTADDRREQ;
  return rest > link->mtu ? EMSGSIZE : 0;
}

uint32_t datagram_bytes(const uint8_t *ip, uint32_t length, bool is_6) {
  if (length < (is_6 ? HEADER_6 : LEAST_4)) return length;
  uint32_t total = is_6 ? HEADER_6 + word(ip, 4) : word(ip, 2);
  /* RFC 2675: of a jumbogram an option behind its header says the length. */
  bool is_said = is_6 ? total > HEADER_6 || ip[6] != IPPROTO_HOPOPTS : total >= LEAST_4;
  return is_said && total < length ? total : length;
}

static int add_address(struct ip_link *link, const struct sockaddr *address) {
  bool is_6 = address->sa_family == AF_INET6;
  uint32_t *count = is_6 ? &link->count6 : &link->count4;
  if (*count == MOST_ADDRESSES) return -1;
  if (is_6) {
    const struct in6_addr *own = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    memcpy(link->own6[(*count)++], own, 16);
    /* Of those every interface has one. */
    if (!IN6_IS_ADDR_LINKLOCAL(own)) link->carries6 = true;
  } else {
    memcpy(link->own4[(*count)++], &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    link->carries4 = true;
  }
  return 0;
}

static int read_mtu(struct ip_link *link, const char *interface, struct failure *failure) {
  struct ifreq asked = {0};
  strncpy(asked.ifr_name, interface, IFNAMSIZ - 1);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int error = fd < 0 || ioctl(fd, SIOCGIFMTU, &asked) != 0 ? errno : 0;
  if (fd >= 0) close(fd);
  if (error != 0) return failed(failure, "reading the MTU of a link", error);
  link->mtu = (uint32_t)asked.ifr_mtu;
  return 0;
}

int look_at_ip_link(struct ip_link *link, const char *interface, struct failure *failure) {
  const char *operation = "reading the addresses of a link";
  struct ifaddrs *all;
  if (read_mtu(link, interface, failure) != 0) return -1;
  if (getifaddrs(&all) != 0) return failed(failure, operation, errno);
  int status = 0;
  for (const struct ifaddrs *each = all; each != NULL && status == 0; each = each->ifa_next) {
    bool is_ip = each->ifa_addr != NULL && (each->ifa_addr->sa_family == AF_INET || each->ifa_addr->sa_family == AF_INET6);
    if (is_ip && strcmp(each->ifa_name, interface) == 0) status = add_address(link, each->ifa_addr);
  }
  freeifaddrs(all);
  if (status != 0) return failed_with(failure, operation, E2BIG, "%s has more than %d", interface, MOST_ADDRESSES);
  if (link->carries4 || link->carries6) return 0;
  return failed_with(failure, operation, EADDRNOTAVAIL, "%s", interface);
}

int ip_versions(int fd, const char *name, uint32_t *versions, struct failure *failure) {
  struct ip_link link = {0};
  int back;
  if (enter_namespace(fd, &back, failure) != 0) return -1;
  int status = look_at_ip_link(&link, name, failure);
  leave_namespace(back);
  *versions = (link.carries4 ? 1u : 0u) | (link.carries6 ? 2u : 0u);
  return status;
}
