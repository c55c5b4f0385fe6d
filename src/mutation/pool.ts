/**
 * Judges mutants in worker processes. A worker goes on with the network function that it has loaded, as long as there are
 * mutants of it. Time decides nothing but when to give up: a stage that does not end in time is left out in another try,
 * and a proof that does not is undecided.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Stage } from './classify.js'
import type { Reply, Task } from './messages.js'

export interface PoolOptions {
  readonly workers: number
  /** For traces that are made; they stay, so that what they show can be seen again. */
  readonly traces: string
  readonly signal: AbortSignal
  /** Seconds of one stage. */
  readonly patience: number
  readonly onReply: (task: Task, reply: Reply) => void
  /** A mutant of which nothing is known in the end. */
  readonly onGivenUp: (task: Task, why: string) => void
}

const worker = new URL('./worker.js', import.meta.url)
/** Seconds of traffic; all of it takes some two. */
const TRAFFIC = 60
/** Stages that another try can leave out. */
const OPTIONAL: readonly Stage[] = ['packets', 'traffic', 'models', 'equivalence']

/** Ends when every task is done, or on the signal. */
export async function judgeAll(tasks: readonly Task[], options: PoolOptions): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'vigil-mutants-'))
  try {
    await new Pool(tasks, options, scratch).run()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Slot {
  child: ChildProcess | undefined
  nf: string | undefined
  task: Task | undefined
  stage: Stage | 'loading' | undefined
  timer: NodeJS.Timeout | undefined
  isReady: boolean
}

class Pool {
  readonly #waiting: Task[]
  readonly #options: PoolOptions
  /** Workers are killed, so what they write is removed here. */
  readonly #scratch: string
  readonly #slots: Slot[]
  #finish: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(tasks: readonly Task[], options: PoolOptions, scratch: string) {
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

  #start(slot: Slot): void {
    const folders = [this.#scratch, this.#options.traces]
    const child = fork(worker, folders, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    slot.child = child
    slot.nf = undefined
    slot.isReady = false
    child.on('message', (reply: Reply) => this.#heard(slot, reply))
    child.on('exit', (code) => {
      if (slot.child !== child) return
      if (slot.isReady) this.#lost(slot, `the worker ended with ${code}`)
      else this.#fail(new Error(`a worker ended with ${code} before it began`))
    })
  }

  #heard(slot: Slot, reply: Reply): void {
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
      const seconds = stage === 'traffic' ? TRAFFIC : this.#options.patience
      slot.timer = setTimeout(() => this.#lost(slot, `${stage} did not end within ${seconds} s`), 1000 * seconds)
      return
    }
    slot.task = undefined
    if (reply.kind === 'failed') this.#options.onGivenUp(task, reply.message)
    this.#next(slot)
  }

  /** What the worker was at is tried again without the stage, where that can be; else it is given up. */
  #lost(slot: Slot, why: string): void {
    const { task, stage, child } = slot
    clearTimeout(slot.timer)
    slot.child = undefined
    slot.task = undefined
    child?.kill('SIGKILL')
    const optional = OPTIONAL.find((each) => each === stage)
    if (task !== undefined && optional !== undefined && !task.without.includes(optional)) {
      this.#waiting.unshift({ ...task, without: [...task.without, optional] })
    } else if (task !== undefined) this.#options.onGivenUp(task, why)
    if (!this.#options.signal.aborted) this.#start(slot)
  }

  #next(slot: Slot): void {
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
  #take({ nf }: Slot): Task | undefined {
    const others = new Set(this.#slots.map((slot) => slot.nf))
    const isOwn = (task: Task): boolean => task.nf === nf
    const isNew = (task: Task): boolean => !others.has(task.nf)
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
