/* The parts of a packet that a network function has borrowed: from its start on, one after the other. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "vigor.h"

static inline uint32_t packet_get_unread_length(void *p) { return vigor_packet.length - vigor_packet.read; }

static inline void packet_borrow_next_chunk(void *p, size_t length, void **chunk) {
  *chunk = (uint8_t *)p + vigor_packet.read;
  vigor_packet.read += length;
}

/* The last one that was borrowed. */
static inline void packet_return_chunk(void *p, void *chunk) {
  vigor_packet.read = (uint32_t)((uint8_t *)chunk - (uint8_t *)p);
}
