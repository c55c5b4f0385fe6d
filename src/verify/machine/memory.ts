/**
 * The one memory as the NF may see it (docs/nf-binary.md): its own data and stack byte by byte, the
 * packet and what libVig lends through pointers. Each access is an obligation to stay inside; what lies elsewhere must
 * not be touched.
 */
import { type Path, Undecidable } from '../../domains/symbolic/path.js'
import { LIBVIG_DATA_START, NF_DATA_START, PACKET_AREA, PAGE } from '../../nf/memory-map.js'
import type { Term, Terms } from '../../smt/index.js'
import { type Access, type Memory, Trap } from '../../wasm/index.js'
import type { Watch } from './domain.js'
import { addressByte, type Leftovers } from './leftovers.js'
import type { Loans } from './loans.js'
import { cellsOf, contentOf, isPointerByte, NfMemory, POINTER_SIZE } from './nf-memory.js'
import type { PacketAccess } from './packet-access.js'
import { possibleValues } from './possible-values.js'
import { bitsOf, type MachineValue, nameOf, Pointer } from './value.js'

/** Addresses that are told apart one by one. */
const MOST_ADDRESSES = 64
/** Longest memory.copy and memory.fill. */
const MOST_BYTES = 4096

export interface MemoryParts {
  readonly path: Path
  readonly watch: Watch
  readonly nf: NfMemory
  readonly packet: PacketAccess
  readonly loans: Loans
  readonly leftovers: Leftovers
  readonly pages: number
}

export class SymbolicMemory implements Memory<MachineValue> {
  readonly pages: number
  readonly most: number
  readonly nf: NfMemory
  readonly #path: Path
  readonly #terms: Terms
  readonly #watch: Watch
  readonly #packet: PacketAccess
  readonly #loans: Loans
  readonly #leftovers: Leftovers

  constructor({ path, watch, nf, packet, loans, leftovers, pages }: MemoryParts) {
    this.pages = pages
    this.most = pages
    this.nf = nf
    this.#path = path
    this.#terms = path.terms
    this.#watch = watch
    this.#packet = packet
    this.#loans = loans
    this.#leftovers = leftovers
  }

  load({ type, bytes, isSigned }: Access, address: MachineValue, offset: number): MachineValue {
    const content = this.read(address, offset, bytes)
    if (content instanceof Pointer) {
      if (type === 'i32') return content
      throw new Undecidable(`64 bits that begin with ${nameOf(content)}`, this.#watch.place())
    }
    const width = type === 'i32' ? 32 : 64
    const value = this.#reversed(content)
    return isSigned ? this.#terms.signExtendTo(width, value) : this.#terms.zeroExtendTo(width, value)
  }

  store({ bytes }: Access, address: MachineValue, offset: number, value: MachineValue): void {
    if (value instanceof Pointer && (value.base.kind === 'packet' || bytes !== 4)) {
      throw new Undecidable(`storing ${bytes === 4 ? '' : 'a part of '}${nameOf(value)}`, this.#watch.place())
    }
    this.storeLow(address, offset, value, bytes)
  }

  /** Writes the lowest `bytes` bytes of a value, little-endian, or a pointer. */
  storeLow(address: MachineValue, offset: number, value: MachineValue, bytes: number): void {
    if (value instanceof Pointer) this.write(address, offset, value)
    else this.write(address, offset, this.#reversed(this.#terms.extract(8 * bytes - 1, 0, value)))
  }

  /** `size` bytes, the first in the highest bits, or a pointer that was stored there. Obliges that they may be read. */
  read(address: MachineValue, offset: number, size: number): Term | Pointer {
    if (address instanceof Pointer) return this.#readThrough(address, offset, size)
    const [only, ...more] = this.#places(address, offset, size)
    if (only === undefined) this.#refuse('an access where none is allowed')
    let found = this.#content(only, size)
    for (const place of more) {
      const other = this.#content(place, size)
      if (other instanceof Pointer || found instanceof Pointer) {
        throw new Undecidable('a pointer at an address that is not known', this.#watch.place())
      }
      found = this.#terms.ite(this.#isAt(address, offset, place), other, found)
    }
    return found
  }

  /** Writes bytes, the first in the highest bits, or a pointer. Obliges that they may be written. */
  write(address: MachineValue, offset: number, content: Term | Pointer): void {
    if (address instanceof Pointer) {
      this.#writeThrough(address, offset, content)
      return
    }
    const cells = cellsOf(this.#terms, content)
    const places = this.#places(address, offset, cells.length)
    const [only, ...more] = places
    if (only === undefined) this.#refuse('an access where none is allowed')
    if (more.length === 0) {
      this.nf.write(only, cells)
      return
    }
    for (const place of places) {
      const isHere = this.#isAt(address, offset, place)
      for (const [at, cell] of cells.entries()) {
        const old = this.nf.at(place + at)
        if (isPointerByte(cell) || isPointerByte(old)) {
          throw new Undecidable('a pointer at an address that is not known', this.#watch.place())
        }
        this.nf.write(place + at, [this.#terms.ite(isHere, cell, old)])
      }
    }
  }

  size(): Term {
    return this.#terms.bv(this.pages, 32)
  }

  /** It never grows; by nothing, it does. */
  grow(pages: MachineValue): Term {
    const isNone = this.#terms.eq(bitsOf(pages, 'the growth of memory'), this.#terms.bv(0, 32))
    return this.#terms.ite(isNone, this.size(), this.#terms.bv(-1, 32))
  }

  copy(to: MachineValue, from: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.copy')
    if (count === 0) return
    const cells: (Term | Pointer)[] = []
    for (let at = 0; at < count; ) {
      // Pointers lie at whole words; what is between is copied byte by byte.
      const word = count - at >= 4 ? this.read(from, at, 4) : this.read(from, at, 1)
      cells.push(word)
      at += word instanceof Pointer ? 4 : word.width / 8
    }
    let at = 0
    for (const cell of cells) {
      this.write(to, at, cell)
      at += cell instanceof Pointer ? 4 : cell.width / 8
    }
  }

  fill(to: MachineValue, value: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.fill')
    if (count === 0) return
    const byte = this.#terms.extract(7, 0, bitsOf(value, 'memory.fill'))
    for (let at = 0; at < count; at++) this.write(to, at, byte)
  }

  init(to: MachineValue, bytes: Uint8Array, from: MachineValue, length: MachineValue): void {
    const count = this.#count(length, 'memory.init')
    const start = bitsOf(from, 'memory.init')
    if (start.op !== 'bv') throw new Undecidable('a part of a data segment that is not known', this.#watch.place())
    if (Number(start.value) + count > bytes.length) throw new Trap('out of bounds memory access')
    for (let at = 0; at < count; at++) this.write(to, at, this.#terms.bv(bytes[Number(start.value) + at] ?? 0, 8))
  }

  #count(length: MachineValue, doing: string): number {
    const bits = bitsOf(length, doing)
    if (bits.op !== 'bv') throw new Undecidable(`${doing} of a length that is not known`, this.#watch.place())
    if (bits.value > BigInt(MOST_BYTES)) throw new Undecidable(`${doing} of ${bits.value} bytes`, this.#watch.place())
    return Number(bits.value)
  }

  #readThrough(pointer: Pointer, offset: number, size: number): Term {
    switch (pointer.base.kind) {
      case 'packet':
        return this.#packet.read(pointer.offset, offset, size)
      case 'loan':
        return this.#loans.read(pointer.base, pointer.offset, offset, size)
      case 'handle':
        return this.#refuse(`an access through ${nameOf(pointer)}`)
    }
  }

  #writeThrough(pointer: Pointer, offset: number, content: Term | Pointer): void {
    if (content instanceof Pointer) {
      throw new Undecidable(`storing ${nameOf(content)} through ${nameOf(pointer)}`, this.#watch.place())
    }
    switch (pointer.base.kind) {
      case 'packet':
        this.#packet.write(pointer.offset, offset, content)
        return
      case 'loan':
        this.#loans.write(pointer.base, pointer.offset, offset, content)
        return
      case 'handle':
        this.#refuse(`an access through ${nameOf(pointer)}`)
    }
  }

  /** Where an access can be; obliges that it is the NF's own memory. */
  #places(address: Term, offset: number, size: number): readonly number[] {
    const values = possibleValues(this.#terms, address, MOST_ADDRESSES)
    if (values === undefined) throw new Undecidable('an address that is not known', this.#watch.place())
    const places = values.map((value) => Number(value) + offset)
    const [only] = places
    if (only !== undefined && places.length === 1 && !NfMemory.owns(only, size))
      return this.#refuse(forbidden(only, size))
    for (const place of places) {
      if (NfMemory.owns(place, size)) continue
      this.#path.oblige({
        guarantee: 'memory',
        what: forbidden(place, size),
        place: this.#watch.place(),
        holds: this.#terms.not(this.#isAt(address, offset, place)),
      })
    }
    return places.filter((place) => NfMemory.owns(place, size))
  }

  #isAt(address: Term, offset: number, place: number): Term {
    return this.#terms.eq(address, this.#terms.bv(place - offset, 32))
  }

  #content(place: number, size: number): Term | Pointer {
    const cells = this.nf.read(place, size)
    const content = contentOf(this.#terms, cells)
    if (content !== undefined) return content
    // Records are copied with what lies between their fields, where a part of an address may have stayed on the stack.
    const isRecord =
      size > POINTER_SIZE &&
      !cells.some((_, at) => contentOf(this.#terms, cells.slice(at, at + POINTER_SIZE)) instanceof Pointer)
    if (!isRecord) throw new Undecidable('a part of a pointer', this.#watch.place())
    this.#leftovers.begin()
    return this.#terms.concat(...cells.map((cell) => (isPointerByte(cell) ? addressByte(this.#path) : cell)))
  }

  #reversed(content: Term): Term {
    const size = content.width / 8
    return this.#terms.concat(...Array.from({ length: size }, (_, at) => this.#terms.byte(at, content)))
  }

  /** Nothing after this has a meaning. */
  #refuse(what: string): never {
    this.#path.oblige({ guarantee: 'memory', what, place: this.#watch.place(), holds: this.#terms.false })
    throw new Trap('out of bounds memory access')
  }
}

function forbidden(address: number, size: number): string {
  const where =
    address < NF_DATA_START
      ? 'where nothing is'
      : address < PACKET_AREA
        ? "in the host's memory"
        : address < LIBVIG_DATA_START
          ? 'in the memory of packets, but not through the packet'
          : "in libVig's heap"
  return `an access of ${size} bytes at 0x${address.toString(16)}, ${where}`
}

export function pagesOf(bytes: number): number {
  return bytes / PAGE
}
