/**
 * Unsigned integers in network byte order. No bounds checks: bytes past the end read as 0 and writes there are lost,
 * which is how typed arrays behave. A value too wide for its place is cut to its low bits.
 */

const scratch = new DataView(new ArrayBuffer(16))

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  )
}

/** 48 bits fit in a number exactly: MAC addresses are kept so. */
export function readU48(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 2)
}

export function readU64(bytes: Uint8Array, at: number): bigint {
  scratch.setUint32(0, readU32(bytes, at))
  scratch.setUint32(4, readU32(bytes, at + 4))
  return scratch.getBigUint64(0)
}

export function readU128(bytes: Uint8Array, at: number): bigint {
  return (readU64(bytes, at) << 64n) | readU64(bytes, at + 8)
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

export function writeU48(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, Math.floor(value / 0x1_0000_0000))
  writeU32(bytes, at + 2, value)
}

export function writeU64(bytes: Uint8Array, at: number, value: bigint): void {
  scratch.setBigUint64(0, value)
  writeU32(bytes, at, scratch.getUint32(0))
  writeU32(bytes, at + 4, scratch.getUint32(4))
}

export function writeU128(bytes: Uint8Array, at: number, value: bigint): void {
  writeU64(bytes, at, value >> 64n)
  writeU64(bytes, at + 8, value)
}
