import type { Operation } from '../../src/contracts/index.js'
import { type Device, SCRATCH_BYTES } from './device.js'
import type { Given } from './driver.js'

const GUARD = 8
const OUT_BYTES = 4
const FILL = 0xa5

/**
 * The caller's memory for one call: each key and the out, with guard bytes between, all of it compared after the call.
 * Where they lie, and so how they are aligned, changes from call to call.
 */
export class Frame {
  readonly passed: (number | bigint)[] = []
  readonly #device: Device
  readonly #start: number
  #end: number
  readonly #before: Uint8Array
  #outAt = 0

  constructor(device: Device, contract: Operation, given: Readonly<Record<string, Given>>) {
    this.#device = device
    this.#start = device.scratch + (Frame.#shift++ % 16)
    this.#end = this.#start
    this.#guard(GUARD)
    for (const [name, { kind }] of Object.entries(contract.parameters)) {
      if (kind === 'ambient' || kind === 'lent') continue
      this.passed.push(kind === 'out' ? this.#placeOut() : this.#place(given[name], name))
    }
    this.#before = device.memory.slice(this.#start, this.#end)
  }

  static #shift = 0

  /** The number at the out, unsigned; 0 where the call has none. */
  get out(): number {
    if (this.#outAt === 0) return 0
    const [a = 0, b = 0, c = 0, d = 0] = this.#device.memory.subarray(this.#outAt, this.#outAt + OUT_BYTES)
    return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24
  }

  get outChanged(): boolean {
    return this.#outAt !== 0 && this.out !== FILL * 0x01010101
  }

  /** What the call did to bytes that it may not write, or undefined. */
  damage(): string | undefined {
    const outOffset = this.#outAt === 0 ? -OUT_BYTES : this.#outAt - this.#start
    const after = this.#device.memory.subarray(this.#start, this.#end)
    for (let i = 0; i < after.length; i++) {
      if (after[i] === this.#before[i] || (i >= outOffset && i < outOffset + OUT_BYTES)) continue
      return `wrote to its arguments or around them, at byte ${i} of [${[...this.#before].join(' ')}]`
    }
    return undefined
  }

  #place(value: Given | undefined, name: string): number | bigint {
    if (typeof value === 'number' || typeof value === 'bigint') return value
    if (value === undefined) throw new Error(`the test gives nothing for ${name}`)
    if ('handle' in value) return value.handle
    const at = this.#end
    this.#device.memory.set(value, at)
    this.#end += value.length
    this.#guard(GUARD)
    return at
  }

  #placeOut(): number {
    this.#outAt = this.#end
    this.#guard(OUT_BYTES + GUARD)
    return this.#outAt
  }

  #guard(bytes: number): void {
    this.#device.memory.fill(FILL, this.#end, this.#end + bytes)
    this.#end += bytes
    if (this.#end - this.#device.scratch > SCRATCH_BYTES) throw new Error("the test's arguments do not fit")
  }
}
