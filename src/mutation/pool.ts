/**
 * Judges mutants in worker processes. A worker goes on with the network function that it has loaded, as long as there are
 * mutants of it. A worker whose stage does not end in time is killed, and its mutant tried in another way or given up.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Reply } from './messages.js'

/** `T`: what a worker is told; `S`: stages that it tells of; `O`: what it answers. */
export interface PoolOptions<T, S, O> {
  /** The module that each runs. */
  readonly worker: URL
  readonly workers: number
  /** For traces that are made; they stay, so that what they show can be seen again. */
  readonly traces: string
  readonly signal: AbortSignal
  /** Seconds of one stage. */
  readonly patienceOf: (stage: S | 'loading') => number
  readonly onReply: (task: T, reply: Reply<S, O>) => void
  /** What to try in place of a task whose stage was not survived or did not end in time, if anything. */
  readonly retry?: (task: T, stage: S | 'loading' | undefined) => T | undefined
  /** A mutant of which nothing is known in the end; `overdue` is the stage that did not end in time. */
  readonly onGivenUp: (task: T, why: string, overdue?: S | 'loading') => void
}

/** Ends when every task is done, or on the signal. */
export async function judgeAll<T extends { readonly nf: string }, S, O>(
  tasks: readonly T[],
  options: PoolOptions<T, S, O>,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'vigil-mutants-'))
  try {
    await new Pool(tasks, options, scratch).run()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Slot<T, S> {
  child: ChildProcess | undefined
  nf: string | undefined
  task: T | undefined
  stage: S | 'loading' | undefined
  timer: NodeJS.Timeout | undefined
  isReady: boolean
}

class Pool<T extends { readonly nf: string }, S, O> {
  readonly #waiting: T[]
  readonly #options: PoolOptions<T, S, O>
  /** Workers are killed, so what they write is removed here. */
  readonly #scratch: string
  readonly #slots: Slot<T, S>[]
  #finish: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(tasks: readonly T[], options: PoolOptions<T, S, O>, scratch: string) {
    this.#waiting = [...tasks]
    this.#options = options
    this.#scratch = scratch
    this.#slots = Array.from({ length: Math.min(options.workers, tasks.length) }, () => ({
      child: undefined,
      nf: undefined,
      task: undefined,
      stage: undefined,
      timer: undefined,
      isReady: false,
    }))
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    if (this.#slots.length === 0 || signal.aborted) return
    const onAbort = (): void => this.#end()
    signal.addEventListener('abort', onAbort)
    await new Promise<void>((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
      for (const slot of this.#slots) this.#start(slot)
    })
    signal.removeEventListener('abort', onAbort)
  }

  #start(slot: Slot<T, S>): void {
    const folders = [this.#scratch, this.#options.traces]
    const child = fork(this.#options.worker, folders, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    slot.child = child
    slot.nf = undefined
    slot.isReady = false
    child.on('message', (reply: Reply<S, O>) => this.#heard(slot, reply))
    child.on('exit', (code) => {
      if (slot.child !== child) return
      if (slot.isReady) this.#lost(slot, `the worker ended with ${code}`)
      else this.#fail(new Error(`a worker ended with ${code} before it began`))
    })
  }

  #heard(slot: Slot<T, S>, reply: Reply<S, O>): void {
    const { task } = slot
    if (reply.kind === 'ready') {
      slot.isReady = true
      this.#next(slot)
      return
    }
    if (task === undefined) return
    this.#options.onReply(task, reply)
    clearTimeout(slot.timer)
    if (reply.kind === 'stage') {
      const { stage } = reply
      slot.stage = stage
      const seconds = this.#options.patienceOf(stage)
      const overdue = (): void => this.#lost(slot, `${stage} did not end within ${seconds} s`, stage)
      slot.timer = setTimeout(overdue, 1000 * seconds)
      return
    }
    slot.task = undefined
    if (reply.kind === 'failed') this.#options.onGivenUp(task, reply.message)
    this.#next(slot)
  }

  /** What the worker was at is tried again in another way, where that can be; else it is given up. */
  #lost(slot: Slot<T, S>, why: string, overdue?: S | 'loading'): void {
    const { task, stage, child } = slot
    clearTimeout(slot.timer)
    slot.child = undefined
    slot.task = undefined
    child?.kill('SIGKILL')
    const again = task && this.#options.retry?.(task, stage)
    if (again !== undefined) this.#waiting.unshift(again)
    else if (task !== undefined) this.#options.onGivenUp(task, why, overdue)
    if (!this.#options.signal.aborted) this.#start(slot)
  }

  #next(slot: Slot<T, S>): void {
    const task = this.#take(slot)
    if (task === undefined) {
      if (this.#slots.every((each) => each.task === undefined)) this.#end()
      return
    }
    slot.task = task
    slot.nf = task.nf
    slot.stage = undefined
    slot.child?.send(task)
  }

  /** Of its own network function, else of one that no other worker has, else of any. */
  #take({ nf }: Slot<T, S>): T | undefined {
    const others = new Set(this.#slots.map((slot) => slot.nf))
    const isOwn = (task: T): boolean => task.nf === nf
    const isNew = (task: T): boolean => !others.has(task.nf)
    for (const fits of [isOwn, isNew, () => true]) {
      const at = this.#waiting.findIndex(fits)
      if (at !== -1) return this.#waiting.splice(at, 1)[0]
    }
    return undefined
  }

  #end(): void {
    for (const slot of this.#slots) {
      const { child } = slot
      clearTimeout(slot.timer)
      slot.child = undefined
      child?.kill('SIGKILL')
    }
    this.#finish()
  }
}
