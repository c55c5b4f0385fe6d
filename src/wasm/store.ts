/** What linked instances share (core 2.0, section 4.2.3): the domain, and numbers for references. */
import type { Domain, Value } from './domain.js'
import type { Reference } from './host.js'

export class Store<V extends Value> {
  readonly domain: Domain<V>
  readonly #references: Reference<V>[] = [null]
  readonly #numbers = new Map<unknown, number>()

  constructor(domain: Domain<V>) {
    this.domain = domain
  }

  /** A reference as a value. The same reference is always the same number; null is 0. */
  valueOf(reference: Reference<V>): V {
    return this.domain.i32(this.#numberOf(reference))
  }

  /** The reference that a value is. */
  referenceOf(value: V): Reference<V> {
    return this.#references[this.domain.index(value, this.#references.length)] ?? null
  }

  #numberOf(reference: Reference<V>): number {
    if (reference === null) return 0
    // What the host refers to is the same where its value is.
    const identity = reference.kind === 'extern' ? reference.value : reference
    const known = this.#numbers.get(identity)
    if (known !== undefined) return known
    this.#numbers.set(identity, this.#references.length)
    return this.#references.push(reference) - 1
  }
}
