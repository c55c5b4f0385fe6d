/**
 * Choices of libVig that two runs on one path share: the second takes what the first was given. The n-th choice of an
 * operation on some structures is that of the n-th such call of the other run. So that neither run has behaviours that
 * the other has not, exactly the same numbers must be allowed in both calls; this is shown at one of which nothing is
 * known.
 */
import type { Integer, Integers } from '../../domains/symbolic/integer.js'
import { type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term } from '../../smt/index.js'

interface Choice {
  readonly operation: string
  /** Whether the contract allows a number. Holds for the moment of the call only, so it is asked at once. */
  readonly allowed: (number: Integer) => Term
}

/** The choices of one call, on the structures that it names. */
export type CallChoices =
  | { readonly kind: 'noted'; note(choice: Choice & { readonly chosen: Integer }): void }
  | { readonly kind: 'taken'; take(choice: Choice & { readonly place: Place | undefined }): Integer }

interface Made {
  readonly chosen: Integer
  /** Any number, and whether it was allowed. */
  readonly other: Integer
  readonly isOtherAllowed: Term
}

const WORD = 32

export class SharedChoices {
  readonly #path: Path
  readonly #integers: Integers
  readonly #made = new Map<string, Made[]>()
  readonly #taken = new Map<string, number>()

  constructor(path: Path, integers: Integers) {
    this.#path = path
    this.#integers = integers
  }

  /** For a call of the first run. */
  noted(structures: string): CallChoices {
    return {
      kind: 'noted',
      note: ({ operation, chosen, allowed }) => {
        const other = this.#integers.unsigned(this.#path.fresh(`${operation}.other`, bitVecSort(WORD)))
        const name = `${operation} ${structures}`
        const made = { chosen, other, isOtherAllowed: allowed(other) }
        this.#made.set(name, [...(this.#made.get(name) ?? []), made])
      },
    }
  }

  /** For a call of the second run. */
  taken(structures: string): CallChoices {
    return {
      kind: 'taken',
      take: ({ operation, allowed, place }) => {
        const name = `${operation} ${structures}`
        const number = this.#taken.get(name) ?? 0
        this.#taken.set(name, number + 1)
        const made = this.#made.get(name)?.[number]
        if (made === undefined) throw new Undecidable(`${operation} chooses what the other run does not`, place)
        const oblige = (what: string, holds: Term): void =>
          this.#path.oblige({ guarantee: 'state', what: `${operation}: ${what}`, place, holds })
        oblige('what the other run chose may be chosen', allowed(made.chosen))
        oblige('the same may be chosen', this.#path.terms.iff(allowed(made.other), made.isOtherAllowed))
        return made.chosen
      },
    }
  }
}
