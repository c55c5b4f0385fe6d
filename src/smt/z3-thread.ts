/** A worker thread that runs Z3, as those see it who ask it: where it listens, what it says, and when it has served enough. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

import type { Reply, Request } from './engine.js'
import { compiledZ3 } from './z3-module.js'

/** What the worker is given: where requests come in, and a counter of answers to wait on. */
export interface WorkerInput {
  readonly port: MessagePort
  readonly signal: Int32Array<SharedArrayBuffer>
  /** Z3's code, where it is compiled already. */
  readonly code: WebAssembly.Module | undefined
}

/** What the worker is asked, one after the other. */
export type Asked = Omit<Request, 'patience'>

/** What the worker posts: once its version and its code, then one for each request. */
export type Served =
  | { readonly version: string; readonly code: WebAssembly.Module }
  | { readonly text: string; readonly more: string | undefined; readonly allocated: number }
  | { readonly death: string }

export interface RecycleLimits {
  /** Contexts that one worker serves. */
  readonly contexts?: number
  /** Bytes that Z3 may hold at the end of a request. */
  readonly bytes?: number
}

/** How long an instance may take to start, in milliseconds: usually 300. */
export const startPatience = 60_000

/** A worker with its port; `served` counts what is to be waited for. */
export class Z3Worker {
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

  post(asked: Asked): void {
    this.port.postMessage(asked)
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

export function firstWorker(): Z3Worker {
  const worker = ahead
  ahead = undefined
  return worker === undefined || worker.isGone ? new Z3Worker() : worker
}

/** When a worker has served enough. */
export class Wear {
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
export function replyOf(served: Served): Reply | undefined {
  if ('text' in served) {
    const { text, more } = served
    return { kind: 'text', text, ...(more === undefined ? {} : { more }) }
  }
  return 'death' in served ? { kind: 'died', detail: served.death } : undefined
}

/** What the worker says next, for which this thread waits; undefined if nothing comes in time, be it that its thread has ended. */
export function heardFrom({ port, signal }: Z3Worker, patience: number): Served | undefined {
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
