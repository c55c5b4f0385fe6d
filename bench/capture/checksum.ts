/**
 * One 32-bit number over everything that a capture holds: for each record
 * `h = 31 * h + captured + wire + low and high half of the time + the sum of the frame as little-endian 32-bit words`,
 * the frame padded with zeros to whole words. `Expected` computes it by that definition, `checksumOf` fast.
 */

import { type FrameBatch, openCapture } from '../../src/capture/index.js'

/** By the definition, byte by byte; fed while a file is made. */
export class Expected {
  value = 0

  add(bytes: Uint8Array, time: bigint): void {
    let words = 0
    for (const [i, byte] of bytes.entries()) words = (words + (byte << (8 * (i % 4)))) | 0
    const halves = Number(time & 0xffff_ffffn) + Number(time >> 32n)
    this.value = (Math.imul(this.value, 31) + 2 * bytes.length + halves + words) | 0
  }
}

export interface Reading {
  readonly packets: number
  readonly checksum: number
}

/** Reads a capture to its end, every record parsed, every byte summed. */
export async function checksumOf(path: string): Promise<Reading> {
  const capture = await openCapture(path)
  let packets = 0
  let checksum = 0
  for await (const batch of capture.batches()) {
    checksum = foldBatch(checksum, batch)
    packets += batch.count
  }
  return { packets, checksum }
}

function foldBatch(before: number, batch: FrameBatch): number {
  const { count, bytes, offset, captured, wire, time } = batch
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const halves = new Uint32Array(time.buffer, time.byteOffset, 2 * count)
  let value = before
  for (let i = 0; i < count; i++) {
    const length = captured[i] ?? 0
    const moment = (halves[2 * i] ?? 0) + (halves[2 * i + 1] ?? 0)
    const words = sumWords(view, offset[i] ?? 0, length)
    value = (Math.imul(value, 31) + length + (wire[i] ?? 0) + moment + words) | 0
  }
  return value
}

/** Four sums side by side, so that no addition waits for the one before it. */
function sumWords(view: DataView, start: number, length: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let at = start
  for (const end = start + (length & ~31); at < end; at += 32) {
    a = (a + view.getInt32(at, true) + view.getInt32(at + 4, true)) | 0
    b = (b + view.getInt32(at + 8, true) + view.getInt32(at + 12, true)) | 0
    c = (c + view.getInt32(at + 16, true) + view.getInt32(at + 20, true)) | 0
    d = (d + view.getInt32(at + 24, true) + view.getInt32(at + 28, true)) | 0
  }
  for (const end = start + (length & ~3); at < end; at += 4) a = (a + view.getInt32(at, true)) | 0
  for (let shift = 0; at < start + length; at++, shift += 8) a = (a + (view.getUint8(at) << shift)) | 0
  return (a + b + c + d) | 0
}
