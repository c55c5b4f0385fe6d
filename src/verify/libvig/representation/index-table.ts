/**
 * libvig/index-table.ts: open addressing with linear probing over 4-byte buckets. A bucket is 0, or an index + 1 in its
 * low bits and above them the high bits of its key's hash.
 */
import { bitVecSort, type Term } from '../../../smt/index.js'
import { picked } from '../finite/picking.js'
import type { HeapMemory, Region } from '../heap.js'
import { words } from './chain.js'
import { type Clause, clauses, type Reading } from './represented.js'

export const INDEX_TABLE_SIZE = 24
const BUCKET = 4

export class IndexTable {
  readonly keySize: number
  readonly region: Region
  readonly #handle: number
  readonly #capacity: number
  readonly #buckets: number
  readonly #count: number
  readonly #indices: number
  readonly #keys: number
  readonly #stride: number

  /** `memory`: just after it was made. */
  constructor(memory: HeapMemory, handle: number, capacity: number) {
    const [buckets = 0, mask = 0, indices = 0, keys = 0, stride = 0, keySize = 0] = words(memory, handle, 6)
    this.#handle = handle
    this.#capacity = capacity
    this.#buckets = buckets
    this.#count = mask + 1
    this.#indices = indices
    this.#keys = keys
    this.#stride = stride
    this.keySize = keySize
    this.region = { name: 'buckets', start: buckets, end: buckets + this.#count * BUCKET, access: 'write' }
  }

  makeArbitrary({ path, memory }: Reading): void {
    const bits = Math.log2(this.#indices + 1)
    for (let at = 0; at < this.#count; at++) {
      const tag = path.fresh(`tag${at}`, bitVecSort(32 - bits))
      memory.setNumber(this.#bucket(at), path.terms.concat(tag, path.fresh(`index${at}`, bitVecSort(bits))))
    }
  }

  keyAddress(index: number): number {
    return this.#keys + index * this.#stride
  }

  key({ memory }: Reading, index: number): Term {
    return memory.bytes(this.keyAddress(index), this.keySize)
  }

  /** By index: whether some bucket has it. */
  present({ path, memory }: Reading): readonly Term[] {
    const { terms } = path
    const held = this.#held(memory, path.terms)
    return Array.from({ length: this.#capacity }, (_, index) =>
      terms.any(held.map((each) => terms.eq(each, terms.bv(index + 1, 32)))),
    )
  }

  invariant(reading: Reading): readonly Clause[] {
    const { path, memory, hashOf } = reading
    const { terms } = path
    const word = (value: number): Term => terms.bv(value, 32)
    const mask = word(this.#count - 1)
    const buckets = this.#all(this.#count, (at) => memory.number(this.#bucket(at), 4))
    const held = this.#held(memory, terms)
    const isEmpty = buckets.map((bucket) => terms.eq(bucket, word(0)))
    const hashes = this.#all(this.#capacity, (index) => hashOf(this.keyAddress(index), this.keySize))
    const keys = this.#all(this.#capacity, (index) => this.key(reading, index))
    const present = this.present(reading)
    const hashAt = held.map((each) =>
      picked(
        terms,
        hashes.map((hash, index) => [terms.eq(each, word(index + 1)), hash] as const),
      ),
    )
    const tags = word(~this.#indices)
    const pairs = (count: number): readonly (readonly [number, number])[] =>
      Array.from({ length: count }, (_, b) => Array.from({ length: b }, (_, a) => [a, b] as const)).flat()
    return clauses({
      'the header of the table is as it was made': this.#isHeaderKept(reading),
      'buckets are empty or hold an index': terms.all(
        held.map((each, at) =>
          terms.and(
            terms.ule(each, word(this.#capacity)),
            terms.iff(terms.eq(each, word(0)), isEmpty[at] ?? terms.false),
          ),
        ),
      ),
      'no index is in two buckets': terms.all(
        pairs(this.#count).map(([a, b]) =>
          terms.implies(
            terms.not(isEmpty[a] ?? terms.true),
            terms.not(terms.eq(held[a] ?? word(0), held[b] ?? word(0))),
          ),
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
          const home = terms.bvand(hashAt[at] ?? word(0), mask)
          const full = this.#all(this.#count, (distance) => {
            const from = (at - distance + this.#count) % this.#count
            const between = this.#all(distance, (step) => terms.not(isEmpty[(from + step) % this.#count] ?? terms.true))
            return terms.implies(terms.eq(home, word(from)), terms.all(between))
          })
          return terms.or(isEmpty[at] ?? terms.false, terms.all(full))
        }),
      ),
      'no two keys are the same': terms.all(
        pairs(this.#capacity).map(([a, b]) => {
          const both = terms.and(present[a] ?? terms.false, present[b] ?? terms.false)
          const [first, second] = [keys[a], keys[b]]
          if (first === undefined || second === undefined) return terms.true
          return terms.implies(both, terms.not(terms.eq(first, second)))
        }),
      ),
    })
  }

  #bucket(at: number): number {
    return this.#buckets + at * BUCKET
  }

  #held(memory: HeapMemory, terms: Reading['path']['terms']): readonly Term[] {
    return this.#all(this.#count, (at) => terms.bvand(memory.number(this.#bucket(at), 4), terms.bv(this.#indices, 32)))
  }

  #isHeaderKept({ path, memory }: Reading): Term {
    const made = [this.#buckets, this.#count - 1, this.#indices, this.#keys, this.#stride, this.keySize]
    const { terms } = path
    return terms.all(made.map((value, at) => terms.eq(memory.number(this.#handle + 4 * at, 4), terms.bv(value, 32))))
  }

  #all<T>(count: number, make: (at: number) => T): readonly T[] {
    return Array.from({ length: count }, (_, at) => make(at))
  }
}
