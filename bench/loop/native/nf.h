/* A network function in C, as the loop of loop.h calls it. */
#ifndef NF_H
#define NF_H

#include <stdint.h>

#define DROP -1
#define ETHERNET 14

static inline uint32_t read16(const unsigned char *at) { return (uint32_t)at[0] << 8 | at[1]; }

static inline uint32_t read32(const unsigned char *at) { return read16(at) << 16 | read16(at + 2); }

static inline void write16(unsigned char *at, uint32_t value) {
  at[0] = (unsigned char)(value >> 8);
  at[1] = (unsigned char)value;
}

static inline void write32(unsigned char *at, uint32_t value) {
  write16(at, value >> 16);
  write16(at + 2, value);
}

/* The length of the header of the IPv4 packet at `ip`, of which `present` bytes are there; 0 where it is not legal. */
static inline uint32_t ipv4_header(const unsigned char *ip, uint32_t present) {
  if (present < 20 || ip[0] >> 4 != 4) return 0;
  uint32_t header = (ip[0] & 15u) * 4, total = read16(ip + 2);
  return header < 20 || total < header || total > present ? 0 : header;
}

/* `capacity`: entries of its table. */
static void nf_start(uint32_t capacity);
/* The port that a frame leaves by, or DROP. */
static int nf_process(uint32_t port, unsigned char *frame, uint32_t length, int64_t now);

#endif
