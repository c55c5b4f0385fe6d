/* Numbers in network byte order. Arguments are in the order of the other side; both directions are the same exchange. */
#ifndef VIGIL_BYTES_H
#define VIGIL_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline uint16_t ntohs(uint16_t value) { return __builtin_bswap16(value); }
static inline uint32_t ntohl(uint32_t value) { return __builtin_bswap32(value); }
static inline uint64_t ntohll(uint64_t value) { return __builtin_bswap64(value); }
static inline uint16_t htons(uint16_t value) { return __builtin_bswap16(value); }
static inline uint32_t htonl(uint32_t value) { return __builtin_bswap32(value); }
static inline uint64_t htonll(uint64_t value) { return __builtin_bswap64(value); }

/* For constants in comparisons and tables: `type == HTONS(0x0800)`. */
#define HTONS(value) ((uint16_t)((((value) & 0xff) << 8) | (((value) >> 8) & 0xff)))
#define HTONL(value) \
  ((uint32_t)(((uint32_t)HTONS((value) & 0xffff) << 16) | (uint32_t)HTONS(((uint32_t)(value) >> 16) & 0xffff)))

#endif
