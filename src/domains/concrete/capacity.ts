/** Largest capacity of a concrete structure; keeps every index, doubled or quadrupled, an exact 31-bit integer. */
export const MAX_CAPACITY = 1 << 26

/** Returns `capacity` if it is an integer from 1 to MAX_CAPACITY; throws RangeError naming `structure` otherwise. */
export function checkCapacity(structure: string, capacity: number): number {
  if (Number.isInteger(capacity) && capacity >= 1 && capacity <= MAX_CAPACITY) return capacity
  throw new RangeError(`${structure}: capacity must be an integer from 1 to ${MAX_CAPACITY}, got ${capacity}`)
}
