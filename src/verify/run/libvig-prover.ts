/** One process that proves libVig's operations, from outside. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { MachineError } from '../../errors.js'
import type { BackendStatistics } from '../../smt/index.js'
import type { LibvigProof } from '../libvig/proof.js'
import type { ScopedOperation } from '../libvig/scopes.js'
import type { LibvigAnswer, LibvigTask } from './libvig-task.js'

const child = fileURLToPath(new URL('./libvig-child.js', import.meta.url))
/** Characters of what a process that died has said. */
const LAST_WORDS = 500

export class LibvigProver {
  readonly #process: ChildProcess
  #words = ''
  #hear: ((answer: LibvigAnswer | undefined) => void) | undefined
  /** What its solvers have done so far. */
  statistics: readonly BackendStatistics[] = []

  constructor() {
    // A group of its own, so that solvers end with it.
    this.#process = fork(child, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#process.stderr?.on('data', (part: Buffer) => {
      this.#words = (this.#words + part.toString()).slice(-LAST_WORDS)
    })
    this.#process.on('message', (answer: LibvigAnswer) => this.#heard(answer))
    this.#process.on('error', () => this.#heard(undefined))
    this.#process.on('close', () => this.#heard(undefined))
  }

  async begin(task: Extract<LibvigTask, { kind: 'begin' }>): Promise<void> {
    const answer = await this.#ask(task)
    if (answer?.kind !== 'ready') throw this.#failure(answer)
  }

  /** Undefined where it was ended meanwhile. */
  async prove(asked: ScopedOperation): Promise<LibvigProof | undefined> {
    const answer = await this.#ask({ kind: 'prove', asked })
    if (answer === undefined && this.#process.signalCode === 'SIGKILL') return undefined
    if (answer?.kind !== 'proved') throw this.#failure(answer)
    this.statistics = answer.statistics
    return answer.proof
  }

  /** Ends it at once, with its solvers. */
  stop(): void {
    const { pid, exitCode, signalCode } = this.#process
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }

  #ask(task: LibvigTask): Promise<LibvigAnswer | undefined> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
        resolve(undefined)
        return
      }
      this.#hear = resolve
      this.#process.send(task)
    })
  }

  #heard(answer: LibvigAnswer | undefined): void {
    const hear = this.#hear
    this.#hear = undefined
    hear?.(answer)
  }

  #failure(answer: LibvigAnswer | undefined): Error {
    if (answer?.kind === 'failed') return new Error(answer.cause)
    const words = this.#words.trim().replace(/\s*\n\s*/g, ' ')
    return new MachineError(`a process that proves libVig ended${words === '' ? '' : `: ${words}`}`)
  }
}
