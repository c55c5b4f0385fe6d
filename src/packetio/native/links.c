/* Links by rtnetlink: one request, one answer, in the namespace that is asked about. */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
  struct nlmsghdr header;
  union {
    struct ifinfomsg link;
    struct ifaddrmsg address;
    struct rtmsg route;
  };
  uint8_t attributes[512];
};

static struct rtattr *put(struct request *request, uint16_t type, const void *value, size_t length) {
  struct rtattr *attribute = (struct rtattr *)((uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (uint16_t)RTA_LENGTH(length);
  if (length > 0) memcpy(RTA_DATA(attribute), value, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)RTA_ALIGN(attribute->rta_len);
  return attribute;
}

static void put_text(struct request *request, uint16_t type, const char *text) {
  put(request, type, text, strlen(text) + 1);
}

/* Ends an attribute that holds those put since. */
static void end(struct request *request, struct rtattr *attribute) {
  attribute->rta_len = (uint16_t)((uint8_t *)request + request->header.nlmsg_len - (uint8_t *)attribute);
}

/* `size` is that of what comes before its attributes. */
static struct request request_of(uint16_t type, uint16_t flags, size_t size) {
  struct request request = {.header = {.nlmsg_len = NLMSG_LENGTH((uint32_t)size),
                                       .nlmsg_type = type,
                                       .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)}};
  return request;
}

static struct request link_request(uint16_t type, uint16_t flags) {
  return request_of(type, flags, sizeof(struct ifinfomsg));
}

/* Asks in a namespace; the answer is in `answer`. */
static int ask(int fd, struct request *request, void *answer, size_t size, const char *operation, const char *name,
               struct failure *failure) {
  int back;
  if (enter_namespace(fd, &back, failure) != 0) return -1;
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  ssize_t got = -1;
  int error = 0;
  if (netlink < 0 || send(netlink, request, request->header.nlmsg_len, 0) < 0 ||
      (got = recv(netlink, answer, size, 0)) < 0)
    error = errno;
  if (netlink >= 0) close(netlink);
  leave_namespace(back);
  if (error == 0 && got < (ssize_t)sizeof(struct nlmsghdr)) error = EPROTO;
  const struct nlmsghdr *header = answer;
  if (error == 0 && header->nlmsg_type == NLMSG_ERROR)
    error = -((const struct nlmsgerr *)NLMSG_DATA(header))->error;
  return error == 0 ? 0 : failed_with(failure, operation, error, "%s", name);
}

static int change(int fd, struct request *request, const char *operation, const char *name, struct failure *failure) {
  uint8_t answer[1024];
  request->header.nlmsg_flags |= NLM_F_ACK;
  return ask(fd, request, answer, sizeof answer, operation, name, failure);
}

int create_veth(int fd, const char *name, int peer_fd, const char *peer, uint32_t mtu, struct failure *failure) {
  struct request request = link_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  put_text(&request, IFLA_IFNAME, name);
  put(&request, IFLA_MTU, &mtu, sizeof mtu);
  struct rtattr *info = put(&request, IFLA_LINKINFO, NULL, 0);
  put_text(&request, IFLA_INFO_KIND, "veth");
  struct rtattr *data = put(&request, IFLA_INFO_DATA, NULL, 0);
  struct ifinfomsg other = {0};
  struct rtattr *end_of_peer = put(&request, VETH_INFO_PEER, &other, sizeof other);
  put_text(&request, IFLA_IFNAME, peer);
  put(&request, IFLA_MTU, &mtu, sizeof mtu);
  if (peer_fd >= 0) put(&request, IFLA_NET_NS_FD, &peer_fd, sizeof peer_fd);
  end(&request, end_of_peer);
  end(&request, data);
  end(&request, info);
  return change(fd, &request, "making a veth pair", name, failure);
}

int set_link(int fd, const char *name, int up, uint32_t mtu, const uint8_t *mac, struct failure *failure) {
  struct request request = link_request(RTM_NEWLINK, 0);
  put_text(&request, IFLA_IFNAME, name);
  if (mtu != 0) put(&request, IFLA_MTU, &mtu, sizeof mtu);
  if (mac != NULL) put(&request, IFLA_ADDRESS, mac, 6);
  if (up >= 0) {
    request.link.ifi_change = IFF_UP;
    request.link.ifi_flags = up ? IFF_UP : 0;
  }
  return change(fd, &request, "setting a link", name, failure);
}

static void read_counts(const struct rtnl_link_stats64 *counts, struct link_info *info) {
  info->received = counts->rx_packets;
  info->sent = counts->tx_packets;
  info->receive_dropped = counts->rx_dropped;
  info->send_dropped = counts->tx_dropped;
  info->receive_errors = counts->rx_errors;
  info->send_errors = counts->tx_errors;
}

static void copy_text(char *to, size_t size, const struct rtattr *attribute) {
  size_t length = RTA_PAYLOAD(attribute) < size ? RTA_PAYLOAD(attribute) : size;
  memcpy(to, RTA_DATA(attribute), length);
  to[size - 1] = '\0';
}

static void read_kind(struct rtattr *attribute, struct link_info *info) {
  int length = (int)RTA_PAYLOAD(attribute);
  for (struct rtattr *part = RTA_DATA(attribute); RTA_OK(part, length); part = RTA_NEXT(part, length))
    if (part->rta_type == IFLA_INFO_KIND) copy_text(info->kind, sizeof info->kind, part);
}

int get_link(int fd, const char *name, struct link_info *info, struct failure *failure) {
  _Alignas(struct nlmsghdr) uint8_t answer[16384];
  struct request request = link_request(RTM_GETLINK, 0);
  put_text(&request, IFLA_IFNAME, name);
  if (ask(fd, &request, answer, sizeof answer, "looking at a link", name, failure) != 0) return -1;
  const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
  struct ifinfomsg *link = NLMSG_DATA(header);
  memset(info, 0, sizeof *info);
  info->index = link->ifi_index;
  info->flags = link->ifi_flags;
  int length = (int)IFLA_PAYLOAD(header);
  for (struct rtattr *part = IFLA_RTA(link); RTA_OK(part, length); part = RTA_NEXT(part, length)) {
    const void *value = RTA_DATA(part);
    switch (part->rta_type & NLA_TYPE_MASK) {
      case IFLA_IFNAME: copy_text(info->name, sizeof info->name, part); break;
      case IFLA_ADDRESS: if (RTA_PAYLOAD(part) == 6) memcpy(info->mac, value, 6); break;
      case IFLA_MTU: memcpy(&info->mtu, value, sizeof info->mtu); break;
      case IFLA_MASTER: memcpy(&info->master, value, sizeof info->master); break;
      case IFLA_CARRIER: info->has_carrier = *(const uint8_t *)value != 0; break;
      case IFLA_LINKINFO: read_kind(part, info); break;
      case IFLA_STATS64: {
        struct rtnl_link_stats64 counts = {0};
        memcpy(&counts, value, RTA_PAYLOAD(part) < sizeof counts ? RTA_PAYLOAD(part) : sizeof counts);
        read_counts(&counts, info);
      }
    }
  }
  return 0;
}

int give_address(int fd, const char *name, size_t size, const void *address, const void *gateway,
                 struct failure *failure) {
  struct link_info link;
  if (get_link(fd, name, &link, failure) != 0) return -1;
  uint32_t index = (uint32_t)link.index;
  uint8_t family = size == 16 ? AF_INET6 : AF_INET;
  struct request request = request_of(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifaddrmsg));
  request.address = (struct ifaddrmsg){.ifa_family = family, .ifa_prefixlen = (uint8_t)(size * 8), .ifa_index = index};
  /* At once: nobody else is asked whether it is theirs. */
  if (family == AF_INET6) request.address.ifa_flags = IFA_F_NODAD;
  put(&request, IFA_LOCAL, address, size);
  put(&request, IFA_ADDRESS, address, size);
  if (change(fd, &request, "giving a link an address", name, failure) != 0) return -1;
  request = request_of(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct rtmsg));
  request.route = (struct rtmsg){.rtm_family = family,
                                 .rtm_table = RT_TABLE_MAIN,
                                 .rtm_protocol = RTPROT_STATIC,
                                 .rtm_scope = RT_SCOPE_UNIVERSE,
                                 .rtm_type = RTN_UNICAST,
                                 .rtm_flags = RTNH_F_ONLINK};
  put(&request, RTA_GATEWAY, gateway, size);
  put(&request, RTA_OIF, &index, sizeof index);
  /* Several links of a namespace have such a way; one that is bound to a link takes its own. */
  put(&request, RTA_PRIORITY, &index, sizeof index);
  return change(fd, &request, "giving a link a gateway", name, failure);
}
