/* Forwards between two ports. */
#include "nf.h"

static void nf_start(uint32_t capacity) { (void)capacity; }

static int nf_process(uint32_t port, unsigned char *frame, uint32_t length, int64_t now) {
  (void)frame, (void)length, (void)now;
  return port < 2 ? (int)(port ^ 1) : DROP;
}

#include "loop.h"
