/** Models as plain data: what passes from the terms of one thread to those of another, where names tell what is meant. */
import { SortError } from './errors.js'
import type { Sort } from './sorts.js'
import type { FunctionSymbol } from './term.js'
import type { Terms } from './terms.js'
import { ArrayValue, FunctionValue, Model, type Value } from './value.js'

type PlainValue = boolean | bigint | PlainArray

interface PlainArray {
  readonly sort: ArrayValue['sort']
  readonly fallback: PlainValue
  readonly elements: readonly (readonly [index: PlainValue, element: PlainValue])[]
}

interface PlainTable {
  readonly fallback: PlainValue
  readonly points: readonly { readonly args: readonly PlainValue[]; readonly result: PlainValue }[]
}

/** May be cloned from thread to thread. */
export interface PlainModel {
  readonly variables: readonly { readonly name: string; readonly sort: Sort; readonly value: PlainValue }[]
  readonly functions: readonly (Pick<FunctionSymbol, 'name' | 'domain' | 'range'> & { readonly table: PlainTable })[]
}

export function plainModel({ variables, functions }: Model): PlainModel {
  return {
    variables: [...variables].map(([{ name, range }, value]) => ({ name, sort: range, value: plain(value) })),
    functions: [...functions].map(([{ name, domain, range }, table]) => ({
      name,
      domain,
      range,
      table: plainTable(table),
    })),
  }
}

/** The same values, of `terms`; without what is of another sort there. */
export function modelFrom(given: PlainModel, terms: Terms): Model {
  const model = new Model()
  for (const { name, sort, value } of given.variables) {
    const symbol = known(() => terms.variable(name, sort).symbol)
    if (symbol !== undefined) model.variables.set(symbol, fromPlain(value))
  }
  for (const { name, domain, range, table } of given.functions) {
    const symbol = known(() => terms.declareFunction(name, domain, range))
    if (symbol !== undefined) model.functions.set(symbol, tableOf(table))
  }
  return model
}

function known(find: () => FunctionSymbol | undefined): FunctionSymbol | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof SortError) return undefined
    throw error
  }
}

function plain(value: Value): PlainValue {
  if (typeof value !== 'object') return value
  const { sort, fallback, elements } = value
  const pairs = [...elements.values()].map(([index, element]) => [plain(index), plain(element)] as const)
  return { sort, fallback: plain(fallback), elements: pairs }
}

function plainTable(table: FunctionValue): PlainTable {
  const points = [...table.points()].map(({ args, result }) => ({ args: args.map(plain), result: plain(result) }))
  return { fallback: plain(table.fallback), points }
}

function fromPlain(value: PlainValue): Value {
  if (typeof value !== 'object') return value
  const { sort, fallback, elements } = value
  const pairs = elements.map(([index, element]) => [fromPlain(index), fromPlain(element)] as const)
  return new ArrayValue(sort, fromPlain(fallback), pairs)
}

function tableOf({ fallback, points }: PlainTable): FunctionValue {
  const table = new FunctionValue(fromPlain(fallback))
  for (const { args, result } of points) table.define(args.map(fromPlain), fromPlain(result))
  return table
}
