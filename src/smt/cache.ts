/**
 * Answers by the content of the query: the SHA-256 of its printed text. Kept in memory and, where a folder is given, in
 * one small file each. An answer on disk counts only while the same version of the same solver is among the back-ends;
 * a model from disk is checked like any other.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Model } from './value.js'

export interface CachedAnswer {
  readonly status: 'sat' | 'unsat'
  /** Name and version of the back-end. */
  readonly solver: string
  readonly model: Model | undefined
}

/** What stands in a file: of a `sat`, no values, since asking again for a model is cheap and always right. */
interface Entry {
  readonly status: 'unsat'
  readonly solver: string
}

export class AnswerCache {
  readonly #memory = new Map<string, CachedAnswer>()
  readonly #folder: string | undefined

  /** `folder` is made where it is missing. */
  constructor(folder?: string) {
    this.#folder = folder
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
  }

  /** The answer to `query`, if one of `solvers` (name and version) gave it. */
  get(query: string, solvers: ReadonlySet<string>): CachedAnswer | undefined {
    const key = hashOf(query)
    const known = this.#memory.get(key) ?? this.#read(key)
    return known !== undefined && solvers.has(known.solver) ? known : undefined
  }

  set(query: string, answer: CachedAnswer): void {
    const key = hashOf(query)
    this.#memory.set(key, answer)
    if (this.#folder === undefined || answer.status !== 'unsat') return
    const entry: Entry = { status: answer.status, solver: answer.solver }
    const file = join(this.#folder, `${key}.json`)
    const partial = `${file}.${randomUUID()}`
    // Renamed into place, so that another process never reads half an entry.
    writeFileSync(partial, `${JSON.stringify(entry)}\n`)
    renameSync(partial, file)
  }

  #read(key: string): CachedAnswer | undefined {
    if (this.#folder === undefined) return undefined
    try {
      const entry: unknown = JSON.parse(readFileSync(join(this.#folder, `${key}.json`), 'utf8'))
      if (!isEntry(entry)) return undefined
      const answer: CachedAnswer = { ...entry, model: undefined }
      this.#memory.set(key, answer)
      return answer
    } catch {
      // Missing or unreadable: the query is asked anew.
      return undefined
    }
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    value.status === 'unsat' &&
    'solver' in value &&
    typeof value.solver === 'string'
  )
}

export function hashOf(query: string): string {
  return createHash('sha256').update(query).digest('hex')
}
