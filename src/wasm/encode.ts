/** Pieces of the binary format, for the small modules that are written by hand (WebAssembly core 2.0, section 5). */

/** LEB128 (section 5.2.2). */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}

export function signed(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -64n || rest > 63n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest & 0x7fn)]
}

/** A vector: how many, then each. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

/** Bytes after their number, as the body of a function is. */
export function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes]
}

export function name(value: string): number[] {
  return sized([...Buffer.from(value)])
}

/** Magic number and version. */
export const HEADER: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

export function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id, ...sized(vector(items))]
}
