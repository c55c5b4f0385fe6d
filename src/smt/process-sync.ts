/** A solver that is a program, for a thread that waits: each script runs in a process of its own. */
import { spawnSync } from 'node:child_process'

import type { ProgramProfile, Reply, Request, SyncEngine } from './engine.js'

export class SyncProcessEngine implements SyncEngine {
  readonly incremental = false
  readonly profile: ProgramProfile
  readonly version: string
  /** What the present context has been told, and what it printed: told again in full to each new process. */
  #told = ''
  #printed = ''

  constructor(profile: ProgramProfile, version: string) {
    this.profile = profile
    this.version = version
  }

  run({ fresh, script, patience }: Request): Reply {
    if (fresh) {
      this.#told = ''
      this.#printed = ''
    }
    this.#told += script
    const { program, args } = this.profile
    const { stdout, stderr, status, signal, error } = spawnSync(program, args, {
      input: this.#told,
      timeout: patience,
      killSignal: 'SIGKILL',
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    })
    if (error !== undefined) {
      return 'code' in error && error.code === 'ETIMEDOUT' ? { kind: 'time' } : { kind: 'died', detail: error.message }
    }
    if (!stdout.startsWith(this.#printed)) {
      return { kind: 'died', detail: 'it did not answer as before to what it was told before' }
    }
    const text = stdout.slice(this.#printed.length)
    if (status !== 0 || signal !== null) {
      return {
        kind: 'died',
        detail: `the process ended with ${status ?? signal}: ${(text + stderr).trim().slice(-500)}`,
      }
    }
    this.#printed = stdout
    return { kind: 'text', text }
  }

  async close(): Promise<void> {}
}
