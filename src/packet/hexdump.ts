/** Bytes as text. */

const column = 16

/** `de ad be ef`, with the number of further bytes where there are more than `limit`. */
export function hexText(bytes: Uint8Array, limit = bytes.length): string {
  const shown = Array.from(bytes.subarray(0, limit), hexByte).join(' ')
  return bytes.length > limit ? `${shown} (${bytes.length - limit} more)` : shown
}

/** Lines of offset, 16 bytes and their ASCII; a last line says how many bytes `limit` left out. */
export function hexdump(bytes: Uint8Array, limit = bytes.length): string[] {
  const lines: string[] = []
  const shown = bytes.subarray(0, limit)
  for (let at = 0; at < shown.length; at += column) {
    const row = shown.subarray(at, at + column)
    const offset = at.toString(16).padStart(4, '0')
    lines.push(`${offset}  ${hexRow(row).padEnd(column * 3)} |${Array.from(row, ascii).join('')}|`)
  }
  if (bytes.length > shown.length) lines.push(`... ${bytes.length - shown.length} more bytes`)
  return lines
}

/** A wider space in the middle, as in `xxd` and `hexdump -C`. */
function hexRow(row: Uint8Array): string {
  const text = Array.from(row, hexByte)
  return text.length <= 8 ? text.join(' ') : `${text.slice(0, 8).join(' ')}  ${text.slice(8).join(' ')}`
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

function ascii(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}
