import { statSync } from 'node:fs'
import type { Readable } from 'node:stream'

import { type EthernetBatch, type FileCounts, type Frames, openFrames } from '../capture/index.js'
import { InputError } from '../errors.js'

/** Frames looked at in each trace before sending, and bytes of them kept where the trace cannot be read twice. */
export const lookAheadFrames = 20_000
const lookAheadBytes = 16 * 1024 * 1024

/** What replay reads of a batch of frames. */
export type Batch = Pick<
  EthernetBatch,
  'count' | 'bytes' | 'offset' | 'captured' | 'wire' | 'time' | 'interfaceId' | 'number'
>

export interface SourceOptions {
  readonly encapsulate: boolean
  readonly stdin?: Readable
}

/** A trace that is looked at before it is read, also where it can be read only once (a pipe, standard input). */
export class TraceSource {
  readonly path: string
  /** As the capture reader tells it; empty until it was looked at. */
  format = ''
  /** Bytes of the file, undefined for a pipe. */
  readonly size: number | undefined
  /** Whether it can be read more than once: a file, not a pipe. What does not exist fails when it is opened. */
  readonly canRewind: boolean
  readonly #options: SourceOptions
  #counts: FileCounts | undefined
  #kept: Kept | undefined

  constructor(path: string, options: SourceOptions) {
    this.path = path
    this.#options = options
    const stat = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
    this.size = stat?.isFile() === true ? stat.size : undefined
    this.canRewind = path !== '-' && (stat === undefined || stat.isFile())
  }

  get name(): string {
    return this.path === '-' ? 'standard input' : this.path
  }

  /** Frames read in the pass that runs or ran last, those skipped by the reader among them. */
  get counts(): FileCounts | undefined {
    return this.#counts
  }

  /**
   * Shows the first frames; true where those were all.
   *
   * @throws InputError where the trace has no frame that can be used before its first fault. Later faults come when
   * the frames before them were delivered.
   */
  async lookAhead(visit: (batch: Batch) => void): Promise<boolean> {
    const kept: Kept = { frames: await this.#open(), batches: [], rest: undefined, fault: undefined, isDone: false }
    const iterator = kept.frames.batches()[Symbol.asyncIterator]()
    let frames = 0
    let bytes = 0
    try {
      while (frames < lookAheadFrames && bytes < lookAheadBytes) {
        const { value, done } = await iterator.next()
        if (done === true) {
          kept.isDone = true
          break
        }
        visit(value)
        frames += value.count
        for (let i = 0; i < value.count; i++) bytes += value.captured[i] ?? 0
        if (!this.canRewind) kept.batches.push(copyBatch(value))
      }
    } catch (error) {
      if (frames === 0 || !(error instanceof InputError)) throw error
      kept.fault = error
    }
    this.format = kept.frames.files[0]?.format ?? ''
    if (this.canRewind) await kept.frames.close()
    else {
      kept.rest = iterator
      this.#kept = kept
    }
    return kept.isDone
  }

  /** One pass over the trace. */
  async *batches(): AsyncGenerator<Batch, void> {
    const kept = this.#kept
    if (kept === undefined) {
      const frames = await this.#open()
      try {
        for await (const batch of frames.batches()) {
          this.#counts = frames.files[0]
          yield batch
        }
      } finally {
        this.#counts = frames.files[0]
        await frames.close()
      }
      return
    }
    this.#kept = undefined
    this.#counts = kept.frames.files[0]
    try {
      for (let batch = kept.batches.shift(); batch !== undefined; batch = kept.batches.shift()) yield batch
      if (kept.fault !== undefined) throw kept.fault
      if (kept.isDone || kept.rest === undefined) return
      for (let next = await kept.rest.next(); next.done !== true; next = await kept.rest.next()) yield next.value
    } finally {
      await kept.frames.close()
    }
  }

  async #open(): Promise<Frames> {
    const { encapsulate, stdin } = this.#options
    return await openFrames([this.path], { encapsulate, ...(stdin === undefined ? {} : { stdin }) })
  }
}

interface Kept {
  readonly frames: Frames
  readonly batches: Batch[]
  rest: AsyncIterator<EthernetBatch> | undefined
  fault: InputError | undefined
  isDone: boolean
}

function copyBatch(batch: EthernetBatch): Batch {
  let length = 0
  for (let i = 0; i < batch.count; i++) length += batch.captured[i] ?? 0
  const bytes = new Uint8Array(length)
  const offset = new Uint32Array(batch.count)
  let used = 0
  for (let i = 0; i < batch.count; i++) {
    const start = batch.offset[i] ?? 0
    const captured = batch.captured[i] ?? 0
    bytes.set(batch.bytes.subarray(start, start + captured), used)
    offset[i] = used
    used += captured
  }
  return {
    count: batch.count,
    bytes,
    offset,
    captured: batch.captured.slice(0, batch.count),
    wire: batch.wire.slice(0, batch.count),
    time: batch.time.slice(0, batch.count),
    interfaceId: batch.interfaceId.slice(0, batch.count),
    number: batch.number.slice(0, batch.count),
  }
}
