/** A map on top of another one, which does not change meanwhile: what is set in it is seen in it only. */
export class Layered<K, V extends NonNullable<unknown>> {
  readonly #own = new Map<K, V>()
  readonly #below: Layered<K, V> | undefined

  constructor(below?: Layered<K, V>) {
    this.#below = below
  }

  /** Another one that holds the same, of one layer. */
  copy(): Layered<K, V> {
    const copy = this.#below === undefined ? new Layered<K, V>() : this.#below.copy()
    for (const [key, value] of this.#own) copy.set(key, value)
    return copy
  }

  get(key: K): V | undefined {
    return this.#own.get(key) ?? this.#below?.get(key)
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  set(key: K, value: V): void {
    this.#own.set(key, value)
  }

  /** Entries of all layers: at least as many as there are keys. */
  get size(): number {
    return this.#own.size + (this.#below?.size ?? 0)
  }
}
