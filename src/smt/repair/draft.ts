/**
 * A model being changed. A place is a variable, or a function at some arguments; each of its bits is given a value once at
 * most, so that changes come to an end, and changes can be undone.
 */
import { Evaluator } from '../evaluate.js'
import type { FunctionSymbol, Term } from '../term.js'
import { FunctionValue, Model, sameValue, type Value, valueKey } from '../value.js'

interface Place {
  readonly symbol: FunctionSymbol
  readonly args: readonly Value[]
}

interface Change {
  readonly key: string
  readonly place: Place
  readonly value: Value
  /** Bits that were given a value, of numbers. */
  readonly given: bigint
  readonly before: Change | undefined
}

export class Draft {
  readonly #model: Model
  readonly #changed = new Map<string, Change>()
  readonly #log: Change[] = []
  #evaluator: Evaluator
  /** Changes that may still be made, undone ones among them. */
  #patience: number

  constructor(model: Model, patience: number) {
    this.#model = model
    this.#patience = patience
    this.#evaluator = new Evaluator(this)
  }

  variable(symbol: FunctionSymbol): Value {
    return this.#changed.get(keyOf(symbol, []))?.value ?? this.#model.variable(symbol)
  }

  apply(symbol: FunctionSymbol, args: readonly Value[]): Value {
    return this.#changed.get(keyOf(symbol, args))?.value ?? this.#model.apply(symbol, args)
  }

  value(term: Term): Value {
    return this.#evaluator.value(term)
  }

  holds(term: Term): boolean {
    return this.#evaluator.holds(term)
  }

  /**
   * Gives a variable, or a function at the arguments that it has now, a value: of a number, the bits of `mask`. False where
   * some of them were given another before, or patience is at its end.
   */
  set(term: Term, value: Value, mask = -1n): boolean {
    const { symbol } = term
    if (symbol === undefined || this.#patience <= 0) return false
    const args = term.args.map((arg) => this.value(arg))
    const key = keyOf(symbol, args)
    const before = this.#changed.get(key)
    const present = this.value(term)
    if (before !== undefined && !agree(before.given & mask, present, value)) return false
    this.#patience--
    const given = (before?.given ?? 0n) | mask
    const next = typeof value === 'bigint' && typeof present === 'bigint' ? merged(present, value, mask) : value
    const change = { key, place: { symbol, args }, value: next, given, before }
    this.#log.push(change)
    this.#changed.set(key, change)
    if (!sameValue(present, next)) this.#evaluator = new Evaluator(this)
    return true
  }

  /** To be gone back to. */
  get size(): number {
    return this.#log.length
  }

  backTo(size: number): void {
    if (this.#log.length === size) return
    for (let last = this.#log.pop(); last !== undefined; last = this.#log.pop()) {
      if (last.before === undefined) this.#changed.delete(last.key)
      else this.#changed.set(last.key, last.before)
      if (this.#log.length === size) break
    }
    this.#evaluator = new Evaluator(this)
  }

  finished(): Model {
    const made = new Model()
    for (const [symbol, value] of this.#model.variables) made.variables.set(symbol, value)
    for (const [symbol, table] of this.#model.functions) made.functions.set(symbol, table)
    const tables = new Map<FunctionSymbol, FunctionValue>()
    for (const { place, value } of this.#changed.values()) {
      const { symbol, args } = place
      if (args.length === 0) made.variables.set(symbol, value)
      else {
        const table = tables.get(symbol) ?? new FunctionValue(made.table(symbol).fallback)
        tables.set(symbol, table)
        table.define(args, value)
      }
    }
    for (const [symbol, table] of tables) {
      // What is defined already stays.
      for (const { args, result } of made.table(symbol).points()) table.define(args, result)
      made.functions.set(symbol, table)
    }
    return made
  }
}

function agree(mask: bigint, present: Value, value: Value): boolean {
  if (typeof present !== 'bigint' || typeof value !== 'bigint') return sameValue(present, value)
  return ((present ^ value) & mask) === 0n
}

function merged(present: bigint, value: bigint, mask: bigint): bigint {
  return present ^ ((present ^ value) & mask)
}

function keyOf({ id }: FunctionSymbol, args: readonly Value[]): string {
  return `${id} ${args.map(valueKey).join(' ')}`
}
