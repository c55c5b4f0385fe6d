/*
 * Internet checksums (RFC 1071) of fields as they stand in packets, in network byte order. The sums are libVig's, whose
 * contracts proofs rest on; only the order of bytes is changed here.
 */
#ifndef VIGIL_CHECKSUM_H
#define VIGIL_CHECKSUM_H

#include "bytes.h"
#include "libvig.h"

/* `checksum` after a field that it covers changed from `old` to `fresh` (RFC 1624). */
static inline uint16_t checksum_after_u16(uint16_t checksum, uint16_t old, uint16_t fresh) {
  return htons((uint16_t)checksum_update_u16(ntohs(checksum), ntohs(old), ntohs(fresh)));
}

static inline uint16_t checksum_after_u32(uint16_t checksum, uint32_t old, uint32_t fresh) {
  return htons((uint16_t)checksum_update_u32(ntohs(checksum), (int32_t)ntohl(old), (int32_t)ntohl(fresh)));
}

/* As checksum_after_u16 and checksum_after_u32, for UDP: 0 is none and stays so, and none becomes 0 (RFC 768). */
static inline uint16_t udp_checksum_after_u16(uint16_t checksum, uint16_t old, uint16_t fresh) {
  const uint16_t updated = checksum_after_u16(checksum, old, fresh);
  return htons((uint16_t)udp_checksum_finish(ntohs(checksum), ntohs(updated)));
}

static inline uint16_t udp_checksum_after_u32(uint16_t checksum, uint32_t old, uint32_t fresh) {
  const uint16_t updated = checksum_after_u32(checksum, old, fresh);
  return htons((uint16_t)udp_checksum_finish(ntohs(checksum), ntohs(updated)));
}

#endif
