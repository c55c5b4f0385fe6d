/**
 * Copying and comparing frames four bytes at a time. A view of each buffer is kept from call to call, since the same
 * few buffers come again and again; frames need not be aligned.
 */
const SHORT = 512

/** Views bytes by words; remembers the array that it viewed last. */
class Words {
  #bytes: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)

  of(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.#view
  }
}

const copiedFrom = new Words()
const compared = new Words()
const comparedWith = new Words()

/** Copies `length` bytes to the start of `to`, which `view` views. */
export function copyBytes(from: Uint8Array, start: number, view: DataView, to: Uint8Array, length: number): void {
  if (length > SHORT) {
    to.set(from.subarray(start, start + length))
    return
  }
  const source = copiedFrom.of(from)
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) view.setInt32(i, source.getInt32(start + i))
  for (let i = whole; i < length; i++) to[i] = from[start + i] ?? 0
}

/** The index of the first byte that differs, or -1. */
export function firstDifference(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): number {
  const left = compared.of(a)
  const right = comparedWith.of(b)
  const whole = length & ~3
  let i = 0
  while (i < whole && left.getInt32(aStart + i) === right.getInt32(bStart + i)) i += 4
  while (i < length && a[aStart + i] === b[bStart + i]) i += 1
  return i < length ? i : -1
}
