/** Drives lanes: cases wait side by side, each on a device of its own, while one thread sends, receives and judges for all. */
import { setImmediate } from 'node:timers/promises'

import { waitForFrames } from '../../packetio/index.js'
import type { TimedPacket } from '../run-case.js'
import type { Lane, SeenCase } from './lane.js'

export interface Job {
  readonly name: string
  readonly packets: readonly TimedPacket[]
}

interface Waiting extends Job {
  readonly resolve: (seen: SeenCase) => void
  readonly reject: (error: unknown) => void
}

/** Milliseconds between two looks at what else happens: timers, processes, signals. */
const BREATH = 5
/** The same while nothing can be seen to happen on ports. */
const CLOSE = 1

export class Engine {
  readonly lanes: readonly Lane[]
  readonly #free: Lane[]
  readonly #queue: Waiting[] = []

  constructor(lanes: readonly Lane[]) {
    this.lanes = lanes
    this.#free = [...lanes]
  }

  /** Runs a case as soon as a lane is free; to be driven. */
  run(job: Job): Promise<SeenCase> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...job, resolve, reject })
      this.#assign()
    })
  }

  /** Cases that nobody has begun are begun no more, and never end. */
  drop(): void {
    this.#queue.length = 0
  }

  /** Until a promise is settled, which rests on cases that run here. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    work.then(settle, settle)
    const ports = this.lanes.flatMap((lane) => lane.ports)
    while (!isSettled) {
      let wait = BREATH
      for (const lane of this.lanes) wait = Math.min(wait, lane.step())
      await setImmediate()
      if (isSettled) break
      // A part of a millisecond is waited for by looking again.
      if (wait >= CLOSE) waitForFrames(ports, Math.floor(wait))
    }
    return await work
  }

  #assign(): void {
    for (;;) {
      const lane = this.#free[0]
      const next = this.#queue[0]
      if (lane === undefined || next === undefined) return
      this.#free.shift()
      this.#queue.shift()
      lane
        .run(next.name, next.packets)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#free.push(lane)
          this.#assign()
        })
    }
  }
}
