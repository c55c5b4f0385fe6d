/**
 * Whether what an allocator has made is of the sizes asked for. Everything else is read by the header that it left: a
 * structure of fewer entries would keep its contract as one of fewer entries.
 */
import type { HeapMemory, Region } from './heap.js'
import { INDEX_TABLE_SIZE } from './representation/index-table.js'
import { words } from './representation/represented.js'
import type { Wanted } from './scopes.js'

const TIME = 8
const VALUE = 4
/** In the header of an index table: how far keys are apart, and their size. */
const STRIDE = 16

/** Capacity, sizes of keys and values, and that a cell has room for what is in it. */
export function isOfSizes(memory: HeapMemory, { kind, sizes }: Wanted, handle: number): boolean {
  const [first = 0, second = 0, third = 0] = sizes
  switch (kind) {
    case 'dchain': {
      const [, stride = 0, capacity] = words(memory, handle, 3)
      return capacity === first && stride >= TIME
    }
    case 'vector': {
      const [, stride = 0, capacity] = words(memory, handle, 3)
      return capacity === second && stride >= first
    }
    case 'map': {
      const [stride = 0, keySize] = words(memory, handle + STRIDE, 2)
      const [, capacity] = words(memory, handle + INDEX_TABLE_SIZE, 2)
      return keySize === first && capacity === second && stride >= VALUE + first
    }
    case 'expiring_map': {
      const [stride = 0, keySize] = words(memory, handle + STRIDE, 2)
      const [chain = 0, , valueSize] = words(memory, handle + INDEX_TABLE_SIZE, 3)
      const [, cell, capacity] = words(memory, chain, 3)
      const isWide = stride === cell && stride >= TIME + second + first
      return keySize === first && valueSize === second && capacity === third && isWide
    }
    case 'cht': {
      const [, height, backends] = words(memory, handle, 3)
      return height === first && backends === second
    }
  }
}

/** Whether no two parts of memory have a byte in common. */
export function areApart(parts: readonly Region[]): boolean {
  return parts.every((part, at) => parts.slice(0, at).every(({ start, end }) => end <= part.start || part.end <= start))
}
