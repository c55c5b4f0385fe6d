/**
 * Ends this process when the one that started it is gone, also while this one is busy and hears nothing: a thread looks
 * twice a second. The kernel's own way (PR_SET_PDEATHSIG) is out of reach of JavaScript.
 */
import { Worker } from 'node:worker_threads'

export interface ParentWatch {
  /** The process whose end is waited for. */
  readonly parent: number
  /** Whom SIGKILL then goes to: a process, or a group of processes where it is negative. */
  readonly target: number
}

/** `whole` where this process leads a group, which then ends with it. */
export function endWithParent(whole: 'group' | 'process'): void {
  const watch: ParentWatch = { parent: process.ppid, target: whole === 'group' ? -process.pid : process.pid }
  const worker = new Worker(new URL('./parent-watcher.js', import.meta.url), { workerData: watch })
  // Where no thread can be had, this process ends as soon as it listens: its channel is closed.
  worker.on('error', () => {})
  worker.unref()
}
