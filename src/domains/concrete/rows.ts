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

/**
 * Columns that lie side by side, so that all that a packet touches of its entry is in one or two cache lines: in tables
 * of this size, which line is read is most of what an operation costs.
 */
export function columns(capacity: number, widths: readonly number[]): Column[] {
  const stride = widths.reduce((sum, width) => sum + width, 0)
  const words = new Int32Array(capacity * stride)
  let first = 0
  return widths.map((width) => {
    const made = { words, stride, first }
    first += width
    return made
  })
}
