/** Values of terms, and models: assignments of values to variables, functions and arrays. */
import type { ArraySort, Sort } from './sorts.js'
import type { FunctionSymbol } from './term.js'

/** Bool: boolean. BitVec: its unsigned value. Int: the integer. Array: ArrayValue. */
export type Value = boolean | bigint | ArrayValue

/**
 * An array: `fallback` everywhere but at the given indices. Immutable, and in one form: where the index sort is so
 * small that most indices are given, `fallback` is the most frequent element.
 */
export class ArrayValue {
  readonly sort: ArraySort
  readonly fallback: Value
  /** Elements by `valueKey` of their index, with the index; none equals the fallback. */
  readonly elements: ReadonlyMap<string, readonly [index: Value, element: Value]>

  /** Of two elements for one index the later one counts. */
  constructor(sort: ArraySort, fallback: Value, elements: Iterable<readonly [index: Value, element: Value]> = []) {
    const byKey = new Map<string, readonly [Value, Value]>()
    for (const pair of elements) byKey.set(valueKey(pair[0]), pair)
    this.sort = sort
    this.fallback = mostFrequent(sort.index, fallback, byKey)
    if (this.fallback !== fallback) {
      for (const index of indicesOf(sort.index)) {
        const key = valueKey(index)
        if (!byKey.has(key)) byKey.set(key, [index, fallback])
      }
    }
    for (const [key, [, element]] of byKey) if (sameValue(element, this.fallback)) byKey.delete(key)
    this.elements = byKey
  }

  at(index: Value): Value {
    const pair = this.elements.get(valueKey(index))
    return pair === undefined ? this.fallback : pair[1]
  }

  with(index: Value, element: Value): ArrayValue {
    return new ArrayValue(this.sort, this.fallback, [...this.elements.values(), [index, element]])
  }
}

/** How many indices a sort has; undefined stands for more than any array of ours stores. */
function indexCount(sort: Sort): number | undefined {
  if (sort.kind === 'bool') return 2
  return sort.kind === 'bitvec' && sort.width <= 24 ? 2 ** sort.width : undefined
}

function* indicesOf(sort: Sort): Generator<Value> {
  if (sort.kind === 'bool') yield* [false, true]
  else for (let index = 0; index < (indexCount(sort) ?? 0); index++) yield BigInt(index)
}

function mostFrequent(index: Sort, fallback: Value, given: ReadonlyMap<string, readonly [Value, Value]>): Value {
  const count = indexCount(index)
  if (count === undefined || given.size * 2 < count) return fallback
  const frequency = new Map<string, [Value, number]>([[valueKey(fallback), [fallback, count - given.size]]])
  for (const [, element] of given.values()) {
    const key = valueKey(element)
    const known = frequency.get(key)
    if (known === undefined) frequency.set(key, [element, 1])
    else known[1]++
  }
  const [best] = [...frequency].sort(([a, [, m]], [b, [, n]]) => n - m || (a < b ? -1 : 1))
  return best === undefined ? fallback : best[1][0]
}

/** A string that two values of one sort share exactly when they are equal. */
export function valueKey(value: Value): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return value.toString(16)
  const elements = [...value.elements].map(([key, [, element]]) => `${key}:${valueKey(element)}`)
  return `[${elements.sort().join(',')};${valueKey(value.fallback)}]`
}

export function sameValue(a: Value, b: Value): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && valueKey(a) === valueKey(b))
}

/** False, 0, or the array of such values everywhere. */
export function zeroOf(sort: Sort): Value {
  switch (sort.kind) {
    case 'bool':
      return false
    case 'int':
    case 'bitvec':
      return 0n
    case 'array':
      return new ArrayValue(sort, zeroOf(sort.element))
  }
}

/** An uninterpreted function: a table of points, and `fallback` elsewhere. */
export class FunctionValue {
  readonly fallback: Value
  readonly #points = new Map<string, { readonly args: readonly Value[]; readonly result: Value }>()

  constructor(fallback: Value) {
    this.fallback = fallback
  }

  /** Fixes one point; false, and nothing changes, where it is fixed to another value already. */
  define(args: readonly Value[], result: Value): boolean {
    const key = args.map(valueKey).join(' ')
    const known = this.#points.get(key)
    if (known !== undefined) return sameValue(known.result, result)
    this.#points.set(key, { args, result })
    return true
  }

  at(args: readonly Value[]): Value {
    return this.#points.get(args.map(valueKey).join(' '))?.result ?? this.fallback
  }

  points(): Iterable<{ readonly args: readonly Value[]; readonly result: Value }> {
    return this.#points.values()
  }
}

/** An assignment. What is not in it is false, 0, or an array or function of such. */
export class Model {
  readonly variables = new Map<FunctionSymbol, Value>()
  readonly functions = new Map<FunctionSymbol, FunctionValue>()

  variable(symbol: FunctionSymbol): Value {
    return this.variables.get(symbol) ?? zeroOf(symbol.range)
  }

  apply(symbol: FunctionSymbol, args: readonly Value[]): Value {
    return this.functions.get(symbol)?.at(args) ?? zeroOf(symbol.range)
  }

  /** The table of `symbol`, made empty with a zero fallback where there is none. */
  table(symbol: FunctionSymbol): FunctionValue {
    const known = this.functions.get(symbol)
    if (known !== undefined) return known
    const made = new FunctionValue(zeroOf(symbol.range))
    this.functions.set(symbol, made)
    return made
  }
}
