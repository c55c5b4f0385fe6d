/** Frames under way between nodes, in buffers that are used again and again. */
export class FrameStore {
  /** Frames held now. */
  count = 0
  readonly #bytes: Uint8Array[] = []
  readonly #length: number[] = []
  readonly #tag: number[] = []
  readonly #free: number[] = []

  /** Copies a frame; returns its number, valid until `release`. */
  add(bytes: Uint8Array, start: number, length: number, tag: number): number {
    const id = this.#free.pop() ?? this.#bytes.length
    let buffer = this.#bytes[id]
    if (buffer === undefined || buffer.length < length) {
      buffer = new Uint8Array(Math.max(2048, length))
      this.#bytes[id] = buffer
    }
    buffer.set(bytes.subarray(start, start + length))
    this.#length[id] = length
    this.#tag[id] = tag
    this.count += 1
    return id
  }

  bytes(id: number): Uint8Array {
    return this.#bytes[id] ?? new Uint8Array(0)
  }

  length(id: number): number {
    return this.#length[id] ?? 0
  }

  tag(id: number): number {
    return this.#tag[id] ?? -1
  }

  release(id: number): void {
    this.#free.push(id)
    this.count -= 1
  }
}
