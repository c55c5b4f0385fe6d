/**
 * A file that appears under its name when it is complete, or not at all: written beside it under a temporary name,
 * renamed by `close`. Writing is synchronous, so a slow disk slows the writer down and nothing piles up in memory.
 */

import { randomBytes } from 'node:crypto'
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'

import { InputError, MachineError, type VigilError } from '../errors.js'

const bufferLength = 262_144

/** Temporary files of this process, removed when it ends without closing them. */
const unfinished = new Set<string>()
process.once('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true })
})

export class OutputFile {
  readonly #path: string
  readonly #target: string
  /** Undefined for devices and pipes: they are written directly, and must never be renamed over. */
  readonly #temporary: string | undefined
  readonly #descriptor: number
  readonly #buffer = new Uint8Array(bufferLength)
  #used = 0
  #open = true

  /** @throws InputError where the path cannot be written. */
  constructor(path: string) {
    this.#path = path
    try {
      const status = statSync(path, { throwIfNoEntry: false })
      const special = status !== undefined && !status.isFile()
      this.#target = status === undefined ? path : realpathSync(path)
      this.#temporary = special ? undefined : `${this.#target}.${randomBytes(6).toString('hex')}.part`
      this.#descriptor = openSync(this.#temporary ?? path, special ? 'w' : 'wx')
    } catch (error) {
      throw outputError(path, error)
    }
    if (this.#temporary !== undefined) unfinished.add(this.#temporary)
  }

  /** The parts are copied. A failed write removes the file and throws `MachineError`. */
  append(...parts: readonly Uint8Array[]): void {
    if (!this.#open) throw new Error(`${this.#path} is closed already`)
    for (const part of parts) {
      if (part.length > bufferLength - this.#used) this.#flush()
      if (part.length > bufferLength) {
        this.#writeAll(part)
      } else {
        this.#buffer.set(part, this.#used)
        this.#used += part.length
      }
    }
  }

  /** Writes what is left and gives the file its name. */
  close(): void {
    if (!this.#open) return
    this.#flush()
    this.#open = false
    try {
      closeSync(this.#descriptor)
      if (this.#temporary !== undefined) renameSync(this.#temporary, this.#target)
    } catch (error) {
      this.#remove()
      throw outputError(this.#path, error)
    }
    if (this.#temporary !== undefined) unfinished.delete(this.#temporary)
  }

  /** Removes what was written; a file that had the name before stays as it was. */
  abort(): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#descriptor)
    this.#remove()
  }

  #flush(): void {
    this.#writeAll(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }

  #writeAll(bytes: Uint8Array): void {
    let done = 0
    try {
      while (done < bytes.length) done += writeSync(this.#descriptor, bytes, done)
    } catch (error) {
      this.abort()
      throw outputError(this.#path, error)
    }
  }

  #remove(): void {
    if (this.#temporary === undefined) return
    rmSync(this.#temporary, { force: true })
    unfinished.delete(this.#temporary)
  }
}

const misplaced: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its directory does not exist'],
  ['ENOTDIR', 'its directory is not one'],
  ['EACCES', 'no permission to write there'],
  ['EISDIR', 'this is a directory'],
])

/** A wrong path is the user's (exit code 2), a full disk the machine's (exit code 3). */
function outputError(file: string, error: unknown): VigilError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = misplaced.get(code)
  if (known !== undefined) return new InputError(`cannot write it: ${known}`, { file }, { cause: error })
  const detail = error instanceof Error ? error.message : String(error)
  return new MachineError(`cannot write it: ${detail}`, { file }, { cause: error })
}
