/** Opens a capture and runs the loop around the reader of its format. */

import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

import { InputError } from '../errors.js'
import { BatchStorage } from './batch.js'
import { detect, magicLength } from './detect.js'
import { PcapReader, pcapHeaderLength } from './pcap.js'
import { PcapngReader } from './pcapng.js'
import { Place, type RecordReader } from './reader.js'
import { gunzipSource, openFile, type Source, streamSource } from './source.js'
import { type Capture, type CaptureInterface, type FrameBatch, maxBlockLength } from './types.js'
import { Window } from './window.js'

/** Refills of the window between two turns of the event loop, so that timers and signals get through. */
const fillsPerTurn = 64

export interface OpenOptions {
  /** Read in place of the process's standard input when the path is '-'. */
  readonly stdin?: Readable
}

/**
 * Opens a capture: pcap or pcapng, also in gzip, told by content. '-' is standard input.
 *
 * @throws InputError where there is no file, it is empty, foreign, or its header is broken.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<Capture> {
  const name = path === '-' ? 'standard input' : path
  const source = path === '-' ? streamSource(options.stdin ?? process.stdin, name) : openFile(path)
  try {
    return await openSource(source, name)
  } catch (error) {
    source.close()
    throw error
  }
}

async function openSource(source: Source, name: string): Promise<Capture> {
  let window = new Window(source, maxBlockLength)
  let content = await detectIn(window, name)
  if (content.kind === 'gzip') {
    window = new Window(gunzipSource(source, window.bytes.slice(0, window.end), name), maxBlockLength)
    try {
      content = await detectIn(window, name)
      if (content.kind === 'gzip') throw new InputError('gzip inside gzip is not unpacked', { file: name })
    } catch (error) {
      window.close()
      throw error
    }
  }
  const place = new Place(name)
  if (content.kind === 'pcapng') return new OpenCapture(window, new PcapngReader(place), place)
  if (!(await window.fill(pcapHeaderLength))) {
    const there = `${window.available} of ${pcapHeaderLength} bytes`
    throw new InputError(`the file ends inside its header: ${there} are there`, { file: name })
  }
  return new OpenCapture(window, new PcapReader(content.variant, window, place), place)
}

async function detectIn(window: Window, name: string) {
  await window.fill(magicLength)
  return detect(window.bytes.subarray(window.position, window.end), name)
}

class OpenCapture implements Capture {
  readonly #window: Window
  readonly #reader: RecordReader
  readonly #place: Place
  readonly #batch = new BatchStorage()
  #started = false
  #closed = false

  constructor(window: Window, reader: RecordReader, place: Place) {
    this.#window = window
    this.#reader = reader
    this.#place = place
  }

  get name(): string {
    return this.#place.file
  }

  get format(): 'pcap' | 'pcapng' {
    return this.#reader.format
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.#reader.interfaces
  }

  batches(): AsyncIterable<FrameBatch> {
    if (this.#started) throw new Error(`${this.name} was read already: open it again`)
    this.#started = true
    return this.#read()
  }

  async *#read(): AsyncGenerator<FrameBatch, void> {
    const batch = this.#batch
    let fills = 0
    try {
      while (!this.#closed) {
        batch.reset(this.#window.bytes)
        const need = this.#reader.split(this.#window, batch)
        if (batch.count > 0) {
          this.#place.frames += batch.count
          yield batch
        } else if (need > 0) {
          if (!(await this.#window.fill(need))) return this.#checkEnd(need)
          if (++fills % fillsPerTurn === 0) await setImmediate()
        }
      }
    } finally {
      await this.close()
    }
  }

  /** The source has ended: fine between two records, a fault inside one. */
  #checkEnd(need: number): void {
    const { available, toDiscard, fileOffset } = this.#window
    if (available === 0 && !this.#reader.insideRecord) return
    const missing = toDiscard > 0 ? toDiscard : need - available
    throw this.#place.fault(
      `the file ends inside a record: ${missing} bytes or more are missing`,
      fileOffset,
      'the capture was cut short; what stands before this record was read',
    )
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#window.close()
  }
}
