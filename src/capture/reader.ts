/** What a format has to provide; the loop around it is the same for both. */

import { InputError } from '../errors.js'
import type { BatchStorage } from './batch.js'
import type { CaptureInterface } from './types.js'
import type { Window } from './window.js'

/** Splits the records of one format. */
export interface RecordReader {
  readonly format: 'pcap' | 'pcapng'
  readonly interfaces: readonly CaptureInterface[]
  /**
   * Appends the complete records in the window to the batch. Returns how many bytes (>= 1) must be there to go on, or
   * 0 to be called again at once. A fault throws only while the batch is empty, so that no frame before it is lost.
   */
  split(window: Window, batch: BatchStorage): number
  /** True where the file may not end: inside a record whose beginning was taken already. */
  readonly insideRecord: boolean
}

/** Keeps the place for messages: file, number of the packet that is being read, byte offset. */
export class Place {
  readonly file: string
  /** Frames delivered to batches so far. */
  frames = 0

  constructor(file: string) {
    this.file = file
  }

  /** A fault in the record at `offset`; the packet number is that of the next frame. */
  fault(what: string, offset: number, hint?: string): InputError {
    const where = { file: this.file, packet: this.frames + 1, ...(hint === undefined ? {} : { hint }) }
    return new InputError(`${what}, at byte ${offset}`, where)
  }
}
