/* Vigor's maps and vectors over libVig's, which copy keys and take sizes where Vigor's keep pointers and take functions. */
#include <stddef.h>

#include "libvig/verified/map.h"
#include "libvig/verified/vector.h"
#include "libvig_imports.h"
#include "memory.h"
#include "vigor.h"

/* Bytes of the longest key. */
#define LONGEST_KEY 64
/* Most cells that are lent at once. */
#define MOST_LENT 16

struct Map {
  libvig_handle keys;
  /* Bytes of a key, up to the last that the type's equality looks at. */
  uint32_t size;
  /* Whether it looks at every one of them. */
  bool is_dense;
  /* 0xff for bytes of fields, 0 for those between. */
  uint8_t fields[LONGEST_KEY];
};

/* Cells that the network function has borrowed and not returned, and their indices: apart, as proofs follow no half of an address. */
static void *lent[MOST_LENT];
static int lent_indices[MOST_LENT];
static uint32_t lent_count;

static uint8_t left[LONGEST_KEY];
static uint8_t right[LONGEST_KEY];

/* Whether two keys differ that are the same but for these bits of one byte. */
static bool sees(map_keys_equality *equal, uint32_t at, uint8_t bits) {
  left[at] = bits;
  const bool is_seen = !equal(left, right);
  left[at] = 0;
  return is_seen;
}

/* Which bytes are fields is asked of the type's equality; false where that is no comparison of whole bytes. */
static bool lay_out(struct Map *map, map_keys_equality *equal) {
  if (!equal(left, right)) return false;
  for (uint32_t at = 0; at < LONGEST_KEY; at++) {
    const bool is_field = sees(equal, at, 0xff);
    for (uint32_t bit = 0; is_field && bit < 8; bit++) {
      if (!sees(equal, at, (uint8_t)(1u << bit))) return false;
    }
    map->fields[at] = is_field ? 0xff : 0;
    if (is_field) map->size = at + 1;
  }
  map->is_dense = true;
  for (uint32_t at = 0; at < map->size; at++) map->is_dense = map->is_dense && map->fields[at] != 0;
  return map->size > 0;
}

int map_allocate(map_keys_equality *equal, map_key_hash *hash, unsigned capacity, struct Map **out) {
  struct Map *const map = malloc(sizeof *map);
  if (map == NULL || !lay_out(map, equal)) return 0;
  if (libvig_map_allocate((int32_t)map->size, (int32_t)capacity, &map->keys) == 0) return 0;
  *out = map;
  return 1;
}

/* The key with zeros between its fields; itself where there is nothing between. */
static const void *plain(const struct Map *map, const uint8_t *key, uint8_t *copy) {
  if (map->is_dense) return key;
  for (uint32_t at = 0; at < map->size; at++) copy[at] = key[at] & map->fields[at];
  return copy;
}

int map_get(struct Map *map, void *key, int *out) {
  uint8_t copy[LONGEST_KEY];
  return libvig_map_get(map->keys, plain(map, key, copy), out);
}

/* Kept apart, so that what breaks a rule is named by it. */
__attribute__((noinline)) static void a_key_that_is_not_a_borrowed_cell(void) { __builtin_trap(); }
__attribute__((noinline)) static void a_cell_returned_that_is_not_borrowed(void) { __builtin_trap(); }
__attribute__((noinline)) static void too_many_cells_borrowed_at_once(void) { __builtin_trap(); }

/* Where in `lent` a cell is; MOST_LENT where it is not. */
static uint32_t place_of(const void *cell) {
  for (uint32_t at = lent_count; at > 0; at--) {
    if (lent[at - 1] == cell) return at - 1;
  }
  return MOST_LENT;
}

/* Vigor's maps keep the pointer, so it has to be one that stays: a vector's. */
void map_put(struct Map *map, void *key, int value) {
  if (place_of(key) == MOST_LENT) a_key_that_is_not_a_borrowed_cell();
  uint8_t *const cell = key;
  /* The cell is what libVig's expirator will erase. */
  for (uint32_t at = 0; !map->is_dense && at < map->size; at++) cell[at] &= map->fields[at];
  libvig_map_put(map->keys, key, value);
}

void map_erase(struct Map *map, void *key, void **trash) {
  if (place_of(key) == MOST_LENT) a_key_that_is_not_a_borrowed_cell();
  uint8_t copy[LONGEST_KEY];
  libvig_map_erase(map->keys, plain(map, key, copy));
  *trash = key;
}

unsigned map_size(struct Map *map) { return (unsigned)libvig_map_size(map->keys); }

libvig_handle vigor_keys_of(const struct Map *map) { return map->keys; }

/* A cell as its type begins; whether that is all zeros, as new cells are. */
static bool initialise(libvig_handle cells, int32_t index, uint32_t size, vector_init_elem *init) {
  uint8_t *cell;
  libvig_vector_borrow(cells, index, (void **)&cell);
  init(cell);
  bool is_zero = true;
  for (uint32_t at = 0; at < size; at++) is_zero = is_zero && cell[at] == 0;
  libvig_vector_return(cells, index);
  return is_zero;
}

int vector_allocate(int size, unsigned capacity, vector_init_elem *init, struct Vector **out) {
  libvig_handle cells;
  if (libvig_vector_allocate(size, (int32_t)capacity, &cells) == 0) return 0;
  if (!initialise(cells, 0, (uint32_t)size, init)) {
    for (unsigned index = 1; index < capacity; index++) initialise(cells, (int32_t)index, (uint32_t)size, init);
  }
  *out = (struct Vector *)cells;
  return 1;
}

void vector_borrow(struct Vector *vector, int index, void **out) {
  void *cell;
  libvig_vector_borrow(vector, index, &cell);
  if (lent_count == MOST_LENT) too_many_cells_borrowed_at_once();
  lent[lent_count] = cell;
  lent_indices[lent_count] = index;
  lent_count++;
  *out = cell;
}

void vector_return(struct Vector *vector, int index, void *value) {
  const uint32_t at = place_of(value);
  if (at == MOST_LENT || lent_indices[at] != index) a_cell_returned_that_is_not_borrowed();
  lent_count--;
  lent[at] = lent[lent_count];
  lent_indices[at] = lent_indices[lent_count];
  libvig_vector_return(vector, index);
}

bool vigor_has_lent(void) { return lent_count != 0; }
