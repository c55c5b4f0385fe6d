/**
 * libvig/index-table.ts: open addressing with linear probing over 4-byte buckets. A bucket is 0, or an index + 1 in its
 * low bits and above them the high bits of its key's hash.
 */
import { Undecidable } from '../../../domains/symbolic/path.js'
import type { Term, Terms } from '../../../smt/index.js'
import type { CellArray } from '../cells.js'
import { picked } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { Naming } from '../naming.js'
import type { Shape } from '../shapes.js'
import { type Clause, clauses, type Reading, words } from './represented.js'

export const INDEX_TABLE_SIZE = 24
const BUCKET = 4

/** Where keys lie. */
export interface Keys {
  readonly cells: CellArray
  /** In a cell. */
  readonly at: number
}

export class IndexTable {
  readonly keySize: number
  readonly region: Region
  readonly #handle: number
  readonly #made: readonly number[]
  readonly #count: number
  readonly #indices: number
  #buckets: CellArray

  /** `memory`: just after it was made. */
  constructor(memory: HeapMemory, terms: Terms, handle: number) {
    this.#made = words(memory, handle, INDEX_TABLE_SIZE / 4)
    const [buckets = 0, mask = 0, indices = 0, , , keySize = 0] = this.#made
    this.#handle = handle
    this.#count = mask + 1
    this.#indices = indices
    this.#buckets = { start: buckets, stride: BUCKET, names: Naming.known(terms, this.#count) }
    this.keySize = keySize
    this.region = { name: 'buckets', start: buckets, end: buckets + this.#count * BUCKET, access: 'write' }
  }

  /** Of this shape; keys are there already. */
  makeArbitrary(reading: Reading, keys: Keys, { buckets }: Shape): void {
    const { path, memory } = reading
    const { terms } = path
    if (buckets.length !== this.#count) throw new Undecidable('there are more or fewer buckets than there should be')
    const first = reading.firstBucket(Math.log2(this.#count))
    this.#buckets = { ...this.#buckets, names: Naming.from(terms, first) }
    memory.name(this.#buckets)
    for (const [at, name] of buckets.entries()) {
      // High bits are those of the hash, or the invariant does not hold.
      const bucket = name === undefined ? terms.bv(0, 32) : this.#bucketOf(reading, keys, name)
      memory.setNumberOf(this.#buckets, at, 0, bucket)
    }
  }

  key({ memory }: Reading, { cells, at }: Keys, name: number): Term {
    return memory.bytesOf(cells, name, at, this.keySize)
  }

  /** By name: whether some bucket has its index. */
  present({ path, memory }: Reading, { cells: { names } }: Keys): readonly Term[] {
    const { terms } = path
    const held = this.#held(memory, terms)
    return names.indices.map((_, name) => terms.any(held.map((each) => this.#holds(terms, names, each, name))))
  }

  invariant(reading: Reading, keys: Keys): readonly Clause[] {
    const { path, memory } = reading
    const { terms } = path
    const { names } = keys.cells
    const word = (value: number): Term => terms.bv(value, 32)
    const buckets = this.#all((at) => memory.numberOf(this.#buckets, at, 0, BUCKET))
    const held = this.#held(memory, terms)
    // What holds the index of a name is not 0.
    const isEmpty = buckets.map((bucket, at) =>
      names.isSome(terms.sub(held[at] ?? word(0), word(1))) ? terms.false : terms.eq(bucket, word(0)),
    )
    const present = this.present(reading, keys)
    const bytes = names.indices.map((_, name) => this.key(reading, keys, name))
    const hashAt = held.map((each) => {
      const cases = names.indices.flatMap((_, name) => {
        const holds = this.#holds(terms, names, each, name)
        return holds === terms.false ? [] : [[holds, this.#hash(reading, keys, name)] as const]
      })
      return cases.length === 0 ? word(0) : picked(terms, cases)
    })
    const tags = this.#tags(terms)
    const pairs = (count: number): readonly (readonly [number, number])[] =>
      Array.from({ length: count }, (_, b) => Array.from({ length: b }, (_, a) => [a, b] as const)).flat()
    return clauses({
      'the header of the table is as it was made': this.#isHeaderKept(reading),
      'buckets are empty or hold an index': terms.all(
        held.map((each, at) => {
          const holds = names.indices.map((_, name) => this.#holds(terms, names, each, name))
          return terms.or(isEmpty[at] ?? terms.false, ...holds)
        }),
      ),
      'no index is in two buckets': terms.all(
        names.indices.flatMap((_, name) =>
          pairs(this.#count).map(([a, b]) => {
            const [first, second] = [held[a] ?? word(0), held[b] ?? word(0)]
            return terms.not(terms.and(this.#holds(terms, names, first, name), this.#holds(terms, names, second, name)))
          }),
        ),
      ),
      'buckets have the high bits of the hash of their key': terms.all(
        buckets.map((bucket, at) =>
          terms.or(
            isEmpty[at] ?? terms.false,
            terms.eq(terms.bvand(bucket, tags), terms.bvand(hashAt[at] ?? word(0), tags)),
          ),
        ),
      ),
      'no bucket between the home of a key and its own is empty': terms.all(
        buckets.map((_, at) => {
          const home = terms.bvand(hashAt[at] ?? word(0), word(this.#count - 1))
          const full = this.#all((distance) => {
            const from = (at - distance + this.#count) % this.#count
            const between = Array.from({ length: distance }, (_, step) =>
              terms.not(isEmpty[(from + step) % this.#count] ?? terms.true),
            )
            return terms.implies(terms.eq(home, this.#buckets.names.index(from)), terms.all(between))
          })
          return terms.or(isEmpty[at] ?? terms.false, terms.all(full))
        }),
      ),
      'no two keys are the same': terms.all(
        pairs(names.count).map(([a, b]) => {
          const both = terms.and(present[a] ?? terms.false, present[b] ?? terms.false)
          const [first, second] = [bytes[a], bytes[b]]
          if (first === undefined || second === undefined) return terms.true
          return terms.implies(both, terms.not(terms.eq(first, second)))
        }),
      ),
    })
  }

  #bucketOf(reading: Reading, keys: Keys, name: number): Term {
    const { memory, path, hashApart } = reading
    const { terms } = path
    const hash = hashApart(memory.addressOf(keys.cells, name, keys.at), this.keySize)
    const tag = terms.bvand(hash, this.#tags(terms))
    return terms.bvor(tag, terms.add(keys.cells.names.index(name), terms.bv(1, 32)))
  }

  #hash({ memory, hashOf }: Reading, { cells, at }: Keys, name: number): Term {
    return hashOf(memory.addressOf(cells, name, at), this.keySize)
  }

  #tags(terms: Terms): Term {
    return terms.bv(~this.#indices, 32)
  }

  #held(memory: HeapMemory, terms: Terms): readonly Term[] {
    return this.#all((at) => terms.bvand(memory.numberOf(this.#buckets, at, 0, BUCKET), terms.bv(this.#indices, 32)))
  }

  /** Whether what is in the low bits of a bucket stands for the index of a name. */
  #holds(terms: Terms, names: Naming, held: Term, name: number): Term {
    if (held.op === 'bv' && held.value === 0n) return terms.false
    return names.is(terms.sub(held, terms.bv(1, 32)), name)
  }

  #isHeaderKept({ path, memory }: Reading): Term {
    const { terms } = path
    return terms.all(
      this.#made.map((value, at) => terms.eq(memory.number(this.#handle + 4 * at, 4), terms.bv(value, 32))),
    )
  }

  #all<T>(make: (at: number) => T): readonly T[] {
    return Array.from({ length: this.#count }, (_, at) => make(at))
  }
}
