/** The NF's own data and stack: bytes at addresses that are known, 0 unless something else is said. */

import { NF_DATA_START, NF_STACK_START } from '../../nf/memory-map.js'
import type { Term, Terms } from '../../smt/index.js'
import { Pointer } from './value.js'

/** One byte of a pointer that lies in memory: 0 is the lowest. */
export interface PointerByte {
  readonly pointer: Pointer
  readonly index: number
}

export type Cell = Term | PointerByte

export function isPointerByte(cell: Cell): cell is PointerByte {
  return 'pointer' in cell
}

export const POINTER_SIZE = 4

export function cellsOf(terms: Terms, content: Term | Pointer): Cell[] {
  if (content instanceof Pointer) {
    return Array.from({ length: POINTER_SIZE }, (_, index) => ({ pointer: content, index }))
  }
  const size = content.width / 8
  return Array.from({ length: size }, (_, at) => terms.byte(size - 1 - at, content))
}

/** What consecutive cells hold: bits, the first byte in the highest, or a whole pointer; undefined for parts of one. */
export function contentOf(terms: Terms, cells: readonly Cell[]): Term | Pointer | undefined {
  const bits = cells.flatMap((cell) => (isPointerByte(cell) ? [] : [cell]))
  if (bits.length === cells.length) return terms.concat(...bits)
  const [first] = cells
  if (first === undefined || !isPointerByte(first) || cells.length !== POINTER_SIZE) return undefined
  const { pointer } = first
  const isWhole = cells.every((cell, at) => isPointerByte(cell) && cell.pointer === pointer && cell.index === at)
  return isWhole ? pointer : undefined
}

export class NfMemory {
  readonly #terms: Terms
  readonly #cells: Map<number, Cell>

  /** `cells`: what is not 0. */
  constructor(terms: Terms, cells: ReadonlyMap<number, Cell> = new Map()) {
    this.#terms = terms
    this.#cells = new Map(cells)
  }

  /** Whether the bytes are the NF's: data or stack. */
  static owns(address: number, size: number): boolean {
    return address >= NF_DATA_START && address + size <= NF_STACK_START
  }

  at(address: number): Cell {
    return this.#cells.get(address) ?? this.#terms.bv(0, 8)
  }

  read(address: number, size: number): Cell[] {
    return Array.from({ length: size }, (_, at) => this.at(address + at))
  }

  write(address: number, cells: readonly Cell[]): void {
    for (const [at, cell] of cells.entries()) this.#cells.set(address + at, cell)
  }

  get cells(): ReadonlyMap<number, Cell> {
    return this.#cells
  }

  /** Addresses whose bytes are not the same in `before`. */
  changedSince(before: NfMemory): number[] {
    const addresses = new Set([...this.#cells.keys(), ...before.#cells.keys()])
    return [...addresses].filter((address) => !sameCell(this.at(address), before.at(address))).sort((a, b) => a - b)
  }
}

function sameCell(a: Cell, b: Cell): boolean {
  if (isPointerByte(a) || isPointerByte(b)) {
    return isPointerByte(a) && isPointerByte(b) && a.pointer === b.pointer && a.index === b.index
  }
  return a === b
}
