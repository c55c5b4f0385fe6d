/**
 * Models that differ: from one model of some facts, others that satisfy them as well, with the variables and packet bytes
 * that some terms look at changed at random wherever the facts allow it. Found by trying, without a solver.
 */
import { Evaluator, type FunctionSymbol, FunctionValue, Model, reachable, type Term } from '../smt/index.js'

type Change =
  | { readonly kind: 'byte'; readonly symbol: FunctionSymbol; readonly at: bigint }
  | { readonly kind: 'variable'; readonly symbol: FunctionSymbol; readonly width: number }

/** How often everything is changed at once before it is changed one by one. */
const ATTEMPTS_AT_ONCE = 2

export class Variation {
  readonly #facts: readonly Term[]
  readonly #random: () => number
  #model: Model

  constructor(model: Model, facts: readonly Term[], random: () => number) {
    this.#model = model
    this.#facts = facts
    this.#random = random
  }

  /** A model in which what these terms look at is changed. */
  of(terms: readonly Term[]): Model {
    const changes = this.#changesOf(terms)
    for (let attempt = 0; attempt < ATTEMPTS_AT_ONCE; attempt++) if (this.#try(changes)) return this.#model
    for (const change of changes) this.#try([change])
    return this.#model
  }

  #changesOf(terms: readonly Term[]): Change[] {
    const evaluator = new Evaluator(this.#model)
    const bytes = new Map<FunctionSymbol, Set<bigint>>()
    const variables = new Map<FunctionSymbol, number>()
    for (const { op, symbol, args, width } of reachable(terms)) {
      const [at] = args
      if (op === 'var' && symbol !== undefined && width > 0) variables.set(symbol, width)
      if (op !== 'apply' || symbol === undefined || !isBytes(symbol) || at === undefined) continue
      const offset = evaluator.value(at)
      if (typeof offset !== 'bigint') continue
      const known = bytes.get(symbol)
      if (known === undefined) bytes.set(symbol, new Set([offset]))
      else known.add(offset)
    }
    return [
      ...[...variables].map(([symbol, width]) => ({ kind: 'variable', symbol, width }) as const),
      ...[...bytes].flatMap(([symbol, offsets]) => [...offsets].map((at) => ({ kind: 'byte', symbol, at }) as const)),
    ]
  }

  /** Makes the changes, unless some fact would not hold any more. */
  #try(changes: readonly Change[]): boolean {
    const changed = new Model()
    for (const [symbol, value] of this.#model.variables) changed.variables.set(symbol, value)
    for (const [symbol, value] of this.#model.functions) changed.functions.set(symbol, value)
    const bytes = new Map<FunctionSymbol, FunctionValue>()
    for (const change of changes) {
      const { symbol } = change
      if (change.kind === 'variable') changed.variables.set(symbol, this.#number(change.width))
      else {
        const table = bytes.get(symbol) ?? new FunctionValue(this.#model.functions.get(symbol)?.fallback ?? 0n)
        bytes.set(symbol, table)
        table.define([change.at], this.#number(8))
      }
    }
    for (const [symbol, table] of bytes) {
      // What is not changed stays.
      for (const { args, result } of this.#model.functions.get(symbol)?.points() ?? []) table.define(args, result)
      changed.functions.set(symbol, table)
    }
    const evaluator = new Evaluator(changed)
    if (!this.#facts.every((fact) => evaluator.holds(fact))) return false
    this.#model = changed
    return true
  }

  /** At random, small ones as often as large ones: indices and ports are mostly small. */
  #number(width: number): bigint {
    const bits = 1 + Math.floor(this.#random() * width)
    let number = 0n
    for (let i = 0; i < bits; i++) number = 2n * number + BigInt(this.#random() < 0.5 ? 0 : 1)
    return number
  }
}

/** Whether a function gives the bytes of a packet. */
function isBytes({ name }: FunctionSymbol): boolean {
  return /^packet\.byte(@|$)/.test(name)
}
