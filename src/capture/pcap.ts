/** The classic pcap format, draft-ietf-opsawg-pcap: a file header of 24 bytes, then records of 16 bytes and a frame. */

import { InputError } from '../errors.js'
import type { BatchStorage } from './batch.js'
import { linkTypeName } from './linktypes.js'
import type { Place, RecordReader } from './reader.js'
import { type CaptureInterface, maxFrameLength } from './types.js'
import type { Window } from './window.js'

export const pcapHeaderLength = 24
const recordHeaderLength = 16

/** Byte order and unit of time, as the magic number tells them. */
export interface PcapVariant {
  readonly littleEndian: boolean
  /** Nanoseconds in a unit of the record's fraction: 1000 or 1. */
  readonly unit: 1000 | 1
}

/** By the first four bytes, read big-endian (section 4). */
export const pcapMagics: ReadonlyMap<number, PcapVariant> = new Map([
  [0xa1b2c3d4, { littleEndian: false, unit: 1000 }],
  [0xd4c3b2a1, { littleEndian: true, unit: 1000 }],
  [0xa1b23c4d, { littleEndian: false, unit: 1 }],
  [0x4d3cb2a1, { littleEndian: true, unit: 1 }],
])

/** Reads the records after the file header, which the window must hold in full. */
export class PcapReader implements RecordReader {
  readonly format = 'pcap'
  readonly interfaces: readonly CaptureInterface[]
  readonly insideRecord = false
  readonly #littleEndian: boolean
  readonly #unit: number
  readonly #place: Place

  constructor(variant: PcapVariant, window: Window, place: Place) {
    this.#littleEndian = variant.littleEndian
    this.#unit = variant.unit
    this.#place = place
    this.interfaces = [readHeader(variant, window, place.file)]
    window.position += pcapHeaderLength
  }

  split(window: Window, batch: BatchStorage): number {
    const { view, end } = window
    const { offset, captured, wire, times, interfaceId } = batch
    const littleEndian = this.#littleEndian
    const unit = this.#unit
    let { position } = window
    let count = batch.count
    let need = 0
    while (count < batch.capacity) {
      if (end - position < recordHeaderLength) {
        need = recordHeaderLength
        break
      }
      const length = view.getUint32(position + 8, littleEndian)
      const next = position + recordHeaderLength + length
      if (length > maxFrameLength || next > end) {
        need = recordHeaderLength + length
        break
      }
      times.setSeconds(count, view.getUint32(position, littleEndian), view.getUint32(position + 4, littleEndian) * unit)
      offset[count] = position + recordHeaderLength
      captured[count] = length
      wire[count] = view.getUint32(position + 12, littleEndian)
      interfaceId[count] = 0
      count++
      position = next
    }
    window.position = position
    batch.count = count
    if (count === 0 && need > recordHeaderLength + maxFrameLength) {
      throw this.#place.fault(tooLong(need - recordHeaderLength), window.fileOffset, corruptHint)
    }
    return need
  }
}

export const corruptHint = 'the file is corrupt from here on'

/** The sentence for a frame length that no capture tool writes. */
export function tooLong(length: number): string {
  return `the record claims a frame of ${length} bytes, more than ${maxFrameLength}`
}

function readHeader(variant: PcapVariant, window: Window, file: string): CaptureInterface {
  const { view, position } = window
  const major = view.getUint16(position + 4, variant.littleEndian)
  const minor = view.getUint16(position + 6, variant.littleEndian)
  if (major !== 2 || minor !== 4) {
    throw new InputError(`pcap version ${major}.${minor} is not supported, only 2.4`, {
      file,
      hint: 'convert it with: editcap -F pcap OLD NEW',
    })
  }
  // Section 4: the top bits of the field tell about frame check sequences, the link type is in the lower 16.
  const linkType = view.getUint32(position + 20, variant.littleEndian) & 0xffff
  const snapLength = view.getUint32(position + 16, variant.littleEndian)
  return { id: 0, linkType, linkTypeName: linkTypeName(linkType), snapLength, section: 0 }
}
