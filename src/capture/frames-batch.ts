/** The batch behind `openFrames`: sorts the frames of a capture into Ethernet, translated, skipped and refused. */

import { InputError } from '../errors.js'
import { ethernetHeaderLength, type Translator, translatorOf, writeEthernet } from './encapsulate.js'
import type { EthernetBatch, SkipCause } from './frames.js'
import { linkType } from './linktypes.js'
import type { Capture, CaptureInterface, FrameBatch } from './types.js'

/** Where `take` counts. */
export interface Tally {
  read: number
  skip(cause: SkipCause): void
}

export class EthernetStorage implements EthernetBatch {
  readonly file: string
  readonly fileIndex: number
  count = 0
  bytes: Uint8Array = new Uint8Array(0)
  offset = new Uint32Array(0)
  captured = new Uint32Array(0)
  wire = new Uint32Array(0)
  time = new BigInt64Array(0)
  interfaceId = new Uint32Array(0)
  number = new Uint32Array(0)
  /** Set by `take` when it met a refused interface: thrown once the frames before it are delivered. */
  refusal: InputError | undefined
  readonly #capture: Capture
  readonly #encapsulate: boolean
  /** For each interface with frames so far: null = Ethernet already. */
  readonly #translators: (Translator | null)[] = []
  #origin = new Uint32Array(0)
  #side = new Uint8Array(0)
  #inner: FrameBatch | undefined

  constructor(capture: Capture, fileIndex: number, encapsulate: boolean) {
    this.file = capture.name
    this.fileIndex = fileIndex
    this.#capture = capture
    this.#encapsulate = encapsulate
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#capture.interfaces
  }

  comment(i: number): string | undefined {
    return i < this.count ? this.#inner?.comment(this.#origin[i] ?? 0) : undefined
  }

  /** Replaces the frames by those of `batch`. */
  take(batch: FrameBatch, tally: Tally): void {
    this.#inner = batch
    this.count = 0
    this.#reserve(batch.count)
    const copied = this.#capture.interfaces.some((one) => one.linkType !== linkType.ethernet)
    this.bytes = copied ? this.#sideBuffer(batch) : batch.bytes
    let used = 0
    for (let i = 0; i < batch.count; i++) {
      const translator = this.#translatorOf(batch.interfaceId[i] ?? 0, tally.read + 1)
      if (translator === undefined) return
      tally.read++
      const captured = batch.captured[i] ?? 0
      const wire = batch.wire[i] ?? 0
      if (captured < wire) tally.skip('cut by snap length')
      else if (captured === 0) tally.skip('empty')
      else if (copied) used = this.#copy(batch, i, translator, used, tally)
      else this.#add(batch, i, tally.read, batch.offset[i] ?? 0, captured, wire)
    }
  }

  /** Copies frame i into the side buffer at `used`, with an Ethernet header; returns where the next one goes. */
  #copy(batch: FrameBatch, i: number, translator: Translator | null, used: number, tally: Tally): number {
    const offset = batch.offset[i] ?? 0
    const captured = batch.captured[i] ?? 0
    const wire = batch.wire[i] ?? 0
    const frame = batch.bytes.subarray(offset, offset + captured)
    if (translator === null) {
      this.bytes.set(frame, used)
      this.#add(batch, i, tally.read, used, captured, wire)
      return used + captured
    }
    const header = translator(frame)
    if (typeof header === 'string') {
      tally.skip(header)
      return used
    }
    const length = writeEthernet(this.bytes, used, header, frame)
    this.#add(batch, i, tally.read, used, length, Math.max(0, wire - header.length) + ethernetHeaderLength)
    return used + length
  }

  #add(batch: FrameBatch, i: number, number: number, offset: number, captured: number, wire: number): void {
    const to = this.count++
    this.offset[to] = offset
    this.captured[to] = captured
    // Some files claim fewer bytes on the wire than they hold.
    this.wire[to] = Math.max(wire, captured)
    this.time[to] = batch.time[i] ?? 0n
    this.interfaceId[to] = batch.interfaceId[i] ?? 0
    this.number[to] = number
    this.#origin[to] = i
  }

  /** Judges an interface on its first frame; undefined when refused. */
  #translatorOf(id: number, frame: number): Translator | null | undefined {
    const known = this.#translators[id]
    if (known !== undefined) return known
    const from = this.#capture.interfaces[id]
    const translator = from?.linkType === linkType.ethernet ? null : translatorOf(from?.linkType ?? -1)
    if (translator === undefined || (translator !== null && !this.#encapsulate)) {
      this.refusal = refuse(this.#capture, from, translator !== undefined, frame)
      return undefined
    }
    this.#translators[id] = translator
    return translator
  }

  #reserve(count: number): void {
    if (this.number.length >= count) return
    this.offset = new Uint32Array(count)
    this.captured = new Uint32Array(count)
    this.wire = new Uint32Array(count)
    this.time = new BigInt64Array(count)
    this.interfaceId = new Uint32Array(count)
    this.number = new Uint32Array(count)
    this.#origin = new Uint32Array(count)
  }

  #sideBuffer(batch: FrameBatch): Uint8Array {
    let length = batch.count * ethernetHeaderLength
    for (let i = 0; i < batch.count; i++) length += batch.captured[i] ?? 0
    if (this.#side.length < length) this.#side = new Uint8Array(length)
    return this.#side
  }
}

function refuse(capture: Capture, from: CaptureInterface | undefined, known: boolean, packet: number): InputError {
  const name = from?.name === undefined ? '' : ` '${from.name}'`
  const which = capture.format === 'pcap' ? 'the capture' : `interface ${from?.id}${name}`
  return new InputError(`${which} has link type ${from?.linkTypeName}, not Ethernet`, {
    file: capture.name,
    packet,
    hint: known
      ? 'give its frames an Ethernet header with --encapsulate'
      : 'only Ethernet, Linux cooked, raw IP and loopback captures can be used',
  })
}
