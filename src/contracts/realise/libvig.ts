/** A real libVig to be brought into a state: its exports, and the memory that it shares with its caller. */
export interface RealLibvig {
  /** Calls an export with what WebAssembly would pass. */
  call(name: string, ...args: readonly (number | bigint)[]): number | bigint | undefined
  readonly bytes: Uint8Array
  /** Where keys and outs may lie for the time of a call: `SCRATCH_SIZE` bytes. */
  readonly scratch: number
}

export const SCRATCH_SIZE = 8192
/** Of a key in the scratch; an out lies at 0. */
const KEY = 16

/** The state that a model asks for cannot be made by libVig's operations: its contract says less than libVig does. */
export class Unrealisable extends Error {}

/** Puts a key where a call can read it; its address. */
export function placeKey(libvig: RealLibvig, key: Uint8Array): number {
  libvig.bytes.set(key, libvig.scratch + KEY)
  return libvig.scratch + KEY
}

/** libVig's hash of a key whose bytes are a bit vector's value. */
export function hashOf(libvig: RealLibvig, key: bigint, size: number): bigint {
  const at = placeKey(libvig, bytesOf(key, size))
  return BigInt(Number(libvig.call('hash', at, size)) >>> 0)
}

/** The number that a call has written to its out. */
export function outOf({ bytes, scratch }: RealLibvig): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(scratch, true)
}

/** Bytes from a bit vector's value, the highest first. */
export function bytesOf(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let rest = value
  // Tables are filled with keys: four bytes at a time, since shifts of big integers take time.
  for (let end = size; end > 0; end -= 4, rest >>= 32n) {
    let word = Number(rest & 0xffff_ffffn)
    for (let at = end - 1; at >= Math.max(end - 4, 0); at--, word >>>= 8) bytes[at] = word & 0xff
  }
  return bytes
}

/** Keys of `size` bytes that are none of `taken`, as many as are asked for. */
export function* otherKeys(size: number, taken: ReadonlySet<bigint>): Generator<Uint8Array> {
  const all = 1n << BigInt(8 * size)
  for (let number = all - 1n; number >= 0n; number--) if (!taken.has(number)) yield bytesOf(number, size)
  throw new Unrealisable(`there are no more keys of ${size} bytes`)
}
