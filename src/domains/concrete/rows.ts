/** Words that belong to slots: those of `slot` begin at `slot * stride + first`. */
export interface Column {
  readonly words: Int32Array
  readonly stride: number
  readonly first: number
}

/** A column of its own, `width` words for each slot. */
export function column(capacity: number, width: number): Column {
  return { words: new Int32Array(capacity * width), stride: width, first: 0 }
}

/** Words of a cache line. */
const LINE = 16
/** From where large typed arrays begin in Node with glibc (16 bytes into a page) to the next line. Else only slower. */
const TO_LINE = 12

/**
 * Columns that lie side by side, so that all that a packet touches of its entry is in one cache line, or two: in tables
 * of this size, which line is read is most of what an operation costs.
 */
export function columns(capacity: number, widths: readonly number[]): Column[] {
  const total = widths.reduce((sum, width) => sum + width, 0)
  const fillsLine = total >= 0.75 * LINE && total <= LINE
  const stride = fillsLine ? LINE : total
  let first = fillsLine ? TO_LINE : 0
  const words = new Int32Array(first + capacity * stride)
  return widths.map((width) => {
    const made = { words, stride, first }
    first += width
    return made
  })
}
