/**
 * What earlier packets may have left in the NF's memory and globals, and parts of addresses that lie where they were
 * stored: variables of their own, told by their names. A
 * decision, an argument of libVig or an output that mentions one is state kept outside libVig.
 */
import type { Path, Place } from '../../domains/symbolic/path.js'
import { bitVecSort, type Term, type Terms, variablesOf } from '../../smt/index.js'

const BYTE = /^(nf|second)\.memory\.0x[0-9a-f]+$/
const ADDRESS = /^address\.byte(!\d+)?$/
const GLOBAL = /^(nf|second)\.global\.\d+$/

/** Whose memory it is: what two network functions left on one path is not the same. */
export type Owner = 'nf' | 'second'

/** The byte at an address as an earlier packet may have left it. */
export function leftByte(terms: Terms, address: number, owner: Owner = 'nf'): Term {
  return terms.variable(`${owner}.memory.0x${address.toString(16)}`, bitVecSort(8))
}

/** A global as an earlier packet may have left it. */
export function leftGlobal(terms: Terms, index: number, width: number, owner: Owner = 'nf'): Term {
  return terms.variable(`${owner}.global.${index}`, bitVecSort(width))
}

/** A byte of an address that libVig gave: any number, on which nothing may depend. */
export function addressByte(path: Path): Term {
  return path.fresh('address.byte', bitVecSort(8))
}

/** The names of what earlier packets left that a term mentions. */
export function leftoversIn(...found: readonly Term[]): string[] {
  return variablesOf(found).flatMap(({ symbol }) => {
    const name = symbol?.name ?? ''
    return BYTE.test(name) || GLOBAL.test(name) || ADDRESS.test(name) ? [name] : []
  })
}

/** Where something depends on what an earlier packet left. */
export interface Leftover {
  readonly what: string
  readonly names: readonly string[]
  readonly place: Place | undefined
}

/** Collects them along one run. */
export class Leftovers {
  readonly found: Leftover[] = []
  readonly #clean = new Set<Term>()
  #isOff: boolean

  /** `isOff`: nothing is left, so nothing is looked for. */
  constructor(isOff: boolean) {
    this.#isOff = isOff
  }

  /** There is something now. */
  begin(): void {
    this.#isOff = false
  }

  note(what: string, term: Term, place: Place | undefined): void {
    if (this.#isOff || this.#clean.has(term)) return
    const names = leftoversIn(term)
    if (names.length === 0) this.#clean.add(term)
    else this.found.push({ what, names, place })
  }
}
