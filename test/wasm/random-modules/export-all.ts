/** Makes a module export its memory and all of its globals, so that they can be compared. */
import { decodeModule } from '../../../src/wasm/index.js'
import { text, unsigned } from '../module-builder.js'

const EXPORTS = 7

/** Names of the added exports start with `all:`. */
export function exportAll(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = decodeModule(bytes)
  const added = [
    ...module.memories.map((_, index) => [...text('all:memory'), 0x02, ...unsigned(index)]),
    ...module.globalTypes.map((_, index) => [...text(`all:${index}`), 0x03, ...unsigned(index)]),
  ]
  const out = [...bytes.subarray(0, 8)]
  let at = 8
  let isAdded = false
  while (at < bytes.length) {
    const start = at
    const id = bytes[at++] ?? 0
    const [size, contents] = readUnsigned(bytes, at)
    at = contents + size
    // The export section comes after those up to the globals.
    if (!isAdded && id >= EXPORTS) {
      isAdded = true
      if (id === EXPORTS) {
        const [count, first] = readUnsigned(bytes, contents)
        out.push(...section([...unsigned(count + added.length), ...bytes.subarray(first, at), ...added.flat()]))
        continue
      }
      out.push(...section([...unsigned(added.length), ...added.flat()]))
    }
    out.push(...bytes.subarray(start, at))
  }
  return Uint8Array.from(out)
}

function section(contents: readonly number[]): number[] {
  return [EXPORTS, ...unsigned(contents.length), ...contents]
}

function readUnsigned(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0
  for (let at = from, scale = 1; ; at++, scale *= 128) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return [value, at + 1]
  }
}
