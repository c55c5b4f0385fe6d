/**
 * A binary heap of arrivals over typed arrays, by time, and first in first out among equal times. It grows as needed
 * and allocates nothing otherwise.
 */
export class EventQueue {
  length = 0
  #time = new BigInt64Array(64)
  /** Order of insertion: 2^53 of them. */
  #order = new Float64Array(64)
  #place = new Uint32Array(64)
  #frame = new Uint32Array(64)
  #next = 0

  /** Time of the earliest event; only while `length > 0`. */
  get time(): bigint {
    return this.#time[0] ?? 0n
  }

  /** Where the earliest frame arrives, as given to `push`. */
  get place(): number {
    return this.#place[0] ?? 0
  }

  get frame(): number {
    return this.#frame[0] ?? 0
  }

  push(time: bigint, place: number, frame: number): void {
    if (this.length === this.#place.length) this.#grow()
    const order = this.#next++
    let at = this.length++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isAfter(parent, time, order)) break
      this.#move(parent, at)
      at = parent
    }
    this.#set(at, time, order, place, frame)
  }

  /** Removes the earliest event. */
  pop(): void {
    const last = --this.length
    if (last <= 0) return
    const time = this.#time[last] ?? 0n
    const order = this.#order[last] ?? 0
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= last) break
      if (child + 1 < last && this.#isAfter(child, this.#time[child + 1] ?? 0n, this.#order[child + 1] ?? 0)) child += 1
      if (this.#isAfter(child, time, order)) break
      this.#move(child, at)
      at = child
    }
    this.#set(at, time, order, this.#place[last] ?? 0, this.#frame[last] ?? 0)
  }

  #isAfter(at: number, time: bigint, order: number): boolean {
    const other = this.#time[at] ?? 0n
    return other > time || (other === time && (this.#order[at] ?? 0) > order)
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#time[from] ?? 0n, this.#order[from] ?? 0, this.#place[from] ?? 0, this.#frame[from] ?? 0)
  }

  #set(at: number, time: bigint, order: number, place: number, frame: number): void {
    this.#time[at] = time
    this.#order[at] = order
    this.#place[at] = place
    this.#frame[at] = frame
  }

  #grow(): void {
    const size = this.#place.length * 2
    this.#time = copied(new BigInt64Array(size), this.#time)
    this.#order = copied(new Float64Array(size), this.#order)
    this.#place = copied(new Uint32Array(size), this.#place)
    this.#frame = copied(new Uint32Array(size), this.#frame)
  }
}

function copied<T, A extends { set(from: ArrayLike<T>): void } & ArrayLike<T>>(to: A, from: ArrayLike<T>): A {
  to.set(from)
  return to
}
