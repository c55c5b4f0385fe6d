/**
 * What an allocation costs where its size is a term: libVig's own `<structure>_cost` in the stepper, on terms. It computes
 * from its arguments alone; anything else that it would do ends the path as undecidable.
 */
import type { Allocatable } from '../../contracts/index.js'
import { exactSigned } from '../../domains/symbolic/exact.js'
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Term, Terms } from '../../smt/index.js'
import { instantiate, type Memory, type Module, Stepper, Store } from '../../wasm/index.js'
import { SymbolicDomain } from './domain.js'
import { ending } from './linked.js'
import { bitsOf, type MachineValue } from './value.js'

/** Instructions of a cost function: it has no loop. */
const MOST_STEPS = 1000

export function costOnPath(libvig: Module, path: Path, structure: Allocatable, sizes: readonly Integer[]): Integer {
  const integers = new Integers(path.terms)
  const what = `${structure}_cost`
  const store = new Store<MachineValue>(new SymbolicDomain(path, { place: () => undefined, onDecision: () => {} }))
  const wanted = libvig.imports.find((each) => each.what.kind === 'memory')?.what
  const pages = wanted?.kind === 'memory' ? wanted.type.least : 1
  const env = new Map([['memory', { kind: 'memory' as const, memory: new NoMemory(path.terms, pages) }]])
  const { instance, outcome } = instantiate(store, libvig, new Map([['env', env]]))
  if (outcome.kind !== 'returned') throw new Undecidable(`libVig cannot be instantiated: ${ending(outcome)}`)
  const callee = instance.exports.get(what)
  if (callee?.kind !== 'wasm') throw new Error(`libVig has no function ${what}`)
  const ended = new Stepper(store, { steps: MOST_STEPS }).call(
    callee,
    sizes.map((size) => integers.bits(size, 32)),
  )
  if (ended.kind !== 'returned') throw new Undecidable(`${what} on terms: ${ending(ended)}`)
  const [cost] = ended.values
  return exactSigned(integers, bitsOf(cost ?? path.terms.bv(0, 64), what))
}

/** libVig's data goes nowhere: a cost does not depend on it. */
class NoMemory implements Memory<MachineValue> {
  readonly pages: number
  readonly most: number
  readonly #terms: Terms

  constructor(terms: Terms, pages: number) {
    this.#terms = terms
    this.pages = pages
    this.most = pages
  }

  init(): void {}

  size(): Term {
    return this.#terms.bv(this.pages, 32)
  }

  load(): never {
    return refused()
  }

  store(): never {
    return refused()
  }

  grow(): never {
    return refused()
  }

  copy(): never {
    return refused()
  }

  fill(): never {
    return refused()
  }
}

function refused(): never {
  throw new Undecidable('a cost that depends on memory')
}
