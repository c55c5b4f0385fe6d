import { type EthernetBatch, type Frames, openFrames } from '../capture/index.js'

/** The frames of a capture, one at a time, in the order of the file. */
export class CaptureInput {
  readonly #frames: Frames
  readonly #batches: AsyncIterator<EthernetBatch>
  #batch: EthernetBatch | undefined
  #at = 0

  private constructor(frames: Frames) {
    this.#frames = frames
    this.#batches = frames.batches()[Symbol.asyncIterator]()
  }

  /** @throws InputError where there is no such file, or it is none of Ethernet frames. */
  static async open(path: string): Promise<CaptureInput> {
    const input = new CaptureInput(await openFrames([path]))
    try {
      await input.#read()
      return input
    } catch (error) {
      await input.close()
      throw error
    }
  }

  /** Of the frame at hand, in nanoseconds since the epoch; undefined where there are no more. */
  get time(): bigint | undefined {
    return this.#batch?.time[this.#at]
  }

  /** Where the frame at hand lies, until the next is asked for. */
  get bytes(): Uint8Array {
    return this.#batch?.bytes ?? new Uint8Array(0)
  }

  get start(): number {
    return this.#batch?.offset[this.#at] ?? 0
  }

  get length(): number {
    return this.#batch?.captured[this.#at] ?? 0
  }

  /** Frames that the file does not have whole. */
  get cut(): number {
    return [...(this.#frames.files[0]?.skipped.values() ?? [])].reduce((sum, count) => sum + count, 0)
  }

  /**
   * Goes to the next frame. @returns What is to be awaited where that has to be read first.
   *
   * @throws InputError with file and packet, where the file has a fault there.
   */
  next(): Promise<void> | undefined {
    this.#at += 1
    return this.#at < (this.#batch?.count ?? 0) ? undefined : this.#read()
  }

  async close(): Promise<void> {
    await this.#frames.close()
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#batches.next()
    this.#batch = done === true ? undefined : value
    this.#at = 0
  }
}
