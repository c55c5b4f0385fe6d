#include "flow.h"

#include "libvig/verified/boilerplate-util.h"

bool FlowId_eq(void *a, void *b) {
  const struct FlowId *const left = a;
  const struct FlowId *const right = b;
  return (left->src_port == right->src_port) AND (left->dst_port == right->dst_port)
      AND (left->src_ip == right->src_ip) AND (left->dst_ip == right->dst_ip)
      AND (left->internal_device == right->internal_device) AND (left->protocol == right->protocol);
}

unsigned FlowId_hash(void *obj) {
  const struct FlowId *const id = obj;
  unsigned hash = __builtin_ia32_crc32si(0, id->src_port);
  hash = __builtin_ia32_crc32si(hash, id->dst_port);
  hash = __builtin_ia32_crc32si(hash, id->src_ip);
  hash = __builtin_ia32_crc32si(hash, id->dst_ip);
  hash = __builtin_ia32_crc32si(hash, id->internal_device);
  return __builtin_ia32_crc32si(hash, id->protocol);
}

void FlowId_allocate(void *obj) {
  struct FlowId *const id = obj;
  id->src_port = 0;
  id->dst_port = 0;
  id->src_ip = 0;
  id->dst_ip = 0;
  id->internal_device = 0;
  id->protocol = 0;
}
