/** A frame as a base function of the offset and a log of what was written over it: see frame.ts. */
import { bitVecSort, type FunctionSymbol, type Term } from '../../smt/index.js'
import type { Frame } from './frame.js'
import type { Integer } from './integer.js'
import { type Entry, Log } from './log.js'
import type { Scope } from './scope.js'

interface Written {
  readonly kind: 'write'
  readonly offset: Term
  /** A whole number of bytes, the first in the highest bits. */
  readonly value: Term
}

type State = Entry<Written> | undefined

const OFFSET_BITS = 32
/** No packet is longer than 65,535 bytes, so the base needs no more of an offset. */
const PLACE = bitVecSort(16)
const BYTE = bitVecSort(8)
/** 16-bit words of at most 65,535 bytes, added. */
const SUM = bitVecSort(31)

/** What all copies of one frame share. */
interface Base {
  readonly scope: Pick<Scope, 'path' | 'integers'>
  readonly name: string
  readonly length: Term
  readonly log: Log<Written>
  /** By read and write: whether they are known not to touch each other. */
  readonly apart: Map<string, boolean>
  /** By the function that words were added by: what had been written before. */
  readonly summed: Map<string, State>
}

export class WrittenFrame implements Frame {
  readonly length: Term
  readonly #base: Base
  #state: State

  private constructor(base: Base, state: State) {
    this.length = base.length
    this.#base = base
    this.#state = state
  }

  /** A frame of which nothing is known; its functions are named after it. `length`: 16 bits. */
  static arbitrary(scope: Pick<Scope, 'path' | 'integers'>, name: string, length: Term): WrittenFrame {
    return new WrittenFrame({ scope, name, length, log: new Log(), apart: new Map(), summed: new Map() }, undefined)
  }

  copy(): WrittenFrame {
    return new WrittenFrame(this.#base, this.#state)
  }

  /** The frame as it was before anything was written. */
  original(): WrittenFrame {
    return new WrittenFrame(this.#base, undefined)
  }

  spliced(): undefined {
    return undefined
  }

  read(offset: Term, size: number): Term {
    const { terms } = this.#base.scope.path
    const blocks: Entry<Written>[] = []
    for (let entry = this.#state; entry !== undefined; entry = entry.before) {
      if (!this.#isApart(offset, size, entry)) blocks.push(entry)
    }
    const bytes = Array.from({ length: size }, (_, at) => this.#byte(terms.add(offset, this.#offset(at)), blocks, 0))
    return terms.concat(...bytes)
  }

  write(offset: Term, value: Term): void {
    this.#state = this.#base.log.push(this.#state, { kind: 'write', offset, value }, [offset, value])
  }

  get writes(): readonly { readonly offset: Term; readonly byte: Term }[] {
    const { terms } = this.#base.scope.path
    const blocks: { offset: Term; byte: Term }[][] = []
    for (let entry = this.#state; entry !== undefined; entry = entry.before) {
      const { offset, value } = entry.update
      const size = value.width / 8
      blocks.unshift(
        Array.from({ length: size }, (_, at) => ({
          offset: terms.add(offset, this.#offset(at)),
          byte: terms.byte(size - 1 - at, value),
        })),
      )
    }
    return blocks.flat()
  }

  wordSum(start: Term, end: Term): Integer {
    const { scope, name } = this.#base
    const { terms } = scope.path
    const function_ = this.#state === undefined ? `${name}.sum` : `${name}.sum.${this.#state.id}`
    this.#base.summed.set(function_, this.#state)
    const sum = terms.declareFunction(function_, [bitVecSort(OFFSET_BITS), bitVecSort(OFFSET_BITS)], SUM)
    return scope.integers.unsigned(terms.apply(sum, start, end))
  }

  /** The frame as it was when words of it were added, of a term that is such a sum; undefined for any other. */
  summedIn({ symbol }: Term): WrittenFrame | undefined {
    const { summed } = this.#base
    return symbol !== undefined && summed.has(symbol.name)
      ? new WrittenFrame(this.#base, summed.get(symbol.name))
      : undefined
  }

  /** The base function: from offsets, 16 bits, to bytes. */
  get byteSymbol(): FunctionSymbol {
    const { scope, name } = this.#base
    return scope.path.terms.declareFunction(`${name}.byte`, [PLACE], BYTE)
  }

  #offset(at: number): Term {
    return this.#base.scope.path.terms.bv(at, OFFSET_BITS)
  }

  /** The byte at `offset`, where the blocks from `index` on, newest first, may have been written over it. */
  #byte(offset: Term, blocks: readonly Entry<Written>[], index: number): Term {
    const { terms } = this.#base.scope.path
    const block = blocks[index]
    if (block === undefined) return terms.apply(this.byteSymbol, terms.extract(PLACE.width - 1, 0, offset))
    const { value } = block.update
    const size = value.width / 8
    // Offsets do not wrap: an access that would is outside the packet.
    const distance = terms.sub(offset, block.update.offset)
    if (distance.op === 'bv') {
      if (distance.value >= BigInt(size)) return this.#byte(offset, blocks, index + 1)
      return terms.byte(size - 1 - Number(distance.value), value)
    }
    let found = this.#byte(offset, blocks, index + 1)
    for (let at = 0; at < size; at++) {
      found = terms.ite(terms.eq(distance, this.#offset(at)), terms.byte(size - 1 - at, value), found)
    }
    return found
  }

  /** Whether `size` bytes from `offset` on are known to have nothing in common with what was written. */
  #isApart(offset: Term, size: number, { id, update }: Entry<Written>): boolean {
    const { scope, apart } = this.#base
    const { terms } = scope.path
    const distance = terms.sub(offset, update.offset)
    const isPast = terms.uge(distance, terms.bv(update.value.width / 8, OFFSET_BITS))
    const isBefore = terms.ule(distance, terms.bv((1n << BigInt(OFFSET_BITS)) - BigInt(size), OFFSET_BITS))
    const holds = terms.and(isPast, isBefore)
    if (holds.isConstant) return holds === terms.true
    const name = `${offset.id} ${size} ${id}`
    const known = apart.get(name)
    if (known !== undefined) return known
    const found = scope.path.proves(holds)
    apart.set(name, found)
    return found
  }
}
