/** Cells of arrays that are known by name: which of them an address is a part of, whatever the index of the name is. */
import { Evaluator, type Term, type Terms, type Value } from '../../smt/index.js'
import type { Naming } from './naming.js'

/** Cells one after the other, known by name. */
export interface CellArray {
  readonly start: number
  readonly stride: number
  readonly names: Naming
}

export interface Named extends CellArray {
  /** By name: bytes by their offset. */
  readonly cells: readonly Map<number, Term>[]
}

export function namedAt(arrays: readonly Named[], address: number): Named | undefined {
  return arrays.find(({ start, stride, names }) => start <= address && address < start + stride * names.count)
}

/** Each byte is that of the name whose index it is. */
export function bytesByAddress(
  terms: Terms,
  { start, stride, names, cells }: Named,
): readonly (readonly [number, Term])[] {
  const zero = terms.bv(0, 8)
  const byteAt = (index: number, at: number): Term =>
    cells.reduce(
      (found, cell, name) => terms.ite(names.is(terms.bv(index, 32), name), cell.get(at) ?? zero, found),
      zero,
    )
  return names.indices.flatMap((_, index) =>
    Array.from({ length: stride }, (_, at) => [start + index * stride + at, byteAt(index, at)] as const),
  )
}

/** The part of a cell that an address is for every value that the variable can have; undefined where there is none. */
export function partOfCell(
  { start, stride, names }: CellArray,
  variable: Term,
  addressOf: (value: bigint) => number,
  size: number,
): { readonly name: number; readonly at: number } | undefined {
  for (const name of names.namesBy(variable)) {
    const parts = names.indicesOf(name).map(([value, index]) => addressOf(value) - start - index * stride)
    const [at = -1] = parts
    if (at >= 0 && at + size <= stride && parts.every((each) => each === at)) return { name, at }
  }
  return undefined
}

/** Addresses of one variable that is not known, and of those that were decided. */
export class AddressValues {
  readonly #known = new Map<Term['symbol'], bigint>()

  isKnown({ symbol }: Term): boolean {
    return this.#known.has(symbol)
  }

  know({ symbol }: Term, value: bigint): void {
    this.#known.set(symbol, value)
  }

  of(address: Term, variable: Term, value: bigint): number {
    const assigned = (symbol: Term['symbol']): Value => {
      const known = symbol === variable.symbol ? value : this.#known.get(symbol)
      if (known === undefined) throw new RangeError('a part of an address that is not known')
      return known
    }
    return Number(new Evaluator({ variable: assigned, apply: assigned }).value(address))
  }
}
