/**
 * Z3 in a worker thread, where it can be stopped and replaced: once as an engine that answers by promise, and once as
 * one that blocks the calling thread until the answer is there. Workers are replaced after a number of contexts or when
 * Z3 holds much memory, since WebAssembly never gives memory back.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

import { MachineError } from '../errors.js'
import { type Engine, embeddedZ3, type Reply, type Request, type SyncEngine } from './engine.js'
import { compiledZ3, keepCompiledZ3 } from './z3-module.js'

/** What the worker is given: where requests come in, and a counter of answers to wait on. */
export interface WorkerInput {
  readonly port: MessagePort
  readonly signal: Int32Array<SharedArrayBuffer>
  /** Z3's code, where it is compiled already. */
  readonly code: WebAssembly.Module | undefined
}

/** What the worker posts: once its version and its code, then one for each request. */
export type Served =
  | { readonly version: string; readonly code: WebAssembly.Module }
  | { readonly text: string; readonly allocated: number }
  | { readonly death: string }

export interface RecycleLimits {
  /** Contexts that one worker serves. */
  readonly contexts?: number
  /** Bytes that Z3 may hold at the end of a request. */
  readonly bytes?: number
}

/** How long an instance may take to start, in milliseconds: usually 300. */
const startPatience = 60_000

/** A worker with its port; `served` counts what is to be waited for. */
class Z3Worker {
  readonly port: MessagePort
  readonly signal = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker
  /** Called when the thread ends or fails, with the reason. */
  onEnd: (detail: string) => void = () => {
    this.#isGone = true
  }
  #isGone = false

  constructor() {
    const { port1, port2 } = new MessageChannel()
    const input: WorkerInput = { port: port2, signal: this.signal, code: compiledZ3() }
    this.port = port1
    this.#worker = new Worker(new URL('./z3-worker.js', import.meta.url), { workerData: input, transferList: [port2] })
    this.#worker.on('error', (error) => this.onEnd(error.message))
    this.#worker.on('exit', (code) => this.onEnd(`the thread ended with ${code}`))
    this.#worker.unref()
  }

  /** Whether the thread ended before anybody asked it for anything. */
  get isGone(): boolean {
    return this.#isGone
  }

  async end(): Promise<void> {
    this.port.close()
    await this.#worker.terminate()
  }
}

/** One that starts before it is known who will ask it, if any. */
let ahead: Z3Worker | undefined

/** Starts an instance for the first who opens one: most of half a second, while all else is loaded. */
export function startZ3Ahead(): void {
  ahead ??= new Z3Worker()
}

/** Ends it where nobody will ask. */
export async function forgetZ3Ahead(): Promise<void> {
  const worker = ahead
  ahead = undefined
  await worker?.end()
}

function firstWorker(): Z3Worker {
  const worker = ahead
  ahead = undefined
  return worker === undefined || worker.isGone ? new Z3Worker() : worker
}

/** When a worker has served enough. */
class Wear {
  readonly #limits: Required<RecycleLimits>
  #contexts = 0
  #bytes = 0

  constructor({ contexts = 500, bytes = 512 * 1024 * 1024 }: RecycleLimits) {
    this.#limits = { contexts, bytes }
  }

  get isOut(): boolean {
    return this.#contexts >= this.#limits.contexts || this.#bytes >= this.#limits.bytes
  }

  note(fresh: boolean, served: Served): void {
    if (fresh) this.#contexts++
    if ('allocated' in served) this.#bytes = served.allocated
  }

  reset(): void {
    this.#contexts = 0
    this.#bytes = 0
  }
}

/** What a worker's answer says as a reply; undefined for the greeting of a worker that has started. */
function replyOf(served: Served): Reply | undefined {
  if ('text' in served) return { kind: 'text', text: served.text }
  return 'death' in served ? { kind: 'died', detail: served.death } : undefined
}

/** The next thing that the worker says, undefined if it says nothing in time. Keeps the process alive meanwhile. */
function nextOf(worker: Z3Worker, patience: number, request: object | undefined): Promise<Served | undefined> {
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
    if (request !== undefined) worker.port.postMessage(request)
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
    const served = await nextOf(worker, request.patience, { fresh: request.fresh, script: request.script })
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

  run({ fresh, script, patience }: Request): Reply {
    if (fresh && (this.#worker === undefined || this.#wear.isOut)) {
      const death = this.#replace()
      if (death !== undefined) return { kind: 'died', detail: death }
    }
    const worker = this.#worker
    if (worker === undefined) return { kind: 'died', detail: 'there is no instance' }
    const served = this.#ask(worker, patience, { fresh, script })
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
    return this.#greet(this.#ask(worker, startPatience, undefined))
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

  /** The next thing that the worker says; undefined if it says nothing in time, be it that its thread has ended. */
  #ask({ port, signal }: Z3Worker, patience: number, request: object | undefined): Served | undefined {
    if (request !== undefined) port.postMessage(request)
    const end = performance.now() + patience
    for (;;) {
      const seen = Atomics.load(signal, 0)
      const message: { message: Served } | undefined = receiveMessageOnPort(port)
      if (message !== undefined) return message.message
      const left = end - performance.now()
      if (left <= 0) return undefined
      Atomics.wait(signal, 0, seen, left)
    }
  }

  #drop(): void {
    if (this.#worker !== undefined) this.#endings.push(this.#worker.end())
    this.#worker = undefined
  }
}
