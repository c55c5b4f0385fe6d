/** Runs tasks, several at a time. */
import { availableParallelism } from 'node:os'

import type { VerifyOptions } from './options.js'
import { interrupted, type Running, type StartTask } from './process.js'
import type { Task, TaskResult } from './task.js'

/** Threads on one network function: each takes some 200 MB, and a GB is to be enough. */
const MOST_AT_WORK = 3

type RunAllOptions = Pick<VerifyOptions, 'signal' | 'onProgress' | 'jobs'>

/** Of each of so many tasks: what processors the tasks themselves leave. */
function helpersFor(tasks: number, jobs: number): number {
  return Math.max(1, Math.min(Math.floor(jobs / tasks), MOST_AT_WORK)) - 1
}

/** What comes of each, in their order. */
export async function runAll(
  tasks: readonly Task[],
  options: RunAllOptions,
  start: StartTask,
): Promise<readonly TaskResult[]> {
  const { signal, onProgress, jobs = availableParallelism() } = options
  const entries: TaskResult[] = tasks.map(({ nf }) => interrupted(nf))
  const running = new Set<Running>()
  const stop = (): void => {
    for (const each of running) each.stop()
  }
  signal?.addEventListener('abort', stop, { once: true })
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < tasks.length && signal?.aborted !== true; index = next++) {
      const task = tasks[index]
      if (task === undefined) return
      const tell = (what: string): void => onProgress?.({ nf: task.nf, what, done, total: tasks.length })
      const started = start({ ...task, helpers: helpersFor(tasks.length, jobs) }, tell)
      running.add(started)
      entries[index] = await started.result
      running.delete(started)
      done += 1
      tell('done')
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(Math.max(jobs, 1), tasks.length) }, worker))
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
  return entries
}
