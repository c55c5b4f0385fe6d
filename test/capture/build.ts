/** Builds capture files byte by byte, in any byte order, right or wrong; shares no code with the writers. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Capture, openCapture } from '../../src/capture/index.js'
import { InputError } from '../../src/errors.js'
import { temporary } from '../temporary.js'

export interface Bytes {
  u8(...values: number[]): Bytes
  u16(...values: number[]): Bytes
  u32(...values: number[]): Bytes
  i64(value: bigint): Bytes
  raw(bytes: Uint8Array): Bytes
  done(): Uint8Array
}

export function bytes(littleEndian: boolean): Bytes {
  const parts: number[] = []
  const number = (size: number, value: bigint) => {
    const all = Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
    parts.push(...(littleEndian ? all : all.reverse()))
  }
  const self: Bytes = {
    u8: (...values) => add(1, values),
    u16: (...values) => add(2, values),
    u32: (...values) => add(4, values),
    i64: (value) => {
      number(8, value)
      return self
    },
    raw: (more) => {
      for (const byte of more) parts.push(byte)
      return self
    },
    done: () => Uint8Array.from(parts),
  }
  function add(size: number, values: number[]): Bytes {
    for (const value of values) number(size, BigInt(value))
    return self
  }
  return self
}

export function join8(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export interface PcapFrame {
  readonly seconds: number
  readonly fraction: number
  readonly data: Uint8Array
  readonly wire?: number
}

export interface PcapShape {
  readonly littleEndian?: boolean
  readonly nanosecond?: boolean
  readonly linkType?: number
}

export function pcap(frames: readonly PcapFrame[], shape: PcapShape = {}): Uint8Array {
  const order = shape.littleEndian ?? true
  const magic = shape.nanosecond === true ? 0xa1b23c4d : 0xa1b2c3d4
  const header = bytes(order)
    .u32(magic)
    .u16(2, 4)
    .u32(0, 0, 65_535, shape.linkType ?? 1)
  const records = frames.map(({ seconds, fraction, data, wire }) =>
    join8(
      bytes(order)
        .u32(seconds, fraction, data.length, wire ?? data.length)
        .done(),
      data,
    ),
  )
  return join8(header.done(), ...records)
}

/** A pcapng block around a body, padded to 4 bytes. */
export function block(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const pad = new Uint8Array((4 - (body.length % 4)) % 4)
  const length = 12 + body.length + pad.length
  const head = bytes(littleEndian).u32(type, length).done()
  return join8(head, body, pad, bytes(littleEndian).u32(length).done())
}

export function option(code: number, value: Uint8Array, littleEndian = true): Uint8Array {
  const pad = new Uint8Array((4 - (value.length % 4)) % 4)
  return join8(bytes(littleEndian).u16(code, value.length).done(), value, pad)
}

export function section(littleEndian = true): Uint8Array {
  return block(0x0a0d0d0a, bytes(littleEndian).u32(0x1a2b3c4d).u16(1, 0).i64(-1n).done(), littleEndian)
}

export interface InterfaceShape {
  readonly linkType?: number
  readonly snapLength?: number
  readonly options?: Uint8Array
  readonly littleEndian?: boolean
}

export function interfaceBlock(shape: InterfaceShape = {}): Uint8Array {
  const order = shape.littleEndian ?? true
  const fixed = bytes(order)
    .u16(shape.linkType ?? 1, 0)
    .u32(shape.snapLength ?? 0)
    .done()
  return block(1, join8(fixed, shape.options ?? new Uint8Array(0)), order)
}

export interface EnhancedShape {
  readonly interfaceId?: number
  readonly units?: bigint
  readonly wire?: number
  readonly captured?: number
  readonly options?: Uint8Array
  readonly littleEndian?: boolean
}

export function enhanced(data: Uint8Array, shape: EnhancedShape = {}): Uint8Array {
  const order = shape.littleEndian ?? true
  const units = shape.units ?? 0n
  const fixed = bytes(order).u32(
    shape.interfaceId ?? 0,
    Number(units >> 32n),
    Number(units & 0xffff_ffffn),
    shape.captured ?? data.length,
    shape.wire ?? data.length,
  )
  const pad = new Uint8Array((4 - (data.length % 4)) % 4)
  return block(6, join8(fixed.done(), data, pad, shape.options ?? new Uint8Array(0)), order)
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** `length` bytes that differ from each other and from other seeds. */
export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + seed * 31 + (i >> 8)) & 0xff)
}

/** A directory for the files of one test file, removed when the process ends. */
const directory = temporary('capture')
let files = 0

export function freshPath(name = 'file'): string {
  return join(directory, `${++files}-${name}`)
}

export function fileOf(content: Uint8Array, name?: string): string {
  const path = freshPath(name)
  writeFileSync(path, content)
  return path
}

export interface ReadFrame {
  readonly data: Uint8Array
  readonly wire: number
  readonly time: bigint
  readonly interfaceId: number
  readonly comment: string | undefined
}

export interface ReadResult {
  readonly frames: readonly ReadFrame[]
  readonly batches: number
  readonly error: InputError | undefined
  readonly capture: Capture | undefined
}

/** Everything that a capture gives, and the fault that ended it; errors other than `InputError` pass through. */
export async function readAll(opening: Promise<Capture>): Promise<ReadResult> {
  const frames: ReadFrame[] = []
  let batches = 0
  let capture: Capture | undefined
  try {
    capture = await opening
    for await (const batch of capture.batches()) {
      batches++
      for (let i = 0; i < batch.count; i++) {
        const offset = batch.offset[i] ?? 0
        frames.push({
          data: batch.bytes.slice(offset, offset + (batch.captured[i] ?? 0)),
          wire: batch.wire[i] ?? 0,
          time: batch.time[i] ?? 0n,
          interfaceId: batch.interfaceId[i] ?? 0,
          comment: batch.comment(i),
        })
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { frames, batches, error, capture }
  }
  return { frames, batches, error: undefined, capture }
}

export function readBytes(content: Uint8Array): Promise<ReadResult> {
  return readAll(openCapture(fileOf(content)))
}
