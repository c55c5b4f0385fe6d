/** The record of judged mutants: a file of JSON lines, so that a run goes on where an earlier one ended. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What an outcome was found for: with another binary, libVig or specification it is another one. */
export interface Key {
  readonly binary: string
  readonly libvig: string
  readonly spec: string
}

/** `O`: what is found of a mutant. */
export class Outcomes<O extends { readonly number: number }> {
  readonly #file: string
  readonly #key: Key
  readonly #found = new Map<number, O>()

  /** `isFresh`: what is in the file does not count. */
  constructor(file: string, key: Key, isFresh: boolean) {
    this.#file = file
    this.#key = key
    mkdirSync(dirname(file), { recursive: true })
    if (isFresh || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const entry = entryOf<O>(line)
      if (entry !== undefined && isSame(entry.key, key)) this.#found.set(entry.outcome.number, entry.outcome)
    }
  }

  get(number: number): O | undefined {
    return this.#found.get(number)
  }

  add(outcome: O): void {
    this.#found.set(outcome.number, outcome)
    appendFileSync(this.#file, `${JSON.stringify({ key: this.#key, outcome })}\n`)
  }
}

interface Entry<O> {
  readonly key: Key
  readonly outcome: O
}

/** The last line may have been cut short. */
function entryOf<O>(line: string): Entry<O> | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isSame(a: Key, b: Key): boolean {
  return a.binary === b.binary && a.libvig === b.libvig && a.spec === b.spec
}
