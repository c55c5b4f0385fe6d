/**
 * Runs a task in a process of its own: it has its own memory, which can be measured; it can be ended at once, whatever
 * it waits for; and if it dies, nothing else does.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { UnfinishedNf } from '../../result/index.js'
import type { Message, Task, TaskResult } from './task.js'

const child = fileURLToPath(new URL('./child.js', import.meta.url))
/** Characters of what a process that died has said. */
const lastWords = 500

export interface Running {
  readonly result: Promise<TaskResult>
  /** Ends it with its solvers; `result` is then undecided, cause `interrupted`. Does nothing where it has ended. */
  stop(): void
}

/** How a task is begun, somewhere: it never throws. */
export type StartTask = (task: Task, onProgress: (what: string) => void) => Running

/** One that waits for its task, if any. */
let ahead: ChildProcess | undefined

/**
 * Starts a process for the task to come: it loads what it needs while that task is being made. It ends with this one
 * where no task comes.
 */
export function startAhead(): void {
  if (ahead !== undefined) return
  ahead = started()
  // Whoever has a task tries again, and says so.
  ahead.once('error', () => {
    ahead = undefined
  })
}

function started(): ChildProcess {
  // A group of its own, so that solvers end with it.
  return fork(child, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
}

function taken(): ChildProcess {
  const waiting = ahead
  ahead = undefined
  return waiting === undefined || waiting.exitCode !== null || waiting.signalCode !== null ? started() : waiting
}

export function startTask(task: Task, onProgress: (what: string) => void): Running {
  const running = taken()
  let isStopped = false
  const result = new Promise<TaskResult>((resolve) => {
    let words = ''
    running.stderr?.on('data', (part: Buffer) => {
      words = (words + part.toString()).slice(-lastWords)
    })
    running.on('message', (message: Message) => {
      if (message.kind === 'progress') onProgress(message.what)
      else resolve(message.result)
    })
    running.on('error', (error) => resolve(unfinished(task.nf, `its process cannot be started: ${error.message}`)))
    running.on('close', (code, signal) => {
      if (isStopped) resolve(interrupted(task.nf))
      else
        resolve(
          unfinished(task.nf, `its process ended with ${signal ?? code}${words === '' ? '' : `: ${oneLine(words)}`}`),
        )
    })
    running.send(task)
  })
  return {
    result,
    stop() {
      isStopped = true
      kill(running)
    },
  }
}

export function interrupted(nf: string): UnfinishedNf {
  return { kind: 'unfinished', nf, instance: nf, verdict: 'undecided', cause: 'interrupted', exitCode: 4 }
}

function unfinished(nf: string, cause: string): UnfinishedNf {
  return { kind: 'unfinished', nf, instance: nf, verdict: 'error', cause, exitCode: 70 }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ')
}

/** The whole group. */
function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
