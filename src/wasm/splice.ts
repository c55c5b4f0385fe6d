/**
 * Replaces bytes of one function's code in a binary, and says anew how long that function and the code section are
 * (core 2.0, section 5.5.13). Nothing else changes; instructions after the place move by the difference.
 */
import { Reader } from './decode/reader.js'
import { unsigned } from './encode.js'

const CODE_SECTION = 10
/** Magic and version. */
const PREAMBLE = 8

/** Bytes `[start, end)` of the file, all in the body of one function, become `bytes`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly bytes: readonly number[]
}

/** The binary with one replacement. Throws RangeError where the place is in no function's code. */
export function spliceCode(binary: Uint8Array, { start, end, bytes }: Splice): Uint8Array<ArrayBuffer> {
  const section = codeSection(binary)
  const body = section.bodies.find((each) => each.start <= start && end <= each.end)
  if (body === undefined || start > end)
    throw new RangeError(`bytes ${start} to ${end} are not the code of one function`)
  const grown = body.end - body.start + bytes.length - (end - start)
  const size = unsigned(grown)
  const sectionGrown =
    section.end - section.start + (grown - (body.end - body.start)) + (size.length - (body.start - body.sizeAt))
  return joined([
    binary.subarray(0, section.sizeAt),
    Uint8Array.from(unsigned(sectionGrown)),
    binary.subarray(section.start, body.sizeAt),
    Uint8Array.from(size),
    binary.subarray(body.start, start),
    Uint8Array.from(bytes),
    binary.subarray(end),
  ])
}

/** A part of the file with its size before it. */
interface Sized {
  /** Where the size is written. */
  readonly sizeAt: number
  readonly start: number
  readonly end: number
}

function codeSection(binary: Uint8Array): Sized & { readonly bodies: readonly Sized[] } {
  const file = new Reader(binary, PREAMBLE, binary.length)
  while (!file.isDone) {
    const id = file.byte()
    const sizeAt = file.at
    const contents = file.part(file.u32())
    if (id !== CODE_SECTION) continue
    const { at: start, end } = contents
    const bodies: Sized[] = []
    for (let left = contents.u32(); left > 0; left--) {
      const at = contents.at
      const body = contents.part(contents.u32())
      bodies.push({ sizeAt: at, start: body.at, end: body.end })
    }
    return { sizeAt, start, end, bodies }
  }
  throw new RangeError('the module has no code')
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
