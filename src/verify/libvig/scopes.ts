/**
 * The small scopes: of each operation, the structures that it is proved for, every state of them, with every argument.
 * Sizes of keys and values are such that each way of copying, comparing and hashing bytes is taken.
 */
import { type Allocatable, contracts } from '../../contracts/index.js'

/** A structure, with the sizes that its allocator takes, in that order. */
export interface Wanted {
  readonly kind: Exclude<Allocatable, 'lpm'>
  readonly sizes: readonly number[]
}

/** What an allocator is asked for; no sizes: any that it does not accept. */
export interface Allocated {
  readonly kind: Allocatable
  readonly sizes: readonly number[] | undefined
}

export interface Scope {
  /** By the parameter that is the handle. */
  readonly structures: Readonly<Record<string, Wanted>>
  /** Of bytes whose number is passed. */
  readonly length?: number
  /** Of an allocator. */
  readonly allocated?: Allocated
  /** A structure of every capacity and of every size of what is in it, in place of those. */
  readonly anyCapacity?: 'vector'
}

export interface ScopedOperation {
  readonly operation: string
  readonly scope: Scope
}

/** Largest capacities of the structures, unless another is asked for: what takes longer has less. */
export const MOST_CAPACITY = 4
const MOST_SLOTS = 3
const MOST_OF_SEVERAL = 2
/** Bytes of a key: read byte by byte, as two words that overlap, as one and as several of 8 bytes. */
const KEY_SIZES = [1, 3, 5, 8, 13]
const KEY_SIZE = 4
const VALUE_SIZE = 8
/** Of structures with keys of odd sizes. */
const ODD_CAPACITY = 1
/** Height and backends, with the capacity of the chain that says which are live. */
const TABLES = [
  [2, 1, 1],
  [3, 2, 2],
  [5, 3, 2],
  [5, 3, 4],
  [7, 4, 4],
] as const
/** Heights that are no primes or too small, numbers of backends that are too few or too many. */
const NO_TABLES = [
  [0, 1],
  [1, 1],
  [4, 2],
  [9, 2],
  [5, 0],
  [5, 5],
  [5, 6],
  [7, 4097],
  [0x0100_0001, 2],
]
const HASHED = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 36]
/** Bytes that are summed: odd and even, in words of 4 bytes and what is left of them. */
const SUMMED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 20, 36]
/** Of IPv4 headers: without options, with few and with as many as there can be. */
const HEADERS = [20, 24, 60]
/** Of messages: too short for a checksum, as short as UDP can be, as TCP, and odd. */
const MESSAGES = [0, 5, 8, 9, 20, 27]
/** Proved for every capacity besides. */
const ANY_CAPACITY: readonly string[] = ['vector_allocate', 'vector_borrow', 'vector_return']

/** What is proved whatever the capacity is, of all operations or of those named. */
export function scopesOfAnyCapacity(operations: readonly string[] = [...contracts.keys()]): readonly ScopedOperation[] {
  return operations
    .filter((operation) => ANY_CAPACITY.includes(operation))
    .map((operation) => ({ operation, scope: { structures: {}, anyCapacity: 'vector' } }))
}

/** Of all operations, or of those named; structures up to a capacity. */
export function scopesUpTo(
  capacity?: number,
  operations: readonly string[] = [...contracts.keys()],
): readonly ScopedOperation[] {
  return operations.flatMap((operation) =>
    scopesOf(operation, capacity ?? mostFor(operation)).map((scope) => ({ operation, scope })),
  )
}

function mostFor(operation: string): number {
  if (operation === 'expire_items_single_map') return MOST_OF_SEVERAL
  return operation.startsWith('expiring_map_') ? MOST_SLOTS : MOST_CAPACITY
}

function scopesOf(operation: string, most: number): readonly Scope[] {
  const capacities = Array.from({ length: most }, (_, at) => at + 1)
  // A first level of 65,536 cells is no small scope.
  if (operation.startsWith('lpm_')) return []
  if (operation.endsWith('_allocate')) return allocations(operation, most)
  if (operation.startsWith('dchain_')) return capacities.map((each) => of({ chain: chain(each) }))
  if (operation.startsWith('vector_')) {
    return capacities.flatMap((each) => KEY_SIZES.map((size) => of({ vector: vector(size, each) })))
  }
  if (operation.startsWith('map_')) {
    const odd = KEY_SIZES.map((size) => of({ map: map(size, Math.min(ODD_CAPACITY, most)) }))
    return [...capacities.map((each) => of({ map: map(KEY_SIZE, each) })), ...odd]
  }
  if (operation.startsWith('expiring_map_')) {
    const odd = KEY_SIZES.map((size, at) => of({ map: expiringMap(size, 3 * at, Math.min(ODD_CAPACITY, most)) }))
    return [...capacities.map((each) => of({ map: expiringMap(KEY_SIZE, VALUE_SIZE, each) })), ...odd]
  }
  switch (operation) {
    case 'expire_items_single_map':
      return capacities.map((each) =>
        of({ chain: chain(each), vector: vector(KEY_SIZE + 2, each), map: map(KEY_SIZE, each) }),
      )
    case 'cht_find_preferred_available_backend':
      return TABLES.map(([height, backends, live]) =>
        of({ cht: { kind: 'cht', sizes: [height, backends] }, chain: chain(live) }),
      )
    case 'hash':
      return HASHED.map(bytesOf)
    case 'checksum_ones_complement':
      return SUMMED.map(bytesOf)
    case 'ipv4_header_checksum_ok':
      return HEADERS.map(bytesOf)
    case 'transport_checksum_ok':
      return MESSAGES.map(bytesOf)
    default:
      return [{ structures: {} }]
  }
}

/** Sizes that are accepted, with any room on the heap, and any that are not. */
function allocations(operation: string, most: number): readonly Scope[] {
  const capacities = Array.from({ length: most }, (_, at) => at + 1)
  const made = (kind: Allocatable, all: readonly (readonly number[])[]): readonly Scope[] =>
    all.map((sizes) => ({ structures: {}, allocated: { kind, sizes } }))
  const refused = (kind: Allocatable): Scope => ({ structures: {}, allocated: { kind, sizes: undefined } })
  switch (operation) {
    case 'dchain_allocate':
      return [
        ...made(
          'dchain',
          capacities.map((each) => [each]),
        ),
        refused('dchain'),
      ]
    case 'vector_allocate':
      return [
        ...made(
          'vector',
          capacities.flatMap((each) => KEY_SIZES.map((size) => [size, each])),
        ),
        refused('vector'),
      ]
    case 'map_allocate':
      return [
        ...made(
          'map',
          capacities.flatMap((each) => KEY_SIZES.map((size) => [size, each])),
        ),
        refused('map'),
      ]
    case 'expiring_map_allocate':
      return [
        ...made(
          'expiring_map',
          capacities.flatMap((each) => KEY_SIZES.map((size, at) => [size, 3 * at, each])),
        ),
        refused('expiring_map'),
      ]
    case 'cht_allocate':
      return made('cht', [...TABLES.map(([height, backends]) => [height, backends]), ...NO_TABLES])
    default:
      return []
  }
}

function of(structures: Scope['structures']): Scope {
  return { structures }
}

function bytesOf(length: number): Scope {
  return { structures: {}, length }
}

function chain(capacity: number): Wanted {
  return { kind: 'dchain', sizes: [capacity] }
}

function vector(elementSize: number, capacity: number): Wanted {
  return { kind: 'vector', sizes: [elementSize, capacity] }
}

function map(keySize: number, capacity: number): Wanted {
  return { kind: 'map', sizes: [keySize, capacity] }
}

function expiringMap(keySize: number, valueSize: number, capacity: number): Wanted {
  return { kind: 'expiring_map', sizes: [keySize, valueSize, capacity] }
}

/** In words: `map of 2 keys of 4 bytes`. */
export function scopeText({ structures, length, allocated, anyCapacity }: Scope): string {
  if (anyCapacity !== undefined) return `${anyCapacity} of any capacity, cells of any size`
  if (allocated !== undefined) return allocatedText(allocated)
  const parts = Object.values(structures).map(structureText)
  if (length !== undefined) parts.push(counted(length, 'byte'))
  return parts.length === 0 ? 'every argument' : parts.join(', ')
}

function allocatedText({ kind, sizes }: Allocated): string {
  return sizes === undefined ? 'sizes that are not accepted' : `${kind}(${sizes.join(', ')})`
}

/** `1 key`, `2 keys`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function structureText({ kind, sizes: [first = 0, second = 0, third = 0] }: Wanted): string {
  switch (kind) {
    case 'dchain':
      return `chain of ${first}`
    case 'vector':
      return `vector of ${counted(second, 'cell')} of ${counted(first, 'byte')}`
    case 'map':
      return `map of ${counted(second, 'key')} of ${counted(first, 'byte')}`
    case 'expiring_map':
      return `map of ${counted(third, 'slot')}, keys of ${first} and values of ${counted(second, 'byte')}`
    case 'cht':
      return `table of ${counted(first, 'row')} and ${counted(second, 'backend')}`
  }
}
