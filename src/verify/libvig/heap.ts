/**
 * Memory as libVig's own proof sees it: bytes at known addresses and of cells by name, in regions that a call may read or
 * write. An address whose writing tells a cell is that cell's. Any other that is not known is one of a few: reading takes
 * whichever it is, writing decides. Each access is obliged to stay in a region that allows it, which is the frame of every
 * operation.
 */
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { type Term, variablesOf } from '../../smt/index.js'
import { type Access, type Memory, Trap } from '../../wasm/index.js'
import type { Watch } from '../machine/domain.js'
import { possibleValues } from '../machine/possible-values.js'
import { bitsOf, type MachineValue } from '../machine/value.js'
import { AddressValues, type CellArray, type Named, namedAt, partOfCell } from './cells.js'
import { Snapshot, type Written } from './snapshot.js'

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

/** Where bytes are: from `at` on in `bytes`, which are those at known addresses or of a cell. */
interface Place {
  readonly address: Term
  readonly bytes: Map<number, Term>
  readonly at: number
}

export class HeapMemory implements Memory<MachineValue> {
  readonly pages = PAGES
  readonly most = PAGES
  readonly #path: Path
  readonly #watch: Watch
  #cells = new Map<number, Term>()
  #named: Named[] = []
  /** Numbers as they were written, by where their bytes are: read again they are the same term, not their bytes. */
  #written: Written = new Map()
  readonly #values = new AddressValues()
  /** None: everything may be written, as while a structure is made. */
  regions: readonly Region[] | undefined
  /** Parts of addresses that are decided where they are needed. */
  isToSettle: (variable: Term) => boolean = () => false

  constructor(path: Path, watch: Watch) {
    this.#path = path
    this.#watch = watch
  }

  /** What is in it now. */
  snapshot(): Snapshot {
    return new Snapshot(this.#path.terms, this.#cells, this.#named, this.#written)
  }

  /** Puts back what was in it, or in another memory on the path. */
  restore(snapshot: Snapshot): void {
    const { fixed, named, written } = snapshot.copy()
    this.#cells = fixed
    this.#named = [...named]
    this.#written = written
  }

  /** From here on its cells are known by name. What was in them is forgotten: each byte has to be set. */
  name(array: CellArray): void {
    if (!array.names.isOpen) return
    this.#named.push({ ...array, cells: array.names.indices.map(() => new Map()) })
  }

  /** `size` bytes as a little-endian number. */
  number(address: number, size: number): Term {
    return this.#number(this.#fixed(address), size)
  }

  /** `size` bytes, the first in the highest bits. */
  bytes(address: number, size: number): Term {
    return this.#bytes(this.#fixed(address), size)
  }

  setNumber(address: number, value: Term): void {
    this.#setNumber(this.#fixed(address), value)
  }

  setBytes(address: number, value: Term): void {
    this.#setBytes(this.#fixed(address), value)
  }

  numberOf(array: CellArray, name: number, at: number, size: number): Term {
    return this.#number(this.#inCell(array, name, at), size)
  }

  bytesOf(array: CellArray, name: number, at: number, size: number): Term {
    return this.#bytes(this.#inCell(array, name, at), size)
  }

  setNumberOf(array: CellArray, name: number, at: number, value: Term): void {
    this.#setNumber(this.#inCell(array, name, at), value)
  }

  setBytesOf(array: CellArray, name: number, at: number, value: Term): void {
    this.#setBytes(this.#inCell(array, name, at), value)
  }

  /** Where a part of a cell lies. */
  addressOf({ start, stride, names }: CellArray, name: number, at: number): Term {
    const { terms } = this.#path
    return terms.add(terms.bv(start + at, 32), terms.mul(terms.bv(stride, 32), names.index(name)))
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
      this.#setNumber(only, written)
      return
    }
    for (const place of places) {
      this.#setNumber(place, terms.ite(this.#isAt(where, offset, place), written, this.#number(place, bytes)))
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
    for (const [at, byte] of bytes.entries()) place.bytes.set(place.at + at, byte)
  }

  fill(to: MachineValue, value: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.fill')
    if (count === 0) return
    const byte = this.#path.terms.extract(7, 0, bitsOf(value, 'memory.fill'))
    const place = this.#placeToWrite(bitsOf(to, 'memory.fill'), 0, count)
    for (let at = 0; at < count; at++) place.bytes.set(place.at + at, byte)
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

  #fixed(address: number): Place {
    if (namedAt(this.#named, address) !== undefined) throw new RangeError(`what is at ${address} is known by name`)
    return { address: this.#path.terms.bv(address, 32), bytes: this.#cells, at: address }
  }

  #inCell(array: CellArray, name: number, at: number): Place {
    const cell = namedAt(this.#named, array.start)?.cells[name]
    if (cell === undefined) return this.#fixed(array.start + name * array.stride + at)
    return { address: this.addressOf(array, name, at), bytes: cell, at }
  }

  #byte({ bytes, at }: Place, offset: number): Term {
    return bytes.get(at + offset) ?? this.#path.terms.bv(0, 8)
  }

  #number(place: Place, size: number): Term {
    const written = this.#written.get(place.bytes)?.get(place.at)
    if (written?.width === 8 * size && this.#isIntact(place, written)) return written
    const bytes = Array.from({ length: size }, (_, at) => this.#byte(place, size - 1 - at))
    return this.#path.terms.concat(...bytes)
  }

  #bytes(place: Place, size: number): Term {
    return this.#path.terms.concat(...Array.from({ length: size }, (_, at) => this.#byte(place, at)))
  }

  #isIntact(place: Place, written: Term): boolean {
    const bytes = Array.from({ length: written.width / 8 }, (_, at) => this.#path.terms.byte(at, written))
    return bytes.every((byte, at) => this.#byte(place, at) === byte)
  }

  #setNumber({ bytes, at }: Place, value: Term): void {
    const written = this.#written.get(bytes) ?? new Map<number, Term>()
    this.#written.set(bytes, written.set(at, value))
    for (let byte = 0; byte < value.width / 8; byte++) bytes.set(at + byte, this.#path.terms.byte(byte, value))
  }

  #setBytes({ bytes, at }: Place, value: Term): void {
    const size = value.width / 8
    for (let byte = 0; byte < size; byte++) bytes.set(at + byte, this.#path.terms.byte(size - 1 - byte, value))
  }

  #read(address: Term, offset: number, size: number): Term {
    const { terms } = this.#path
    const [first, ...others] = this.#places(address, offset, size, 'read')
    if (first === undefined) return this.#refuse('reads', offset, size)
    return others.reduce(
      (found, place) => terms.ite(this.#isAt(address, offset, place), this.#number(place, size), found),
      this.#number(first, size),
    )
  }

  #placeToWrite(address: Term, offset: number, size: number): Place {
    const places = this.#places(address, offset, size, 'write')
    const last = places.at(-1)
    if (last === undefined) return this.#refuse('writes', offset, size)
    for (const place of places.slice(0, -1)) {
      if (this.#path.decide(this.#isAt(address, offset, place), this.#watch.place())) return place
    }
    return last
  }

  /** Where an access can be, of what it is allowed; obliges that it is there. */
  #places(address: Term, offset: number, size: number, access: Region['access']): readonly Place[] {
    const cell = this.#cellAt(address, offset, size, access)
    if (cell !== undefined) return [cell]
    const { terms } = this.#path
    const values = possibleValues(terms, address, MOST_ADDRESSES)
    if (values === undefined) throw new Undecidable('an address that is not known', this.#watch.place())
    const starts = values.map((value) => Number(value) + offset).sort((a, b) => a - b)
    const allowed = starts.filter((start) => this.#allows(start, size, access))
    if (allowed.length < starts.length) {
      const verb = access === 'read' ? 'reads' : 'writes'
      const what = `${verb} ${size} bytes only where it may`
      const holds = terms.any(allowed.map((start) => terms.eq(address, terms.bv(start - offset, 32))))
      this.#path.oblige({ guarantee: 'memory', what, place: this.#watch.place(), holds })
    }
    const fixed = allowed.filter((start) => namedAt(this.#named, start) === undefined)
    return [...fixed.map((start) => this.#fixed(start)), ...this.#cellsAmong(allowed, size)]
  }

  /** The same part of each cell of an array, where one of these addresses is such a part. */
  #cellsAmong(starts: readonly number[], size: number): readonly Place[] {
    return this.#named.flatMap((array) => {
      const { start, stride, names } = array
      const inside = starts.filter((each) => namedAt(this.#named, each) === array)
      const parts = [...new Set(inside.map((each) => (each - start) % stride))]
      if (parts.some((at) => at + size > stride)) throw new Undecidable('an access across cells', this.#watch.place())
      return parts.flatMap((at) => names.indices.map((_, name) => this.#inCell(array, name, at)))
    })
  }

  /** The part of one cell that an address always is, as it is written. Decides what has to be decided for that. */
  #cellAt(address: Term, offset: number, size: number, access: Region['access']): Place | undefined {
    if (address.op === 'bv' || this.#named.length === 0) return undefined
    const open: Term[] = []
    for (const variable of variablesOf([address])) {
      if (this.isToSettle(variable)) this.#settle(variable)
      else open.push(variable)
    }
    const [variable] = open
    if (variable === undefined || open.length > 1) return undefined
    for (const array of this.#named) {
      if (!this.#allows(array.start, array.stride * array.names.count, access)) continue
      const found = partOfCell(array, variable, (value) => this.#values.of(address, variable, value) + offset, size)
      if (found !== undefined) return this.#inCell(array, found.name, found.at)
    }
    return undefined
  }

  #settle(variable: Term): void {
    if (this.#values.isKnown(variable)) return
    const { terms } = this.#path
    const most = (1n << BigInt(variable.width)) - 1n
    let value = 0n
    while (value < most && !this.#path.decide(terms.eq(variable, terms.bv(value, variable.width)))) value++
    this.#values.know(variable, value)
  }

  #allows(start: number, size: number, access: Region['access']): boolean {
    if (this.regions === undefined) return true
    return this.regions.some(
      (region) =>
        region.start <= start && start + size <= region.end && (access === 'read' || region.access === access),
    )
  }

  #isAt(address: Term, offset: number, place: Place): Term {
    const { terms } = this.#path
    return terms.eq(address, terms.sub(place.address, terms.bv(offset, 32)))
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
