/* The loop around a network function: `PROGRAM FLOWS ORDER CAPACITY SECONDS`. FLOWS has a frame of each flow, in 64 bytes: 60 of
 * the frame, then the port that it enters by. ORDER has numbers of flows, 32 bits each. Frames are copied into a burst and
 * processed there, all flows once, then for so many seconds of processor time in the given order, then as often without the function. Prints JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BURST 32
#define FRAME 60
#define STRIDE 64
/* Nanoseconds from one burst to the next. */
#define TICK 32000
#define START INT64_C(1700000000000000000)

static unsigned char burst[BURST][2 * STRIDE] __attribute__((aligned(64)));
static int leaves[BURST];
static int64_t now = START;

static void *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) exit(2);
  *length = (size_t)ftell(file);
  rewind(file);
  void *bytes = aligned_alloc(64, (*length + 63) & ~(size_t)63);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) exit(2);
  fclose(file);
  return bytes;
}

static double processor_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What is in the burst is there for others, too: it may not be left out. */
static inline void seen(void) { __asm__ volatile("" : : "r"(burst), "r"(leaves) : "memory"); }

static uint32_t ports[BURST];

static void copy(const unsigned char *frames, const uint32_t *order, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const unsigned char *frame = frames + (size_t)order[i] * STRIDE;
    memcpy(burst[i], frame, FRAME);
    ports[i] = frame[FRAME];
  }
  seen();
}

/* @returns How many left. */
static uint64_t run(const unsigned char *frames, const uint32_t *order, uint32_t count) {
  uint64_t left = 0;
  copy(frames, order, count);
  for (uint32_t i = 0; i < count; i++) leaves[i] = nf_process(ports[i], burst[i], FRAME, now);
  seen();
  for (uint32_t i = 0; i < count; i++) left += leaves[i] != DROP;
  now += TICK;
  return left;
}

/* FNV-1a of verdicts and frames, what left and what did not. */
static uint64_t digest(uint64_t hash, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    hash = (hash ^ (unsigned char)leaves[i]) * UINT64_C(0x100000001b3);
    for (uint32_t at = 0; at < FRAME; at++) hash = (hash ^ burst[i][at]) * UINT64_C(0x100000001b3);
  }
  return hash;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  size_t size, length;
  const unsigned char *frames = contents(argv[1], &size);
  const uint32_t *order = contents(argv[2], &length);
  uint32_t flows = (uint32_t)(size / STRIDE), steps = (uint32_t)(length / sizeof *order);
  nf_start((uint32_t)strtoul(argv[3], NULL, 10));
  uint64_t hash = UINT64_C(0xcbf29ce484222325), packets = 0, left = 0;
  for (uint32_t first = 0; first < flows; first += BURST) {
    uint32_t all[BURST], count = flows - first < BURST ? flows - first : BURST;
    for (uint32_t i = 0; i < count; i++) all[i] = first + i;
    run(frames, all, count);
    hash = digest(hash, count);
  }
  /* Once to warm caches up. */
  for (uint32_t at = 0; at + BURST <= steps; at += BURST) run(frames, order + at, BURST);
  double begun = processor_seconds(), used = 0;
  for (double wanted = strtod(argv[4], NULL); used < wanted; used = processor_seconds() - begun) {
    for (uint32_t at = 0; at + BURST <= steps; at += BURST) left += run(frames, order + at, BURST);
    packets += steps / BURST * BURST;
  }
  begun = processor_seconds();
  for (uint64_t done = 0; done < packets; done += steps / BURST * BURST)
    for (uint32_t at = 0; at + BURST <= steps; at += BURST) copy(frames, order + at, BURST);
  double around = processor_seconds() - begun;
  printf("{\"packets\":%llu,\"left\":%llu,\"seconds\":%.9f,\"around\":%.9f,\"digest\":\"%016llx\"}\n", (unsigned long long)packets,
         (unsigned long long)left, used, around, (unsigned long long)hash);
  return 0;
}
