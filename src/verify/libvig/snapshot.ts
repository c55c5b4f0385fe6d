/** What was in memory at one time of a path. */
import type { Term, Terms } from '../../smt/index.js'
import { bytesByAddress, type Named } from './cells.js'

type Bytes = Map<number, Term>

/** Numbers as they were written, by where their bytes are. */
export type Written = Map<Bytes, Map<number, Term>>

interface Contents {
  readonly fixed: Bytes
  readonly named: readonly Named[]
  readonly written: Written
}

export class Snapshot {
  readonly #terms: Terms
  readonly #contents: Contents

  constructor(terms: Terms, fixed: Bytes, named: readonly Named[], written: Written) {
    this.#terms = terms
    this.#contents = copied({ fixed, named, written })
  }

  /** By address. */
  bytes(): ReadonlyMap<number, Term> {
    const { fixed, named } = this.#contents
    return new Map([...fixed, ...named.flatMap((array) => bytesByAddress(this.#terms, array))])
  }

  /** Of its own, to be written to. */
  copy(): Contents {
    return copied(this.#contents)
  }

  /** Whether each byte is the same in another one. Cells are told by name: no two names are of one index. */
  same(other: Snapshot): Term {
    const { fixed, named } = this.#contents
    const others = other.#contents
    const isSameNaming = named.every(({ names }, at) => names === others.named[at]?.names)
    if (!isSameNaming || named.length !== others.named.length) throw new RangeError('cells that have other names')
    const cells = named.flatMap((array, at) =>
      array.cells.map((cell, name) => this.#sameBytes(cell, others.named[at]?.cells[name] ?? new Map())),
    )
    return this.#terms.all([this.#sameBytes(fixed, others.fixed), ...cells])
  }

  #sameBytes(first: Bytes, second: Bytes): Term {
    const zero = this.#terms.bv(0, 8)
    const places = [...new Set([...first.keys(), ...second.keys()])]
    return this.#terms.all(places.map((at) => this.#terms.eq(first.get(at) ?? zero, second.get(at) ?? zero)))
  }
}

function copied({ fixed, named, written }: Contents): Contents {
  const copies = new Map<Bytes, Bytes>()
  const copyOf = (bytes: Bytes): Bytes => {
    const copy = new Map(bytes)
    copies.set(bytes, copy)
    return copy
  }
  const all = { fixed: copyOf(fixed), named: named.map((array) => ({ ...array, cells: array.cells.map(copyOf) })) }
  const again: Written = new Map()
  for (const [bytes, numbers] of written) {
    const copy = copies.get(bytes)
    if (copy !== undefined) again.set(copy, new Map(numbers))
  }
  return { ...all, written: again }
}
