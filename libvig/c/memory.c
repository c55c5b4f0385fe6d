#include <stdint.h>

#include "memory.h"

/* Where data of a network function ends and its stack may begin (docs/nf-binary.md). */
#define DATA_END 0x80000u
#define ALIGNMENT 8u

/* memory.copy and memory.fill; ranges may overlap. */
void *memcpy(void *restrict to, const void *restrict from, size_t length) { return __builtin_memcpy(to, from, length); }
void *memmove(void *to, const void *from, size_t length) { return __builtin_memmove(to, from, length); }
void *memset(void *to, int value, size_t length) { return __builtin_memset(to, value, length); }

int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *a = left;
  const uint8_t *b = right;
  for (size_t at = 0; at < length; at++) {
    if (a[at] != b[at]) return a[at] < b[at] ? -1 : 1;
  }
  return 0;
}

/* What the compiler makes of a memcmp that only asks whether all is equal. */
int bcmp(const void *left, const void *right, size_t length) { return memcmp(left, right, length); }

/* The linker's: the first byte after static data. */
extern uint8_t __data_end;

/* Kept apart, so that a call of it is seen in the module. */
__attribute__((noinline)) void *malloc(size_t size) {
  static uint32_t next;
  if (next == 0) next = ((uint32_t)&__data_end + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  if (size > DATA_END - next) return NULL;
  void *const start = (void *)next;
  next = (next + size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return start;
}
