/** Ethernet frames out of one or several captures: what replay reads. */

import { statSync } from 'node:fs'

import { InputError } from '../errors.js'
import { EthernetStorage } from './frames-batch.js'
import { type OpenOptions, openCapture } from './open.js'
import type { Capture, CaptureInterface, FrameBatch } from './types.js'

/** Why a frame is not delivered. */
export type SkipCause =
  | 'cut by snap length'
  | 'empty'
  | 'shorter than its link header'
  | 'neither IPv4 nor IPv6'
  | 'no EtherType'

/** A batch of Ethernet frames of one file, all of them whole: `captured` counts an added header, `wire` follows it. */
export interface EthernetBatch extends FrameBatch {
  /** The path as given, or 'standard input'. */
  readonly file: string
  /** Index in the list of paths. */
  readonly fileIndex: number
  readonly interfaces: readonly CaptureInterface[]
  /** 1-based number of each frame in its file, as other tools count: skipped frames have numbers too. */
  readonly number: Uint32Array
}

/** Counts of one file: `read` = frames delivered + the sum of `skipped`. */
export interface FileCounts {
  readonly file: string
  readonly format: Capture['format']
  readonly read: number
  readonly skipped: ReadonlyMap<SkipCause, number>
}

export interface FramesOptions extends OpenOptions {
  /** Give frames of other link types an Ethernet header (see encapsulate.ts) instead of refusing them. */
  readonly encapsulate?: boolean
}

/** The frames of several captures, one file after the other. */
export interface Frames {
  /**
   * May be called once. Throws `InputError` after the frames before it: for a fault in a file, and for an interface
   * whose link type is refused, on its first frame; interfaces without frames do not matter.
   */
  batches(): AsyncIterable<EthernetBatch>
  /** One entry for each file begun so far; final when `batches` has ended. */
  readonly files: readonly FileCounts[]
  close(): Promise<void>
}

/**
 * Frames of the captures at `paths`, in that order; '-' is standard input.
 *
 * @throws InputError at once where a path is missing, empty or foreign, so that a mistake in the last name does not
 * show after hours.
 */
export async function openFrames(paths: readonly string[], options: FramesOptions = {}): Promise<Frames> {
  if (paths.length === 0) throw new InputError('no capture is named', { hint: "name files, or '-' for standard input" })
  if (paths.filter((path) => path === '-').length > 1) throw new InputError('standard input can be read only once')
  for (const path of paths) {
    if (!isStream(path)) await (await openCapture(path)).close()
  }
  return new OpenFrames(paths, options)
}

/** A pipe would lose what a look at it reads. What cannot be looked at is no stream: opening it says why. */
function isStream(path: string): boolean {
  if (path === '-') return true
  try {
    return !statSync(path).isFile()
  } catch {
    return false
  }
}

class Counts implements FileCounts {
  readonly file: string
  readonly format: Capture['format']
  read = 0
  readonly skipped = new Map<SkipCause, number>()

  constructor({ name, format }: Capture) {
    this.file = name
    this.format = format
  }

  skip(cause: SkipCause): void {
    this.skipped.set(cause, (this.skipped.get(cause) ?? 0) + 1)
  }
}

class OpenFrames implements Frames {
  readonly files: Counts[] = []
  readonly #paths: readonly string[]
  readonly #options: FramesOptions
  #current: Capture | undefined
  #state: 'new' | 'reading' | 'closed' = 'new'

  constructor(paths: readonly string[], options: FramesOptions) {
    this.#paths = paths
    this.#options = options
  }

  batches(): AsyncIterable<EthernetBatch> {
    if (this.#state !== 'new') throw new Error('these frames were read already: open them again')
    this.#state = 'reading'
    return this.#read()
  }

  async *#read(): AsyncGenerator<EthernetBatch, void> {
    for (const [fileIndex, path] of this.#paths.entries()) {
      if (this.#state === 'closed') return
      const capture = await openCapture(path, this.#options)
      this.#current = capture
      const counts = new Counts(capture)
      this.files.push(counts)
      const storage = new EthernetStorage(capture, fileIndex, this.#options.encapsulate === true)
      for await (const batch of capture.batches()) {
        storage.take(batch, counts)
        if (storage.count > 0) yield storage
        if (storage.refusal !== undefined) throw storage.refusal
      }
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    await this.#current?.close()
  }
}
