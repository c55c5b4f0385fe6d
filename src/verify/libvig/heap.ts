/**
 * Memory as libVig's own proof sees it: bytes at known addresses, in regions that a call may read or write. An address
 * that is not known is one of a few (of a cell, of a bucket): reading takes whichever it is, writing decides. Each
 * access is obliged to stay in a region that allows it, which is the frame of every operation.
 */
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import type { Term } from '../../smt/index.js'
import { type Access, type Memory, Trap } from '../../wasm/index.js'
import type { Watch } from '../machine/domain.js'
import { possibleValues } from '../machine/possible-values.js'
import { bitsOf, type MachineValue } from '../machine/value.js'

/** Addresses that are told apart. */
const MOST_ADDRESSES = 256
/** Longest memory.copy and memory.fill. */
const MOST_BYTES = 65_536
const PAGES = 289

export interface Region {
  /** What it is, for people. */
  readonly name: string
  readonly start: number
  /** The first byte after it. */
  readonly end: number
  readonly access: 'read' | 'write'
}

export class HeapMemory implements Memory<MachineValue> {
  readonly pages = PAGES
  readonly most = PAGES
  readonly #path: Path
  readonly #watch: Watch
  readonly #cells: Map<number, Term>
  /** None: everything may be written, as while a structure is made. */
  regions: readonly Region[] | undefined

  constructor(path: Path, watch: Watch, cells: ReadonlyMap<number, Term> = new Map()) {
    this.#path = path
    this.#watch = watch
    this.#cells = new Map(cells)
  }

  get cells(): ReadonlyMap<number, Term> {
    return this.#cells
  }

  /** `size` bytes as a little-endian number. */
  number(address: number, size: number): Term {
    const bytes = Array.from({ length: size }, (_, at) => this.#byte(address + size - 1 - at))
    return this.#path.terms.concat(...bytes)
  }

  /** `size` bytes, the first in the highest bits. */
  bytes(address: number, size: number): Term {
    return this.#path.terms.concat(...Array.from({ length: size }, (_, at) => this.#byte(address + at)))
  }

  setNumber(address: number, value: Term): void {
    for (let at = 0; at < value.width / 8; at++) this.#cells.set(address + at, this.#path.terms.byte(at, value))
  }

  setBytes(address: number, value: Term): void {
    const size = value.width / 8
    for (let at = 0; at < size; at++) this.#cells.set(address + at, this.#path.terms.byte(size - 1 - at, value))
  }

  load({ type, bytes, isSigned }: Access, address: MachineValue, offset: number): Term {
    const { terms } = this.#path
    const value = this.#read(bitsOf(address, 'an address'), offset, bytes)
    const width = type === 'i32' ? 32 : 64
    return isSigned ? terms.signExtendTo(width, value) : terms.zeroExtendTo(width, value)
  }

  store({ bytes }: Access, address: MachineValue, offset: number, value: MachineValue): void {
    const { terms } = this.#path
    const where = bitsOf(address, 'an address')
    const written = terms.extract(8 * bytes - 1, 0, bitsOf(value, 'a store'))
    const places = this.#places(where, offset, bytes, 'write')
    const [only] = places
    if (only === undefined) this.#refuse('writes', offset, bytes)
    if (places.length === 1) {
      this.setNumber(only, written)
      return
    }
    for (const place of places) {
      this.setNumber(place, terms.ite(this.#isAt(where, offset, place), written, this.number(place, bytes)))
    }
  }

  size(): Term {
    return this.#path.terms.bv(PAGES, 32)
  }

  grow(): Term {
    throw new Undecidable('memory.grow', this.#watch.place())
  }

  copy(to: MachineValue, from: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.copy')
    if (count === 0) return
    const start = bitsOf(from, 'memory.copy')
    const bytes = Array.from({ length: count }, (_, at) => this.#read(start, at, 1))
    const place = this.#placeToWrite(bitsOf(to, 'memory.copy'), 0, count)
    for (const [at, byte] of bytes.entries()) this.#cells.set(place + at, byte)
  }

  fill(to: MachineValue, value: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.fill')
    if (count === 0) return
    const byte = this.#path.terms.extract(7, 0, bitsOf(value, 'memory.fill'))
    const place = this.#placeToWrite(bitsOf(to, 'memory.fill'), 0, count)
    for (let at = 0; at < count; at++) this.#cells.set(place + at, byte)
  }

  init(to: MachineValue, bytes: Uint8Array, from: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.init')
    const place = bitsOf(to, 'memory.init')
    const start = bitsOf(from, 'memory.init')
    if (place.op !== 'bv' || start.op !== 'bv') throw new Undecidable('memory.init', this.#watch.place())
    for (let at = 0; at < count; at++) {
      this.#cells.set(Number(place.value) + at, this.#path.terms.bv(bytes[Number(start.value) + at] ?? 0, 8))
    }
  }

  #byte(address: number): Term {
    return this.#cells.get(address) ?? this.#path.terms.bv(0, 8)
  }

  #read(address: Term, offset: number, size: number): Term {
    const { terms } = this.#path
    const [first, ...others] = this.#places(address, offset, size, 'read')
    if (first === undefined) return this.#refuse('reads', offset, size)
    return others.reduce(
      (found, place) => terms.ite(this.#isAt(address, offset, place), this.number(place, size), found),
      this.number(first, size),
    )
  }

  #placeToWrite(address: Term, offset: number, size: number): number {
    const places = this.#places(address, offset, size, 'write')
    const last = places.at(-1)
    if (last === undefined) return this.#refuse('writes', offset, size)
    for (const place of places.slice(0, -1)) {
      if (this.#path.decide(this.#isAt(address, offset, place), this.#watch.place())) return place
    }
    return last
  }

  /** Where an access can be, of what it is allowed; obliges that it is there. */
  #places(address: Term, offset: number, size: number, access: Region['access']): readonly number[] {
    const { terms } = this.#path
    const values = possibleValues(terms, address, MOST_ADDRESSES)
    if (values === undefined) throw new Undecidable('an address that is not known', this.#watch.place())
    const places = values.map((value) => Number(value) + offset).sort((a, b) => a - b)
    const allowed = places.filter((place) => this.#allows(place, size, access))
    if (allowed.length < places.length) {
      const verb = access === 'read' ? 'reads' : 'writes'
      const what = `${verb} ${size} bytes only where it may`
      const holds = terms.any(allowed.map((place) => this.#isAt(address, offset, place)))
      this.#path.oblige({ guarantee: 'memory', what, place: this.#watch.place(), holds })
    }
    return allowed
  }

  #allows(start: number, size: number, access: Region['access']): boolean {
    if (this.regions === undefined) return true
    return this.regions.some(
      (region) =>
        region.start <= start && start + size <= region.end && (access === 'read' || region.access === access),
    )
  }

  #isAt(address: Term, offset: number, place: number): Term {
    return this.#path.terms.eq(address, this.#path.terms.bv(place - offset, 32))
  }

  #count(length: MachineValue, doing: string): number {
    const bits = bitsOf(length, doing)
    if (bits.op !== 'bv') throw new Undecidable(`${doing} of a length that is not known`, this.#watch.place())
    if (bits.value > BigInt(MOST_BYTES)) throw new Undecidable(`${doing} of ${bits.value} bytes`, this.#watch.place())
    return Number(bits.value)
  }

  /** Nothing after this has a meaning. */
  #refuse(verb: string, offset: number, size: number): never {
    const what = `${verb} ${size} bytes at offset ${offset}, where it may not`
    this.#path.oblige({ guarantee: 'memory', what, place: this.#watch.place(), holds: this.#path.terms.false })
    throw new Trap('out of bounds memory access')
  }
}
