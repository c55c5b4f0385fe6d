/** Numbered cells that hold any value, `undefined` included, and are reused: writing one again allocates nothing. */
export class Cells<V> {
  readonly #cells: ({ value: V } | undefined)[]

  /** Room for cells 0 to `length - 1`; writing the one right after the last makes room for it. */
  constructor(length: number) {
    this.#cells = new Array<{ value: V } | undefined>(length).fill(undefined)
  }

  /** Throws RangeError where nothing was ever written. */
  get(index: number): V {
    const cell = this.#cells[index]
    if (cell === undefined) throw new RangeError(`nothing was ever kept at ${index}`)
    return cell.value
  }

  set(index: number, value: V): void {
    const cell = this.#cells[index]
    if (cell === undefined) this.#cells[index] = { value }
    else cell.value = value
  }
}
