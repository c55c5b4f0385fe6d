/**
 * Z3 in a worker thread, where it can be stopped and replaced: once as an engine that answers by promise, and once as
 * one that blocks the calling thread until the answer is there. Workers are replaced after a number of contexts or when
 * Z3 holds much memory, since WebAssembly never gives memory back.
 */
import { MachineError } from '../errors.js'
import { type Engine, embeddedZ3, type Reply, type Request, type SyncEngine } from './engine.js'
import { keepCompiledZ3 } from './z3-module.js'
import {
  firstWorker,
  heardFrom,
  type RecycleLimits,
  replyOf,
  type Served,
  startPatience,
  Wear,
  Z3Worker,
} from './z3-thread.js'

/** The next thing that the worker says, undefined if it says nothing in time. Keeps the process alive meanwhile. */
function nextOf(worker: Z3Worker, patience: number, request: Request | undefined): Promise<Served | undefined> {
  return new Promise((resolve) => {
    let last: NodeJS.Immediate | undefined
    const finish = (served: Served | undefined) => {
      clearTimeout(timer)
      clearImmediate(last)
      worker.port.removeAllListeners('message')
      worker.port.unref()
      worker.onEnd = () => {}
      resolve(served)
    }
    // Where this thread was busy all the time, an answer waits behind the timer.
    const timer = setTimeout(() => {
      last = setImmediate(() => finish(undefined))
    }, patience)
    worker.onEnd = (detail) => finish({ death: detail })
    worker.port.on('message', finish)
    if (request !== undefined) worker.post(request)
  })
}

/** Z3 in a worker, by promise. One request at a time. */
export class ThreadedZ3 implements Engine {
  readonly profile = embeddedZ3
  readonly incremental = true
  readonly #wear: Wear
  #worker: Z3Worker | undefined
  #version = ''

  private constructor(recycle: RecycleLimits) {
    this.#wear = new Wear(recycle)
  }

  /** Throws MachineError where Z3 does not start. */
  static async start(recycle: RecycleLimits = {}): Promise<ThreadedZ3> {
    const engine = new ThreadedZ3(recycle)
    const death = await engine.#replace()
    if (death !== undefined) throw new MachineError(`the embedded Z3 does not start: ${death}`)
    return engine
  }

  get version(): string {
    return this.#version
  }

  async run(request: Request): Promise<Reply> {
    if (request.fresh && (this.#worker === undefined || this.#wear.isOut)) {
      const death = await this.#replace()
      if (death !== undefined) return { kind: 'died', detail: death }
    }
    const worker = this.#worker
    if (worker === undefined) return { kind: 'died', detail: 'there is no instance' }
    const served = await nextOf(worker, request.patience, request)
    if (served !== undefined) this.#wear.note(request.fresh, served)
    const reply = served === undefined ? { kind: 'time' as const } : replyOf(served)
    if (reply?.kind !== 'text') await this.#drop()
    return reply ?? { kind: 'died', detail: 'the instance started anew by itself' }
  }

  async close(): Promise<void> {
    await this.#drop()
  }

  /** The reason where the new worker does not start. */
  async #replace(): Promise<string | undefined> {
    await this.#drop()
    this.#wear.reset()
    const worker = new Z3Worker()
    this.#worker = worker
    const served = await nextOf(worker, startPatience, undefined)
    if (served !== undefined && 'version' in served) {
      this.#version = served.version
      keepCompiledZ3(served.code)
      return undefined
    }
    await this.#drop()
    return served !== undefined && 'death' in served ? served.death : 'it took too long'
  }

  async #drop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.end()
  }
}

/** Z3 in a worker, for which the calling thread waits. */
export class BlockingZ3 implements SyncEngine {
  readonly profile = embeddedZ3
  readonly incremental = true
  readonly #wear: Wear
  readonly #endings: Promise<void>[] = []
  #worker: Z3Worker | undefined
  #version = ''

  private constructor(recycle: RecycleLimits) {
    this.#wear = new Wear(recycle)
  }

  /** Does not block, as what is asked of it does: others may go on while it starts. Throws MachineError where it does not. */
  static async start(recycle: RecycleLimits = {}): Promise<BlockingZ3> {
    const engine = new BlockingZ3(recycle)
    const worker = firstWorker()
    engine.#worker = worker
    const death = engine.#greet(await nextOf(worker, startPatience, undefined))
    if (death !== undefined) throw new MachineError(`the embedded Z3 does not start: ${death}`)
    return engine
  }

  get version(): string {
    return this.#version
  }

  run(request: Request): Reply {
    const { fresh, patience } = request
    if (fresh && (this.#worker === undefined || this.#wear.isOut)) {
      const death = this.#replace()
      if (death !== undefined) return { kind: 'died', detail: death }
    }
    const worker = this.#worker
    if (worker === undefined) return { kind: 'died', detail: 'there is no instance' }
    worker.post(request)
    const served = heardFrom(worker, patience)
    if (served !== undefined) this.#wear.note(fresh, served)
    const reply = served === undefined ? { kind: 'time' as const } : replyOf(served)
    if (reply?.kind !== 'text') this.#drop()
    return reply ?? { kind: 'died', detail: 'the instance started anew by itself' }
  }

  async close(): Promise<void> {
    this.#drop()
    await Promise.all(this.#endings)
  }

  #replace(): string | undefined {
    this.#drop()
    this.#wear.reset()
    const worker = new Z3Worker()
    this.#worker = worker
    return this.#greet(heardFrom(worker, startPatience))
  }

  /** The reason where a worker has not started, and is let go. */
  #greet(served: Served | undefined): string | undefined {
    if (served !== undefined && 'version' in served) {
      this.#version = served.version
      keepCompiledZ3(served.code)
      return undefined
    }
    this.#drop()
    return served !== undefined && 'death' in served ? served.death : 'it took too long'
  }

  #drop(): void {
    if (this.#worker !== undefined) this.#endings.push(this.#worker.end())
    this.#worker = undefined
  }
}
