/* A flow as its outbound packets show it, in network byte order. */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stdint.h>

struct FlowId {
  uint16_t src_port;
  uint16_t dst_port;
  uint32_t src_ip;
  uint32_t dst_ip;
  uint16_t internal_device;
  uint8_t protocol;
};

unsigned FlowId_hash(void *obj);
bool FlowId_eq(void *a, void *b);
void FlowId_allocate(void *obj);

#endif
