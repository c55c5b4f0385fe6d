import type { ConcreteSorts } from '../../src/contracts/concrete.js'
import type { Allocatable, ClockState, FunctionState, HeapState, StateOf } from '../../src/contracts/index.js'
import type { Device } from './device.js'

/** The state that calls use without naming it: what a device's host and heap provide. */
export class Ambients implements Pick<StateOf<ConcreteSorts>, 'heap' | 'hash' | 'clock'> {
  readonly heap: HeapState<ConcreteSorts>
  readonly hash: FunctionState<ConcreteSorts>
  readonly clock: ClockState<ConcreteSorts>
  /** What `time` has to say; `setTime` tells the device too. */
  #now = 0n
  readonly #device: Device

  constructor(device: Device, heapBytes: number) {
    this.#device = device
    let remaining = heapBytes
    this.heap = {
      remaining: () => remaining,
      take: (bytes) => {
        remaining -= bytes
      },
      cost: (structure: Allocatable, sizes) => Number(device.call(`${structure}_cost`, sizes)),
    }
    const hashes = new Map<string, number>()
    const name = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
    this.hash = {
      isKnown: (bytes) => hashes.has(name(bytes)),
      valueOf: (bytes) => hashes.get(name(bytes)) ?? -1,
      learn: (bytes, value) => {
        hashes.set(name(bytes), value)
      },
    }
    this.clock = { now: () => this.#now }
  }

  setTime(now: bigint): void {
    this.#now = now
    this.#device.call('libvig_set_time', [now])
  }
}
