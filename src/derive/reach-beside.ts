/**
 * What of the targets cannot be met, shown in a thread of its own while cases are made of what was found. A specification of
 * few paths takes less time than a thread takes to start.
 */
import { Worker } from 'node:worker_threads'

import { VigilError } from '../errors.js'
import { compiledZ3 } from '../smt/index.js'
import type { Candidate } from './invariant.js'
import type { Reach, Reaching } from './reach.js'

export interface ReachInput {
  readonly nf: string
  readonly config: readonly string[]
  readonly candidates: readonly Candidate[]
  /** Of the embedded Z3, where it is compiled already. */
  readonly code: WebAssembly.Module | undefined
}

/** Targets, and places of lookups. */
export interface Asked {
  readonly targets: readonly string[]
  readonly places: readonly string[]
}

export interface PlainReach {
  /** Of comparisons that some path makes. */
  readonly compared: readonly string[]
  readonly targets: readonly (readonly [string, Reach])[]
  readonly places: readonly (readonly [string, Reach])[]
}

/** None of the candidates always holds: what is known of any state is all that is. */
export type ReachReply = PlainReach | 'nothing more'

export function replyOf(reach: Reaching, { targets, places }: Asked): PlainReach {
  return {
    compared: [...reach.targets],
    targets: targets.map((target) => [target, reach.of(target)] as const),
    places: places.map((place) => [place, reach.ofLookup(place)] as const),
  }
}

export class ReachBeside {
  readonly #worker: Worker
  readonly #lost: Promise<never>
  readonly #first: Promise<ReachReply>

  /** `soon`: what is asked at the end will be among these, or most of it. */
  constructor(input: Omit<ReachInput, 'code'>, soon: Asked) {
    const workerData: ReachInput = { ...input, code: compiledZ3() }
    this.#worker = new Worker(new URL('./reach-thread.js', import.meta.url), { workerData })
    this.#lost = new Promise((_, reject) => {
      const lose = (why: string): void =>
        reject(new VigilError(70, `the thread that shows what cannot be met has ended: ${why}`))
      this.#worker.on('error', (error) => lose(error.message))
      this.#worker.on('exit', (code) => lose(`exit code ${code}`))
    })
    // Told to who asks, and nobody may.
    this.#lost.catch(() => {})
    this.#first = this.#next()
    this.#worker.postMessage(soon)
  }

  /**
   * Undefined where it has nothing to add to what is known of any state.
   *
   * @throws VigilError where the thread has ended.
   */
  async answer(asked: Asked): Promise<Reaching | undefined> {
    await Promise.race([this.#first, this.#lost])
    const next = this.#next()
    this.#worker.postMessage(asked)
    const reply = await Promise.race([next, this.#lost])
    return reply === 'nothing more' ? undefined : new KnownReach(reply)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #next(): Promise<ReachReply> {
    return new Promise((resolve) => this.#worker.once('message', resolve))
  }
}

class KnownReach implements Reaching {
  readonly targets: ReadonlySet<string>
  readonly #targets: ReadonlyMap<string, Reach>
  readonly #places: ReadonlyMap<string, Reach>

  constructor({ compared, targets, places }: PlainReach) {
    this.targets = new Set(compared)
    this.#targets = new Map(targets)
    this.#places = new Map(places)
  }

  of(target: string): Reach {
    return known(this.#targets, target)
  }

  ofLookup(place: string): Reach {
    return known(this.#places, place)
  }
}

function known(reaches: ReadonlyMap<string, Reach>, name: string): Reach {
  const found = reaches.get(name)
  if (found === undefined) throw new RangeError(`${name} was not asked for`)
  return found
}
