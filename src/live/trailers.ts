/** What follows datagrams in their frames, for devices that send them on without it. */
import { Layers, parseLayers } from '../packet/layers.js'

const layers = new Layers()

/** What follows the IP datagram in a frame. */
export function trailerOf(frame: Uint8Array): Uint8Array {
  parseLayers(layers, frame, 0, frame.length, false)
  return frame.subarray(layers.ipEnd === -1 ? frame.length : layers.ipEnd)
}

/** A frame that came out with the trailer that it had; undefined where it does not lack just that. */
export function withTrailer(frame: Uint8Array, { trailer, length }: Sent): Uint8Array | undefined {
  if (frame.length !== length - trailer.length) return undefined
  const whole = new Uint8Array(length)
  whole.set(frame)
  whole.set(trailer, frame.length)
  return whole
}

/** What is remembered of a frame with a trailer. */
export interface Sent {
  readonly trailer: Uint8Array
  /** Of the whole frame. */
  readonly length: number
}

/** Those of frames under way, by their entries. */
export class Trailers {
  readonly #sent = new Map<number, Sent>()

  note(entry: number, frame: Uint8Array): void {
    const trailer = trailerOf(frame).slice()
    if (trailer.length > 0) this.#sent.set(entry, { trailer, length: frame.length })
  }

  /** What came out with the trailer that it had when it was sent; undefined where it had none, or still has it. */
  restored(entry: number, frame: Uint8Array): Uint8Array | undefined {
    const sent = this.#sent.get(entry)
    return sent === undefined ? undefined : withTrailer(frame, sent)
  }

  forget(entry: number): void {
    this.#sent.delete(entry)
  }
}
