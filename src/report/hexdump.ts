/** Bytes of a packet as hexadecimal and text, those that differ from another packet marked. */

import { type Html, html } from './html.js'

const rowLength = 16
/** Rows around a difference are shown; longer equal stretches are folded. */
const rowsAround = 2
/** Rows at the head that are always shown: the headers. */
const rowsAtHead = 5

/** @param other Bytes to compare with: where they differ, or one ends before the other, is marked. */
export function hexdump(bytes: Uint8Array, other: Uint8Array | undefined): Html {
  const rows = Math.ceil(bytes.length / rowLength)
  const shown = shownRows(bytes, other, rows)
  const lines: Html[] = []
  let folded = 0
  for (let row = 0; row < rows; row++) {
    if (!shown.has(row)) {
      folded++
      continue
    }
    if (folded > 0) lines.push(foldedLine(folded))
    folded = 0
    lines.push(line(bytes, other, row * rowLength))
  }
  if (folded > 0) lines.push(foldedLine(folded))
  if (bytes.length === 0) lines.push(html`(no bytes)`)
  return html`<pre class="hex">${lines}</pre>`
}

function foldedLine(rows: number): Html {
  return html`<span class="quiet">      … ${rows * rowLength} bytes …</span>\n`
}

function shownRows(bytes: Uint8Array, other: Uint8Array | undefined, rows: number): ReadonlySet<number> {
  const shown = new Set<number>()
  for (let row = 0; row < Math.min(rows, rowsAtHead); row++) shown.add(row)
  for (let i = 0; i < bytes.length; i++) {
    if (!differs(bytes, other, i)) continue
    const row = Math.floor(i / rowLength)
    for (let near = row - rowsAround; near <= row + rowsAround; near++) shown.add(near)
  }
  return shown
}

function differs(bytes: Uint8Array, other: Uint8Array | undefined, i: number): boolean {
  return other !== undefined && bytes[i] !== other[i]
}

function line(bytes: Uint8Array, other: Uint8Array | undefined, start: number): Html {
  const hex: Html[] = []
  const text: Html[] = []
  for (let i = start; i < start + rowLength; i++) {
    const byte = bytes[i]
    const gap = i % 8 === 7 ? '  ' : ' '
    if (byte === undefined) {
      hex.push(html`  ${gap}`)
      continue
    }
    const digits = byte.toString(16).padStart(2, '0')
    const character = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
    const marked = differs(bytes, other, i)
    hex.push(marked ? html`<mark>${digits}</mark>${gap}` : html`${digits}${gap}`)
    text.push(marked ? html`<mark>${character}</mark>` : html`${character}`)
  }
  return html`<span class="quiet">${start.toString(16).padStart(4, '0')}</span>  ${hex} ${text}\n`
}
