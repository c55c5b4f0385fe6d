/**
 * What follows from the facts of a path, as `Knowledge` tells it, remembered for the paths that begin with the same facts:
 * a path is run again from the start, and what it asks on the way was answered on the last one.
 */
import { Knowledge, type Term, type Terms } from '../../smt/index.js'

/** After some facts, one after the other: what was asked there. */
class Station {
  /** The last one of the facts; undefined at the start. */
  readonly fact: Term | undefined
  readonly values = new Map<Term, boolean | undefined>()
  readonly rests = new Map<Term, Term>()
  /** What is known there, where another path is to go on from it. It learns nothing more. */
  kept: Knowledge | undefined

  constructor(fact?: Term) {
    this.fact = fact
  }
}

type Trail = Station[]

/** Paths are mostly explored depth first: the next one parts from one of the last. */
const REMEMBERED = 6

interface Memory {
  readonly start: Station
  /** Of the last paths, the latest first. */
  readonly trails: Trail[]
}

const memories = new WeakMap<Terms, Memory>()

/** Answers as `Knowledge` does that was settled before each fact that it learned. */
export class Recalled {
  readonly #terms: Terms
  readonly #trail: Trail
  /** Those of other paths that have had the same facts so far. */
  #guides: readonly Trail[]
  #at: Station
  /** Of all facts so far, once something was asked that was not asked before. */
  #knowledge: Knowledge | undefined

  constructor(terms: Terms) {
    this.#terms = terms
    const { start, trails } = memoryOf(terms)
    this.#at = start
    this.#trail = [start]
    this.#guides = [...trails]
    trails.unshift(this.#trail)
    trails.splice(REMEMBERED)
  }

  /** See `Knowledge`. */
  valueOf(condition: Term): boolean | undefined {
    const { values, rests } = this.#at
    const known = values.get(condition)
    if (known !== undefined || values.has(condition)) return known
    const rest = rests.get(condition)
    if (rest?.isConstant === true) return rest.op === 'true'
    const found = this.#live.valueOf(condition)
    values.set(condition, found)
    return found
  }

  /** See `Knowledge`. */
  rest(condition: Term): Term {
    const { rests } = this.#at
    const known = rests.get(condition)
    if (known !== undefined) return known
    const found = this.#live.rest(condition)
    rests.set(condition, found)
    return found
  }

  learn(fact: Term): void {
    const at = this.#trail.length
    this.#guides = this.#guides.filter((trail) => trail[at]?.fact === fact)
    this.#at = this.#guides[0]?.[at] ?? new Station(fact)
    this.#trail.push(this.#at)
    if (this.#knowledge !== undefined) learned(this.#knowledge, fact)
  }

  /** Another path is going to part from this one here. */
  keep(): void {
    if (this.#knowledge !== undefined) this.#at.kept ??= this.#knowledge.copy()
  }

  get #live(): Knowledge {
    this.#knowledge ??= this.#found()
    return this.#knowledge
  }

  #found(): Knowledge {
    const from = this.#trail.findLastIndex(({ kept }) => kept !== undefined)
    const knowledge = this.#trail[from]?.kept?.copy() ?? new Knowledge(this.#terms)
    for (const { fact } of this.#trail.slice(from + 1)) if (fact !== undefined) learned(knowledge, fact)
    return knowledge
  }
}

/** Always in the same way: what is told must not depend on what was asked in between. */
function learned(knowledge: Knowledge, fact: Term): void {
  knowledge.settle()
  knowledge.learn(fact)
}

function memoryOf(terms: Terms): Memory {
  const known = memories.get(terms)
  if (known !== undefined) return known
  const memory = { start: new Station(), trails: [] }
  memories.set(terms, memory)
  return memory
}
