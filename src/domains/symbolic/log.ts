/**
 * Updates of a structure, newest first, as a list that never changes: a state is its newest entry, or undefined for the
 * base. Lists over one base are shared: the same updates in the same order, made by whomever, are the same entry. So
 * what depends on the whole state (how many entries an expiry erases) can be a function of it.
 */
import type { Term } from '../../smt/index.js'
import type { Integer } from './integer.js'

export interface Entry<U> {
  /** Among the entries over one base, in the order in which they were first made. */
  readonly id: number
  readonly update: U
  readonly before: Entry<U> | undefined
}

/** What tells one update from another. */
export type Part = Term | Integer | number | undefined

export class Log<U extends { readonly kind: string }> {
  readonly #entries = new Map<string, Entry<U>>()

  /** `parts`: what the update consists of, in an order fixed by its kind. */
  push(before: Entry<U> | undefined, update: U, parts: readonly Part[]): Entry<U> {
    const name = `${before?.id ?? ''} ${update.kind} ${parts.map(nameOf).join(' ')}`
    const known = this.#entries.get(name)
    if (known !== undefined) return known
    const made = { id: this.#entries.size + 1, update, before }
    this.#entries.set(name, made)
    return made
  }
}

function nameOf(part: Part): string {
  if (part === undefined) return '-'
  if (typeof part === 'number') return `n${part}`
  return 'term' in part ? `${part.term.id}[${part.lo},${part.hi}]` : `${part.id}`
}
