/**
 * Names for the cells of an array whose indices matter to nothing: the first in a list, the one whose key is in a certain
 * bucket. Which index a name has is not known, only that each has one of its own, so a state stands for all that come of
 * it by renaming indices. What is at an index is then found by how the index is written, without a choice between cells.
 */
import type { Path } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term, type Terms } from '../../smt/index.js'

export class Naming {
  /** By name, 32 bits: different, and between them every index. */
  readonly indices: readonly Term[]
  /** Of each name: what its index is written with. None where indices are known. */
  readonly #variables: readonly (Term | undefined)[]
  readonly #names: ReadonlyMap<Term, number>
  readonly #terms: Terms
  /** Values that a variable can have, and the index of a name by the value of its variable. */
  readonly #values: readonly bigint[]
  readonly #indexAt: (name: number, value: bigint) => number

  private constructor(
    terms: Terms,
    indices: readonly Term[],
    variables: readonly (Term | undefined)[],
    values: readonly bigint[],
    indexAt: (name: number, value: bigint) => number,
  ) {
    this.#terms = terms
    this.indices = indices
    this.#variables = variables
    this.#names = new Map(indices.map((index, name) => [index, name]))
    this.#values = values
    this.#indexAt = indexAt
  }

  /** Name and index are the same. */
  static known(terms: Terms, count: number): Naming {
    const indices = Array.from({ length: count }, (_, index) => terms.bv(index, 32))
    const none = indices.map(() => undefined)
    return new Naming(terms, indices, none, [0n], (name) => name)
  }

  /** Any order of the indices. */
  static anyOrder(path: Path, label: string, count: number): Naming {
    if (count === 1) return Naming.known(path.terms, 1)
    const { terms } = path
    const bits = 32 - Math.clz32(count)
    // What libVig's buckets hold is the index and one: so both are written alike.
    const numbers = Array.from({ length: count }, (_, name) => path.fresh(`${label}${name}`, bitVecSort(bits)))
    for (const [at, number] of numbers.entries()) {
      path.assume(terms.not(terms.eq(number, terms.bv(0, bits))))
      path.assume(terms.ule(number, terms.bv(count, bits)))
      for (const other of numbers.slice(0, at)) path.assume(terms.not(terms.eq(number, other)))
    }
    const indices = numbers.map((number) => terms.sub(terms.zeroExtendTo(32, number), terms.bv(1, 32)))
    const values = numbers.map((_, at) => BigInt(at + 1))
    return new Naming(terms, indices, numbers, values, (_, value) => Number(value) - 1)
  }

  /** The indices from one that is not known on, after the last the first. As many as its bits can say. */
  static from(terms: Terms, first: Term): Naming {
    const count = 2 ** first.width
    const indices = Array.from({ length: count }, (_, name) =>
      terms.zeroExtendTo(32, terms.add(first, terms.bv(name, first.width))),
    )
    const same = indices.map(() => first)
    const values = indices.map((_, at) => BigInt(at))
    return new Naming(terms, indices, same, values, (name, value) => (Number(value) + name) % count)
  }

  get count(): number {
    return this.indices.length
  }

  /** Whether indices are no constants. */
  get isOpen(): boolean {
    return this.#variables.some((variable) => variable !== undefined)
  }

  index(name: number): Term {
    const index = this.indices[name]
    if (index === undefined) throw new RangeError(`there is no name ${name}`)
    return index
  }

  /** Whether `index`, of 32 bits, is that of the name. */
  is(index: Term, name: number): Term {
    const own = this.#names.get(index)
    if (own !== undefined) return this.#terms.bool(own === name)
    return this.#terms.eq(index, this.index(name))
  }

  /** Whether a number of 32 bits is written as the index of some name. */
  isSome(number: Term): boolean {
    return this.#names.has(number)
  }

  /** Whether `number`, of 32 bits, is not an index but this number, which is none. */
  isOther(number: Term, other: number): Term {
    if (other < this.count) throw new RangeError(`${other} is an index`)
    return this.#names.has(number) ? this.#terms.false : this.#terms.eq(number, this.#terms.bv(other, 32))
  }

  /** The names whose indices are written with this variable, and nothing else that is not known. */
  namesBy(variable: Term): readonly number[] {
    return this.#variables.flatMap((own, name) => (own === variable ? [name] : []))
  }

  /** Every value that a variable can have, with the index that it gives a name. */
  indicesOf(name: number): readonly (readonly [value: bigint, index: number])[] {
    return this.#values.map((value) => [value, this.#indexAt(name, value)] as const)
  }
}
