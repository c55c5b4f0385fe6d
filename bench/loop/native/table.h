/* Keys at slots with a time and a value: the structure of libVig's expiring map, natively. An open-addressing table of
 * { tag, slot } finds a key's slot, and two lists of slots keep those in use in order of time and those that are free. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_TIME INT64_MIN

struct bucket {
  uint32_t tag; /* 0: empty */
  uint32_t slot;
};

struct link {
  uint32_t previous;
  uint32_t next;
};

/* Of an entry: time 8, value, key. */
struct table {
  struct bucket *buckets;
  uint32_t mask;
  uint32_t capacity;
  uint32_t stride;
  uint32_t value_size;
  uint32_t key_size;
  unsigned char *entries;
  /* Two more than slots: heads of the list in use and of the free one. */
  struct link *links;
};

static inline int64_t *table_time(const struct table *table, uint32_t slot) {
  return (int64_t *)(table->entries + (size_t)slot * table->stride);
}

static inline void *table_value(const struct table *table, uint32_t slot) {
  return table->entries + (size_t)slot * table->stride + 8;
}

static inline void *table_key(const struct table *table, uint32_t slot) {
  return table->entries + (size_t)slot * table->stride + 8 + table->value_size;
}

static inline uint64_t table_step(uint64_t state, uint64_t word) {
  uint64_t mixed = (state ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return mixed ^ (mixed >> 32);
}

static inline uint64_t table_word(const unsigned char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/* Keys have 8 bytes or more. */
static inline uint32_t table_tag(const void *key, uint32_t size) {
  const uint64_t finish = UINT64_C(0xd6e8feb86659fd93);
  const unsigned char *at = key, *last = at + size - 8;
  uint64_t state = size * finish;
  for (; at < last; at += 8) state = table_step(state, table_word(at));
  state = table_step(state, table_word(last)) * finish;
  return ((uint32_t)(state >> 32) ^ (uint32_t)state) | UINT32_C(0x80000000);
}

static inline void table_unlink(struct table *table, uint32_t slot) {
  struct link link = table->links[slot];
  table->links[link.previous].next = link.next;
  table->links[link.next].previous = link.previous;
}

static inline void table_link_after(struct table *table, uint32_t previous, uint32_t slot) {
  uint32_t next = table->links[previous].next;
  table->links[slot] = (struct link){previous, next};
  table->links[previous].next = slot;
  table->links[next].previous = slot;
}

static inline void table_link_by_time(struct table *table, uint32_t slot, int64_t time) {
  uint32_t previous = table->links[table->capacity].previous;
  while (*table_time(table, previous) > time) previous = table->links[previous].previous;
  table_link_after(table, previous, slot);
  *table_time(table, slot) = time;
}

static inline struct table table_make(uint32_t key_size, uint32_t value_size, uint32_t capacity) {
  struct table table = {.capacity = capacity, .key_size = key_size, .value_size = value_size};
  uint32_t size = 8 + value_size + key_size, count = 1;
  table.stride = size <= 32 ? 32 : size <= 64 ? 64 : (size + 7) & ~7u;
  while (count < capacity + capacity / 2 + 1) count *= 2;
  table.mask = count - 1;
  table.buckets = calloc(count, sizeof(struct bucket));
  table.links = calloc(capacity + 2, sizeof(struct link));
  table.entries = aligned_alloc(64, ((size_t)(capacity + 1) * table.stride + 63) & ~(size_t)63);
  if (table.buckets == NULL || table.links == NULL || table.entries == NULL) abort();
  for (uint32_t head = capacity; head < capacity + 2; head++) table.links[head] = (struct link){head, head};
  *table_time(&table, capacity) = NO_TIME;
  for (uint32_t slot = capacity; slot-- > 0;) {
    *table_time(&table, slot) = NO_TIME;
    table_link_after(&table, capacity + 1, slot);
  }
  return table;
}

/* Whether there is such a key; its time becomes `now` then. */
static inline bool table_touch(struct table *table, const void *key, int64_t now, uint32_t *slot) {
  uint32_t tag = table_tag(key, table->key_size);
  for (uint32_t at = tag & table->mask;; at = (at + 1) & table->mask) {
    struct bucket bucket = table->buckets[at];
    if (bucket.tag == 0) return false;
    if (bucket.tag != tag || memcmp(table_key(table, bucket.slot), key, table->key_size) != 0) continue;
    *slot = bucket.slot;
    if (table->links[bucket.slot].next == table->capacity && *table_time(table, bucket.slot) <= now) {
      *table_time(table, bucket.slot) = now;
    } else {
      table_unlink(table, bucket.slot);
      table_link_by_time(table, bucket.slot, now);
    }
    return true;
  }
}

/* Puts a key that is absent; false where the table is full. */
static inline bool table_insert(struct table *table, const void *key, int64_t now, uint32_t *slot) {
  uint32_t free = table->links[table->capacity + 1].next, tag = table_tag(key, table->key_size);
  if (free > table->capacity) return false;
  table_unlink(table, free);
  table_link_by_time(table, free, now);
  memset(table_value(table, free), 0, table->value_size);
  memcpy(table_key(table, free), key, table->key_size);
  uint32_t at = tag & table->mask;
  while (table->buckets[at].tag != 0) at = (at + 1) & table->mask;
  table->buckets[at] = (struct bucket){tag, free};
  *slot = free;
  return true;
}

/* Takes a bucket out, and moves later ones back as far as their homes allow. */
static inline void table_empty(struct table *table, uint32_t hole) {
  for (uint32_t at = (hole + 1) & table->mask; table->buckets[at].tag != 0; at = (at + 1) & table->mask) {
    uint32_t tag = table->buckets[at].tag;
    if (((at - tag) & table->mask) < ((at - hole) & table->mask)) continue;
    table->buckets[hole] = table->buckets[at];
    hole = at;
  }
  table->buckets[hole] = (struct bucket){0, 0};
}

static inline void table_expire(struct table *table, int64_t threshold) {
  for (;;) {
    uint32_t slot = table->links[table->capacity].next;
    if (slot == table->capacity || *table_time(table, slot) >= threshold) return;
    uint32_t at = table_tag(table_key(table, slot), table->key_size) & table->mask;
    while (table->buckets[at].tag == 0 || table->buckets[at].slot != slot) at = (at + 1) & table->mask;
    table_empty(table, at);
    table_unlink(table, slot);
    *table_time(table, slot) = NO_TIME;
    table_link_after(table, table->capacity + 1, slot);
  }
}

#endif
