/* NAPT for TCP and UDP over IPv4, as nfs/nat/nf.ts with two ports, of which port 1 is the external one. */
#include "nf.h"
#include "table.h"

#define WAN 1
#define EXTERNAL_IP 0xc6336401u /* 198.51.100.1 */
#define START_PORT 1
#define EXPIRATION INT64_C(300000000000)

/* 16 bytes without holes. */
struct key {
  uint32_t host, peer;
  uint16_t host_port, peer_port;
  uint8_t protocol, port, zeros[2];
};

static struct table flows;

static void nf_start(uint32_t capacity) { flows = table_make(sizeof(struct key), 0, capacity); }

static uint32_t fold(uint64_t sum) {
  sum = (sum >> 32) + (sum & 0xffffffff);
  while (sum >> 16 != 0) sum = (sum >> 16) + (sum & 0xffff);
  return (uint32_t)sum;
}

/* RFC 1624 equation 3. */
static uint32_t updated(uint32_t checksum, uint32_t old, uint32_t fresh) {
  uint64_t was = (~old >> 16) + (~old & 0xffff), is = (fresh >> 16) + (fresh & 0xffff);
  return ~fold((~checksum & 0xffff) + was + is) & 0xffff;
}

static uint32_t updated16(uint32_t checksum, uint32_t old, uint32_t fresh) {
  return ~fold((uint64_t)(~checksum & 0xffff) + (~old & 0xffff) + fresh) & 0xffff;
}

static void rewrite(unsigned char *ip, unsigned char *address_at, uint32_t address, unsigned char *transport,
                    unsigned char *port_at, uint32_t port) {
  uint32_t old_address = read32(address_at), old_port = read16(port_at);
  write32(address_at, address);
  write16(port_at, port);
  write16(ip + 10, updated(read16(ip + 10), old_address, address));
  unsigned char *checksum_at = transport + (ip[9] == 6 ? 16 : 6);
  uint32_t old = read16(checksum_at), now = updated16(updated(old, old_address, address), old_port, port);
  write16(checksum_at, ip[9] == 6 ? now : old == 0 ? 0 : now == 0 ? 0xffff : now);
}

static bool is_legal(uint32_t protocol, const unsigned char *transport, uint32_t present) {
  if (protocol == 6) {
    uint32_t header = present < 20 ? 0 : (uint32_t)(transport[12] >> 4) * 4;
    return header >= 20 && header <= present;
  }
  if (protocol != 17 || present < 8) return false;
  return read16(transport + 4) >= 8 && read16(transport + 4) <= present;
}

static int outbound(uint32_t port, unsigned char *ip, unsigned char *transport, int64_t now) {
  struct key key = {.protocol = ip[9], .port = (uint8_t)port};
  uint32_t slot;
  memcpy(&key.host, ip + 12, 8);
  memcpy(&key.host_port, transport, 4);
  if (!table_touch(&flows, &key, now, &slot) && !table_insert(&flows, &key, now, &slot)) return DROP;
  rewrite(ip, ip + 12, EXTERNAL_IP, transport, transport, START_PORT + slot);
  return WAN;
}

static int inbound(unsigned char *ip, unsigned char *transport, int64_t now) {
  uint32_t slot = read16(transport + 2) - START_PORT;
  if (read32(ip + 16) != EXTERNAL_IP || slot >= flows.capacity || *table_time(&flows, slot) == NO_TIME) return DROP;
  struct key key;
  memcpy(&key, table_key(&flows, slot), sizeof key);
  if (memcmp(&key.peer, ip + 12, 4) != 0 || memcmp(&key.peer_port, transport, 2) != 0 || key.protocol != ip[9])
    return DROP;
  table_unlink(&flows, slot);
  table_link_by_time(&flows, slot, now);
  rewrite(ip, ip + 16, read32((unsigned char *)&key.host), transport, transport + 2,
          read16((unsigned char *)&key.host_port));
  return key.port;
}

static void write_mac(unsigned char *at, uint32_t kind, uint32_t port) {
  const unsigned char mac[6] = {2, 0, 0, 0, (unsigned char)kind, (unsigned char)port};
  memcpy(at, mac, sizeof mac);
}

static int nf_process(uint32_t port, unsigned char *frame, uint32_t length, int64_t now) {
  table_expire(&flows, now - EXPIRATION);
  if (length < ETHERNET || read16(frame + 12) != 0x0800) return DROP;
  unsigned char *ip = frame + ETHERNET;
  uint32_t header = ipv4_header(ip, length - ETHERNET);
  if (header == 0 || (read16(ip + 6) & 0x1fff) != 0) return DROP;
  unsigned char *transport = ip + header;
  if (!is_legal(ip[9], transport, read16(ip + 2) - header)) return DROP;
  int egress = port == WAN ? inbound(ip, transport, now) : outbound(port, ip, transport, now);
  if (egress == DROP) return DROP;
  write_mac(frame, 1, (uint32_t)egress);
  write_mac(frame + 6, 0, (uint32_t)egress);
  return egress;
}

#include "loop.h"
