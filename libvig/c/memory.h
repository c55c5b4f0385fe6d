/*
 * Memory without a libc. Lengths that the compiler knows become single instructions.
 *
 * malloc is for nf_init: it gives zeroed memory, aligned to 8 bytes, that is never given back, out of what static data
 * leaves of the function's 448 KiB; NULL where that does not suffice, for which nf_init answers 0. A module in which
 * nf_process may come to malloc is refused when it is built.
 */
#ifndef VIGIL_MEMORY_H
#define VIGIL_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);

void *malloc(size_t size);

#endif
