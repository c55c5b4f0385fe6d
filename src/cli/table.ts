/** Tables for terminals: columns as wide as their widest cell, numbers to the right. */

export type Alignment = 'left' | 'right'

export function table(rows: readonly (readonly string[])[], alignments: readonly Alignment[], indent = '  '): string {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    alignments
      .map((alignment, column) => {
        const cell = row[column] ?? ''
        const width = widths[column] ?? 0
        return alignment === 'right' ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${indent}${line(row)}\n`).join('')
}
