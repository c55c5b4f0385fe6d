import { NfDevice, Random } from '../../src/testbed/index.js'
import { FRAME } from './kinds.js'
import { CHUNK, type Chunk } from './traffic.js'

/** Packets for each wrong byte. */
export const PLANT_EVERY = 100_000

/**
 * A network function that lies: one byte of one output in 100,000 is changed behind its back. Frames that open a
 * conversation are left alone: there the device has a choice, and another choice may be right.
 */
export class PlantingDevice extends NfDevice {
  /** Numbers of the packets with a wrong byte, in order. */
  readonly planted: number[] = []
  readonly #random = new Random(7, 'planted')
  #chunk: Chunk | undefined
  #base = 0
  #done = 0
  #next = this.#random.below(PLANT_EVERY - CHUNK)

  /** The frames of `chunk` come next, the first of them as packet number `base`; nothing is planted below 0. */
  begin(chunk: Chunk, base: number): void {
    this.#chunk = chunk
    this.#base = base
    this.#done = 0
  }

  override run(count: number): number {
    const ran = super.run(count)
    const first = this.#base + this.#done
    while (first >= 0 && this.#next < first + ran) this.#plant(this.#next - first)
    this.#done += ran
    return ran
  }

  /** Changes frame `i`, or where that must not be, tries the next one. */
  #plant(i: number): void {
    if (this.egress(i) <= 0 || this.#chunk?.opens[this.#done + i] !== -1) {
      this.#next += 1
      return
    }
    const at = this.frameAt(i) + this.#random.below(FRAME)
    this.memory[at] = (this.memory[at] ?? 0) ^ (1 + this.#random.below(255))
    this.planted.push(this.#next)
    const period = Math.floor(this.#next / PLANT_EVERY) + 1
    this.#next = period * PLANT_EVERY + this.#random.below(PLANT_EVERY - CHUNK)
  }
}
