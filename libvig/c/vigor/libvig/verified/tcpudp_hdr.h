/* What the headers of TCP and UDP begin with. */
#pragma once

#include <stdint.h>

struct tcpudp_hdr {
  uint16_t src_port;
  uint16_t dst_port;
} __attribute__((packed, aligned(1)));
