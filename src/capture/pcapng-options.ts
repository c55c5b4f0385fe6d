/** Options of pcapng blocks (draft-ietf-opsawg-pcapng section 3.5): code, length, value padded to 4 bytes. */

import { type CommentReader, decodeText } from './batch.js'
import { type TimeUnit, timeUnit } from './time.js'

const endOfOptions = 0
const comment = 1
const interfaceName = 2
const timestampResolution = 9
const timestampOffset = 14

interface Option {
  readonly code: number
  readonly value: DataView
}

/** The options in `bytes[start, start + length)`; stops silently at the first that does not fit. */
function* readOptions(bytes: Uint8Array, start: number, length: number, littleEndian: boolean): Generator<Option> {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length)
  let at = 0
  while (at + 4 <= length) {
    const code = view.getUint16(at, littleEndian)
    const size = view.getUint16(at + 2, littleEndian)
    if (code === endOfOptions || at + 4 + size > length) return
    yield { code, value: new DataView(view.buffer, view.byteOffset + at + 4, size) }
    at += 4 + ((size + 3) & ~3)
  }
}

function text(value: DataView): string {
  return decodeText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
}

/** The opt_comment options of a packet, joined by line ends. */
export function commentReader(littleEndian: boolean): CommentReader {
  return (bytes, start, length) => {
    const comments: string[] = []
    for (const option of readOptions(bytes, start, length, littleEndian)) {
      if (option.code === comment) comments.push(text(option.value))
    }
    return comments.length === 0 ? undefined : comments.join('\n')
  }
}

/** What an interface description says besides its fixed fields (section 4.2). */
export interface InterfaceOptions {
  readonly name?: string
  readonly unit: TimeUnit
}

/** Options of an interface description block; one of a wrong size is ignored, as if it were unknown. */
export function interfaceOptions(
  bytes: Uint8Array,
  start: number,
  length: number,
  littleEndian: boolean,
): InterfaceOptions {
  let name: string | undefined
  let resolution = 6
  let offset = 0n
  for (const { code, value } of readOptions(bytes, start, length, littleEndian)) {
    if (code === interfaceName) name = text(value)
    if (code === timestampResolution && value.byteLength === 1) resolution = value.getUint8(0)
    if (code === timestampOffset && value.byteLength === 8) offset = value.getBigInt64(0, littleEndian)
  }
  return { ...(name === undefined ? {} : { name }), unit: timeUnit(resolution, offset) }
}
