/** The frame check sequence of Ethernet, CRC-32 (IEEE 802.3 clause 3.2.9), in the order of a frame's bytes. */

/** The polynomial, with its bits in the order of sending. */
const POLYNOMIAL = 0xedb88320

export function checkSequence(frame: Uint8Array): Uint8Array {
  let rest = 0xffffffff
  for (const byte of frame) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  }
  const value = ~rest
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}
