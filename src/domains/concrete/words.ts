/**
 * Copying and comparing frames four bytes at a time. Views of each buffer are kept from call to call, since the same few
 * buffers come again and again. Frames need not be aligned, but two that lie alike to whole words are faster to compare.
 */

/** Up to this length a loop over words is faster than a view and a block copy. */
const SHORT = 512

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Views the buffer of a byte array by words; remembers the array that it viewed last. */
class Words {
  words: Int32Array = new Int32Array(0)
  view: DataView = new DataView(this.words.buffer)
  /** Where the array begins in its buffer; kept, since asking the array is a call. */
  offset = 0
  #bytes: Uint8Array = new Uint8Array(0)

  /** What it was pointed at last. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Points `words` and `view` at the whole buffer of `bytes`. */
  of(bytes: Uint8Array): void {
    if (bytes === this.#bytes) return
    const { buffer } = bytes
    this.#bytes = bytes
    this.offset = bytes.byteOffset
    if (buffer === this.view.buffer) return
    this.words = new Int32Array(buffer, 0, buffer.byteLength >>> 2)
    this.view = new DataView(buffer)
  }
}

const copied = new Words()

/** Views of the buffers that frames were copied from last: those of several ports, and what left by them. */
const sources: Words[] = []
const MOST_SOURCES = 8
const left = new Words()
const right = new Words()

/** A copy of a frame, which begins at 0 of both. */
export interface Copy {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Memory for one frame, in which a copy lies to whole words as what it is a copy of. */
export class FrameMemory {
  readonly #words: Int32Array
  readonly #copies: readonly Copy[]

  /** Room for frames of up to `longest` bytes. */
  constructor(longest: number) {
    this.#words = new Int32Array((longest >>> 2) + 2)
    const { buffer } = this.#words
    this.#copies = [0, 1, 2, 3].map((shift) => ({
      bytes: new Uint8Array(buffer, shift, longest),
      view: new DataView(buffer, shift, longest),
    }))
  }

  /** Copies `length` bytes from `start` of `from`. */
  copy(from: Uint8Array, start: number, length: number): Copy {
    copied.of(from)
    const first = copied.offset + start
    const copy = this.#copies[first & 3]
    if (copy === undefined) throw new RangeError(`a frame cannot begin at ${start}`)
    const source = copied.words
    const end = (first + length + 3) >>> 2
    if (length > SHORT || end > source.length) {
      copy.bytes.set(from.subarray(start, start + length))
      return copy
    }
    const words = this.#words
    // Bytes of the first and the last word that are not the frame's are copied along, and never read.
    for (let word = first >>> 2, to = 0; word < end; word++, to++) words[to] = source[word] ?? 0
    return copy
  }
}

/** Copies `length` bytes from `start` of `from` to where `to` begins at `word`, which must lie in another buffer. */
export function copyToWord(from: Uint8Array, start: number, length: number, to: Int32Array, word: number): void {
  const { words, view, offset } = sourceOf(from)
  const first = offset + start
  const whole = length >>> 2
  if (length > SHORT || first + length + 4 > from.buffer.byteLength) {
    new Uint8Array(to.buffer, to.byteOffset + 4 * word, length).set(from.subarray(start, start + length))
  } else if ((first & 3) === 0) {
    for (let i = 0, at = first >>> 2; i <= whole; i++) to[word + i] = words[at + i] ?? 0
  } else {
    for (let i = 0; i <= whole; i++) to[word + i] = view.getInt32(first + 4 * i, LITTLE_ENDIAN)
  }
}

function sourceOf(bytes: Uint8Array): Words {
  for (const source of sources) if (source.bytes === bytes) return source
  const source = sources.length < MOST_SOURCES ? new Words() : (sources.pop() ?? new Words())
  source.of(bytes)
  sources.unshift(source)
  return source
}

/** The index of the first byte that differs, or -1. */
export function firstDifference(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): number {
  left.of(a)
  right.of(b)
  const at = left.offset + aStart
  const other = right.offset + bStart
  let i = 0
  if (((at ^ other) & 3) === 0) {
    while (i < length && ((at + i) & 3) !== 0 && a[aStart + i] === b[bStart + i]) i += 1
    if (((at + i) & 3) === 0) i += equalWords(at + i, other + i, length - i)
  } else i = equalBytes(at, other, length)
  while (i < length && a[aStart + i] === b[bStart + i]) i += 1
  return i < length ? i : -1
}

/** How many bytes, four at a time, are equal in `left` from `at` on and in `right` from `other` on, both whole words. */
function equalWords(at: number, other: number, length: number): number {
  const a = left.words
  const b = right.words
  const first = at >>> 2
  const shift = (other >>> 2) - first
  const end = first + (length >>> 2)
  let word = first
  while (word < end && a[word] === b[word + shift]) word += 1
  return (word - first) * 4
}

/** The same for bytes that do not lie alike. */
function equalBytes(at: number, other: number, length: number): number {
  const a = left.view
  const b = right.view
  const whole = length & ~3
  let i = 0
  while (i < whole && a.getInt32(at + i) === b.getInt32(other + i)) i += 4
  return i
}
