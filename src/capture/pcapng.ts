/**
 * The pcapng format (draft-ietf-opsawg-pcapng): blocks of type, total length, body, total length again. A section
 * header sets the byte order and forgets the interfaces of the section before it.
 */

import type { BatchStorage } from './batch.js'
import { linkTypeName } from './linktypes.js'
import { corruptHint, tooLong } from './pcap.js'
import { commentReader, interfaceOptions } from './pcapng-options.js'
import type { Place, RecordReader } from './reader.js'
import { exactTime, type TimeUnit } from './time.js'
import { type CaptureInterface, maxBlockLength, maxFrameLength, maxInterfaces } from './types.js'
import type { Window } from './window.js'

/** The same in both byte orders (section 4.1). */
export const sectionHeader = 0x0a0d0d0a
const interfaceDescription = 1
const packetBlock = 2
const simplePacket = 3
const enhancedPacket = 6
const byteOrderMagic = 0x1a2b3c4d
/** Type, length and the length at the end. */
const frameOfBlock = 12
const shortestSectionHeader = 28
const shortestInterface = 20
const flushFirst = Symbol('flush the batch first')

export class PcapngReader implements RecordReader {
  readonly format = 'pcapng'
  readonly #interfaces: CaptureInterface[] = []
  readonly #units: TimeUnit[] = []
  readonly #place: Place
  #littleEndian = true
  #section = -1
  /** Index of the section's first interface. */
  #firstInterface = 0
  #lastTime = 0n
  /** Total length of a skipped block whose closing length was not seen yet; 0 = none. */
  #openBlock = 0

  constructor(place: Place) {
    this.#place = place
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#interfaces
  }

  get insideRecord(): boolean {
    return this.#openBlock > 0
  }

  split(window: Window, batch: BatchStorage): number {
    let need = 0
    while (need === 0 && batch.count < batch.capacity) {
      const result = this.#block(window, batch)
      if (typeof result === 'string') {
        if (batch.count === 0) throw this.#place.fault(result, window.fileOffset, corruptHint)
        break
      }
      if (result === flushFirst) break
      need = result
    }
    if (batch.count > 0) this.#lastTime = batch.time[batch.count - 1] ?? 0n
    return need
  }

  /** Takes one block: 0 when taken, else the bytes it needs, or what is wrong with it (then nothing is taken). */
  #block(window: Window, batch: BatchStorage): number | string | typeof flushFirst {
    const { view, position, end } = window
    const available = end - position
    if (this.#openBlock > 0) return this.#closeBlock(window)
    if (available < frameOfBlock) return frameOfBlock
    const type = view.getUint32(position, this.#littleEndian)
    if (type === sectionHeader) {
      // A batch has the byte order of one section: its comments are read later.
      return batch.count > 0 ? flushFirst : this.#startSection(window, batch)
    }
    const length = view.getUint32(position + 4, this.#littleEndian)
    const held = type === enhancedPacket || type === simplePacket || type === packetBlock
    if (length % 4 !== 0 || length < frameOfBlock) return badLength(length)
    if (!held && type !== interfaceDescription) {
      window.discard(length - 4)
      this.#openBlock = length
      return 0
    }
    if (length > available) return length > maxBlockLength ? badLength(length) : length
    const closing = view.getUint32(position + length - 4, this.#littleEndian)
    if (closing !== length) return mismatch(length, closing)
    const wrong = held ? this.#frame(view, position, length, type, batch) : this.#describeInterface(window, length)
    if (wrong !== undefined) return wrong
    window.position = position + length
    return 0
  }

  /** The closing length of a block that was skipped. */
  #closeBlock(window: Window): number | string {
    if (window.toDiscard > 0 || window.available < 4) return 4
    const closing = window.view.getUint32(window.position, this.#littleEndian)
    if (closing !== this.#openBlock) return mismatch(this.#openBlock, closing)
    window.position += 4
    this.#openBlock = 0
    return 0
  }

  /** Section header block, section 4.1. */
  #startSection(window: Window, batch: BatchStorage): number | string {
    const { view, position } = window
    const magic = view.getUint32(position + 8, true)
    const littleEndian = magic === byteOrderMagic
    if (!littleEndian && view.getUint32(position + 8, false) !== byteOrderMagic) {
      return 'the section header has no byte-order magic'
    }
    const length = view.getUint32(position + 4, littleEndian)
    if (length % 4 !== 0 || length < shortestSectionHeader || length > maxBlockLength) return badLength(length)
    if (window.available < length) return length
    const closing = view.getUint32(position + length - 4, littleEndian)
    if (closing !== length) return mismatch(length, closing)
    const major = view.getUint16(position + 12, littleEndian)
    if (major !== 1) return `pcapng version ${major} is not supported, only 1`
    this.#littleEndian = littleEndian
    this.#section++
    this.#firstInterface = this.#interfaces.length
    batch.readComments = commentReader(littleEndian)
    window.position = position + length
    return 0
  }

  /** Interface description block, section 4.2. */
  #describeInterface(window: Window, length: number): string | undefined {
    const { view, bytes, position } = window
    if (length < shortestInterface) return badLength(length)
    if (this.#interfaces.length >= maxInterfaces) return `the file describes more than ${maxInterfaces} interfaces`
    const linkType = view.getUint16(position + 8, this.#littleEndian)
    const { name, unit } = interfaceOptions(bytes, position + 16, length - shortestInterface, this.#littleEndian)
    this.#units.push(unit)
    this.#interfaces.push({
      id: this.#interfaces.length,
      linkType,
      linkTypeName: linkTypeName(linkType),
      snapLength: view.getUint32(position + 12, this.#littleEndian),
      ...(name === undefined ? {} : { name }),
      section: this.#section,
    })
    return undefined
  }

  /** Enhanced (4.3), simple (4.4) and obsolete (appendix A) packet blocks; the result says what is wrong. */
  #frame(view: DataView, position: number, length: number, type: number, batch: BatchStorage): string | undefined {
    if (type === simplePacket) return this.#simpleFrame(view, position, length, batch)
    const littleEndian = this.#littleEndian
    const room = length - 32
    if (room < 0) return badLength(length)
    const number =
      type === enhancedPacket ? view.getUint32(position + 8, littleEndian) : view.getUint16(position + 8, littleEndian)
    const unit = this.#units[this.#firstInterface + number]
    if (unit === undefined) return this.#noInterface(number)
    const captured = view.getUint32(position + 20, littleEndian)
    if (captured > maxFrameLength) return tooLong(captured)
    const padded = (captured + 3) & ~3
    if (padded > room) return `the frame of ${captured} bytes does not fit into its block of ${length} bytes`
    const i = batch.count
    const upper = view.getUint32(position + 12, littleEndian)
    const lower = view.getUint32(position + 16, littleEndian)
    if (unit.factor === 0 || !batch.times.setUnits(i, upper, lower, unit.factor)) {
      const time = exactTime(unit, upper, lower)
      if (time === undefined) return 'the time of the packet is beyond the year 2262'
      batch.time[i] = time
    }
    batch.offset[i] = position + 28
    batch.captured[i] = captured
    batch.wire[i] = view.getUint32(position + 24, littleEndian)
    batch.interfaceId[i] = this.#firstInterface + number
    batch.optionsStart[i] = position + 28 + padded
    batch.optionsLength[i] = room - padded
    batch.count = i + 1
    return undefined
  }

  /** Its captured length is not written but follows from the snap length of the section's first interface. */
  #simpleFrame(view: DataView, position: number, length: number, batch: BatchStorage): string | undefined {
    const room = length - 16
    if (room < 0) return badLength(length)
    const from = this.#interfaces[this.#firstInterface]
    if (from === undefined) return this.#noInterface(0)
    const wire = view.getUint32(position + 8, this.#littleEndian)
    const captured = Math.min(wire, from.snapLength === 0 ? wire : from.snapLength)
    if (captured > maxFrameLength) return tooLong(captured)
    if (captured > room) return `the frame of ${captured} bytes does not fit into its block of ${length} bytes`
    const i = batch.count
    batch.time[i] = i === 0 ? this.#lastTime : (batch.time[i - 1] ?? 0n)
    batch.offset[i] = position + 12
    batch.captured[i] = captured
    batch.wire[i] = wire
    batch.interfaceId[i] = this.#firstInterface
    batch.optionsLength[i] = 0
    batch.count = i + 1
    return undefined
  }

  #noInterface(number: number): string {
    const described = this.#interfaces.length - this.#firstInterface
    return `the packet is of interface ${number}, but its section describes ${described} so far`
  }
}

function badLength(length: number): string {
  return `the block has the impossible length ${length}`
}

function mismatch(length: number, closing: number): string {
  return `the block begins with length ${length} and ends with length ${closing}`
}
