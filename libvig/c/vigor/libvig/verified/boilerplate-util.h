/* What Vigor's sources use here and there. */
#pragma once

#include <limits.h>
#include <stdint.h>

#define AND &&

#define DEFAULT_UINT32_T 0

static inline void null_init(void *obj) { *(uint32_t *)obj = 0; }

/* CRC-32C of the lowest `bits` bits of `value`: x86's instructions, which hashes of keys are made of. */
static inline unsigned vigor_crc32c(unsigned crc, uint64_t value, unsigned bits) {
  for (uint64_t rest = value ^ crc; bits > 0; bits--) {
    rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0x82f63b78u : 0);
    value = rest;
  }
  return (unsigned)value;
}

static inline unsigned __builtin_ia32_crc32si(unsigned acc, unsigned int x) { return vigor_crc32c(acc, x, 32); }
static inline unsigned long long __builtin_ia32_crc32di(unsigned long long acc, unsigned long long x) {
  return vigor_crc32c((unsigned)acc, x, 64);
}

/*
 * The same number as a constant, one path for each device: what is looked up by it lies at addresses that proofs know.
 * The compiler is not to see through it.
 */
static inline void concretize_devices(uint16_t *device, uint16_t count) {
  for (unsigned each = 0; each < count; each++) {
    int is_it = *device == each;
    __asm__ volatile("" : "+r"(is_it));
    if (is_it) {
      *device = (uint16_t)each;
      return;
    }
  }
  __builtin_trap();
}

static inline void vigor_note(int condition) {
  if (!condition) __builtin_trap();
}
