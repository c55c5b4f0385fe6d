/* A token bucket for each destination, as nfs/policer/nf.ts with its defaults; port 1 is policed. */
#include "nf.h"
#include "table.h"

#define WAN 1
#define RATE UINT64_C(1250000)
#define MOST UINT64_C(1250000)
#define TOKENS_PER_BYTE UINT64_C(1000000000)
#define FULL (MOST * TOKENS_PER_BYTE)
#define FILL_TIME ((FULL - 1) / RATE + 1)
#define EXPIRATION INT64_C(60000000000)

/* 20 bytes without holes: an IPv4 address is in the last four of its sixteen. */
struct key {
  unsigned char address[16];
  uint32_t version;
};

struct level {
  uint64_t tokens;
  int64_t filled_at;
};

static struct table levels;

static void nf_start(uint32_t capacity) { levels = table_make(sizeof(struct key), sizeof(struct level), capacity); }

static bool pays(const struct key *key, uint32_t size, int64_t now) {
  uint32_t slot;
  uint64_t tokens = FULL, cost = size * TOKENS_PER_BYTE;
  if (table_touch(&levels, key, now, &slot)) {
    const struct level *level = table_value(&levels, slot);
    uint64_t elapsed = (uint64_t)(now - level->filled_at), sum = level->tokens + RATE * elapsed;
    tokens = elapsed >= FILL_TIME || sum > FULL ? FULL : sum;
  } else if (!table_insert(&levels, key, now, &slot)) return false;
  bool conforms = cost <= tokens;
  *(struct level *)table_value(&levels, slot) = (struct level){conforms ? tokens - cost : tokens, now};
  return conforms;
}

static int nf_process(uint32_t port, unsigned char *frame, uint32_t length, int64_t now) {
  table_expire(&levels, now - EXPIRATION);
  if (length < ETHERNET || port > 1) return DROP;
  int egress = (int)(1 - port);
  if (port != WAN) return egress;
  struct key key = {.version = 4};
  unsigned char *ip = frame + ETHERNET;
  uint32_t type = read16(frame + 12), present = length - ETHERNET, size;
  if (type == 0x0800) {
    if (ipv4_header(ip, present) == 0) return DROP;
    size = read16(ip + 2);
    memcpy(key.address + 12, ip + 16, 4);
  } else if (type == 0x86dd) {
    size = present < 40 ? 0 : 40 + read16(ip + 4);
    if (size == 0 || size > present || ip[0] >> 4 != 6) return DROP;
    memcpy(key.address, ip + 24, 16);
    key.version = 6;
  } else return egress;
  return pays(&key, size, now) ? egress : DROP;
}

#include "loop.h"
