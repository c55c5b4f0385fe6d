/* A token bucket for each destination address, exact to a billionth of a byte. See README.md and ../policer/spec.ts. */
#include <vigil.h>

CONFIG(int32_t, wan, void);
CONFIG(int32_t, capacity, void);
CONFIG(int64_t, rate, void);
CONFIG(int64_t, burst, void);
CONFIG(int64_t, expiration, void);
CONFIG(int32_t, count, void);

/* Places of the alternatives of `count` in nf.yaml. */
enum count { COUNT_IP_LENGTH, COUNT_FRAME, COUNT_FRAME_FCS, COUNT_LINE };

/* Tokens are billionths of a byte: at `rate` bytes a second, exactly `rate` tokens a nanosecond. */
#define TOKENS_PER_BYTE 1000000000u

/* Whose bucket: an address, of which IPv4 takes the last 4 bytes, and its version. */
struct destination {
  uint8_t address[16];
  uint32_t version;
};

struct bucket {
  uint64_t tokens;
  /* When it had them. */
  int64_t filled_at;
};

static libvig_handle buckets;
/* Tokens of a full bucket, below 2^63. */
static uint64_t full;
/* Nanoseconds after which any bucket is full: the least n with rate * n >= full. */
static uint64_t fill_time;

int32_t nf_init(void) {
  full = (uint64_t)config_burst() * TOKENS_PER_BYTE;
  fill_time = (full - 1) / (uint64_t)config_rate() + 1;
  return expiring_map_allocate(sizeof(struct destination), sizeof(struct bucket), config_capacity(), &buckets);
}

/* Bytes of the datagram by its length field, of `present` bytes there; 0 where it is malformed. */
static int32_t ipv4_length(const struct ipv4_header *ip, int32_t present) {
  if (present < (int32_t)sizeof *ip) return 0;
  const int32_t header_length = ipv4_header_length(ip);
  const int32_t total_length = ntohs(ip->total_length);
  if (ipv4_version(ip) != 4 || header_length < (int32_t)sizeof *ip) return 0;
  return total_length < header_length || total_length > present ? 0 : total_length;
}

static int32_t ipv6_length(const struct ipv6_header *ip, int32_t present) {
  if (present < (int32_t)sizeof *ip || ipv6_version(ip) != 6) return 0;
  const int32_t total_length = (int32_t)sizeof *ip + ntohs(ip->payload_length);
  return total_length > present ? 0 : total_length;
}

/* What a packet costs, in bytes. */
static int32_t cost_of(int32_t ip_length, int32_t frame_length) {
  const int32_t padded = (frame_length < 60 ? 60 : frame_length) + 4;
  switch (config_count()) {
    case COUNT_IP_LENGTH:
      return ip_length;
    case COUNT_FRAME:
      return frame_length;
    case COUNT_FRAME_FCS:
      return padded;
    default:
      return padded + 20;
  }
}

/*
 * Tokens of a bucket after `elapsed` nanoseconds: the lesser of `full` and tokens + rate * elapsed. Below `fill_time` the
 * product is less than `full`, so the sum is below 2^64; from there on the bucket is full.
 */
static uint64_t refilled(uint64_t tokens, uint64_t elapsed) {
  if (elapsed >= fill_time) return full;
  const uint64_t sum = tokens + (uint64_t)config_rate() * elapsed;
  return sum < full ? sum : full;
}

/* Whether the destination's bucket pays for `size` bytes; it is made, full, where there is none. */
static int pays(const struct destination *destination, int32_t size, int64_t now) {
  int32_t slot;
  uint64_t tokens = full;
  if (expiring_map_touch(buckets, destination, now, &slot)) {
    const struct bucket *bucket = expiring_map_value(buckets, slot);
    tokens = refilled(bucket->tokens, (uint64_t)(now - bucket->filled_at));
  } else if (!expiring_map_insert(buckets, destination, now, &slot)) {
    return 0;
  }
  const uint64_t cost = (uint64_t)size * TOKENS_PER_BYTE;
  const int conforms = cost <= tokens;
  struct bucket *bucket = expiring_map_value(buckets, slot);
  bucket->tokens = conforms ? tokens - cost : tokens;
  bucket->filled_at = now;
  return conforms;
}

int32_t nf_process(int32_t port, void *packet, int32_t length, int64_t now) {
  expiring_map_expire(buckets, now - config_expiration());
  const struct ethernet_header *ethernet = packet;
  if (length < (int32_t)sizeof *ethernet) return NF_DROP;
  const int32_t egress = 1 - port;
  if (port != config_wan()) return egress;

  const void *datagram = ethernet + 1;
  const int32_t present = length - (int32_t)sizeof *ethernet;
  struct destination destination = {0};
  int32_t ip_length;
  switch (ntohs(ethernet->type)) {
    case ETHERTYPE_IPV4: {
      const struct ipv4_header *ip = datagram;
      ip_length = ipv4_length(ip, present);
      if (ip_length == 0) return NF_DROP;
      destination.version = 4;
      memcpy(destination.address + 12, &ip->destination, sizeof ip->destination);
      break;
    }
    case ETHERTYPE_IPV6: {
      const struct ipv6_header *ip = datagram;
      ip_length = ipv6_length(ip, present);
      if (ip_length == 0) return NF_DROP;
      destination.version = 6;
      memcpy(destination.address, ip->destination, sizeof ip->destination);
      break;
    }
    default:
      return egress;
  }
  return pays(&destination, cost_of(ip_length, length), now) ? egress : NF_DROP;
}
