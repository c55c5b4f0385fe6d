/**
 * The abstract structures that specifications keep their state in and that libVig's contracts speak about: one
 * interface for each, generic over the domain (see algebra.ts). `K` is a key, `V` an attached value: records of the
 * specification, or byte strings when libVig itself is tested.
 *
 * Queries are total; where a value is meaningful only under a condition, the comment says so and the caller checks.
 * Updates have preconditions, stated here and enforced by contracts, not by the structures.
 */

/** A finite map from keys to small integers (libVig `map`). */
export interface MapState<B, N, K> {
  readonly capacity: N
  has(key: K): B
  /** Meaningful only where `has(key)`. */
  get(key: K): N
  count(): N
  /** Requires `!has(key)` and `count < capacity`. */
  put(key: K, value: N): void
  /** Requires `has(key)`. */
  erase(key: K): void
}

/** A fixed number of cells (libVig `vector`). */
export interface VectorState<N, V> {
  readonly capacity: N
  /** Requires `index < capacity`. */
  get(index: N): V
  /** Requires `index < capacity`. */
  set(index: N, value: V): void
}

/** Indices in use, each with the time of its last use (libVig `dchain`). */
export interface IndexAllocatorState<B, N, T> {
  readonly capacity: N
  used(index: N): B
  /** Meaningful only where `used(index)`. */
  timeAt(index: N): T
  count(): N
  /** Requires `index < capacity` and `!used(index)`. */
  allocate(index: N, time: T): void
  /** Requires `used(index)`. */
  refresh(index: N, time: T): void
  /** Requires `used(index)`. */
  free(index: N): void
  /** Frees every index whose time is below `threshold` (expired means time < threshold, everywhere). */
  expire(threshold: T): void
}

/** Keys, each at a slot with a time and an attached value (libVig `expiring_map`). */
export interface ExpiringMapState<B, N, T, K, V> {
  readonly capacity: N
  has(key: K): B
  /** Meaningful only where `has(key)`. */
  slotOf(key: K): N
  used(slot: N): B
  /** Meaningful only where `used(slot)`. */
  keyAt(slot: N): K
  /** Meaningful only where `used(slot)`. */
  timeAt(slot: N): T
  /** Meaningful only where `used(slot)`. */
  valueAt(slot: N): V
  count(): N
  /** Requires `slot < capacity`, `!used(slot)` and `!has(key)`. */
  insert(slot: N, key: K, time: T, value: V): void
  /** Requires `used(slot)`. */
  refresh(slot: N, time: T): void
  /** Requires `used(slot)`. */
  setValue(slot: N, value: V): void
  /** Requires `used(slot)`. */
  erase(slot: N): void
  /** Erases every entry whose time is below `threshold`. */
  expire(threshold: T): void
}

/** A Maglev table (libVig `cht`): filled once for `backends` backends; each row is a permutation of them. */
export interface MaglevState<N> {
  readonly height: N
  readonly backends: N
  /** The backend at `rank` (0 first) of `row`. */
  at(row: N, rank: N): N
}

/** Longest-prefix match (libVig `lpm`); `A` is an address. */
export interface LpmState<B, N, A> {
  /** Requires a prefix length of at most the address width; a prefix given twice takes the later value. */
  insert(prefix: A, prefixLength: number, value: N): void
  has(address: A): B
  /** The value of the longest inserted prefix of `address`; meaningful only where `has(address)`. */
  lookup(address: A): N
}

/** State that can go back to where it was when the present packet began. */
export interface Undoable {
  /** Starts a packet: what was done before can no longer be undone. */
  begin(): void
  /** Undoes every update since `begin`. */
  rollback(): void
}

/**
 * State that can go back over several packets. One that starts with `mark` is kept until it is taken back or forgotten;
 * `begin` forgets all. Within a packet, `rollback` goes back to its start in both cases.
 */
export interface Retractable extends Undoable {
  /** Starts a packet that is kept. */
  mark(): void
  /** Undoes the newest kept packet, of which there must be one; the one before it is then that at hand. */
  retract(): void
  /** The `count` oldest kept packets, of which there must be as many, can no longer be undone. */
  forget(count: number): void
}
