/**
 * Memory of which addresses and sizes are not known: a log of what was written, over bytes that are some function of where
 * they are. Each access is obliged to lie in a region that allows it, with sums that do not wrap.
 */
import { type Path, Undecidable } from '../../../domains/symbolic/path.js'
import { bitVecSort, type Term, type Terms } from '../../../smt/index.js'
import type { Access, Memory } from '../../../wasm/index.js'
import type { Watch } from '../../machine/domain.js'
import { bitsOf, type MachineValue } from '../../machine/value.js'

/** The most memory that there can be: 2 GiB. */
const PAGES = 32_768
/** Bits of addresses with what is added to them. */
const WIDE = 64

/** From `start` (32 bits) on, `size` (64 bits) bytes. */
export interface Extent {
  /** What it is, for people. */
  readonly name: string
  readonly start: Term
  readonly size: Term
  readonly access: 'read' | 'write'
}

/** Something that has to hold may not: nothing after it is of use. Obliged before. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

export type Write =
  | { readonly kind: 'number'; readonly at: Term; readonly value: Term }
  | { readonly kind: 'fill'; readonly at: Term; readonly length: Term; readonly byte: Term }

export class LoggedMemory implements Memory<MachineValue> {
  readonly pages = PAGES
  readonly most = PAGES
  readonly #path: Path
  readonly #watch: Watch
  /** Oldest first. */
  #log: readonly Write[] = []
  /** Where bytes were read that were never written: those that a model has to say. */
  readonly #touched = new Map<Term, Term>()
  /** What was asked of a write and of where bytes are read. */
  readonly #apart = new Map<Write, Map<Term, boolean>>()
  /** None: everything may be accessed, as while a state is made and looked at. */
  extents: readonly Extent[] | undefined

  constructor(path: Path, watch: Watch) {
    this.#path = path
    this.#watch = watch
  }

  /** What was written until now, oldest first. */
  get log(): readonly Write[] {
    return this.#log
  }

  /** Bytes that were there before anything was written, by where they are. */
  get touched(): ReadonlyMap<Term, Term> {
    return this.#touched
  }

  /** `size` bytes as a little-endian number, as they are now or after the writes given. */
  number(at: Term, size: number, log = this.#log): Term {
    const { terms } = this.#path
    for (const write of [...log].reverse()) {
      const isSame = write.kind === 'number' && write.at === at && write.value.width === 8 * size
      if (isSame) return write.value
      if (!this.#isElsewhere(write, at, size)) break
    }
    const bytes = Array.from({ length: size }, (_, byte) => this.byte(terms.add(at, terms.bv(byte, 32)), log))
    return terms.concat(...bytes.reverse())
  }

  byte(at: Term, log = this.#log): Term {
    const { terms } = this.#path
    const found: (readonly [isHere: Term, value: Term])[] = []
    for (const write of [...log].reverse()) {
      if (this.#isElsewhere(write, at, 1)) continue
      const distance = terms.sub(at, write.at)
      const last = found.length
      if (write.kind === 'fill') found.push([terms.ult(distance, write.length), write.byte])
      else {
        for (let byte = 0; byte < write.value.width / 8; byte++) {
          found.push([terms.eq(distance, terms.bv(byte, 32)), terms.byte(byte, write.value)])
        }
      }
      const sure = found.slice(last).find(([isHere]) => isHere === terms.true)
      if (sure !== undefined) return firstOf(terms, found.slice(0, last), sure[1])
    }
    return firstOf(terms, found, this.#untouched(at))
  }

  setNumber(at: Term, value: Term): void {
    this.#log = [...this.#log, { kind: 'number', at, value }]
  }

  load({ type, bytes, isSigned }: Access, address: MachineValue, offset: number): Term {
    const { terms } = this.#path
    const value = this.number(this.#allowed(address, offset, terms.bv(bytes, WIDE), 'read', `${bytes} bytes`), bytes)
    const width = type === 'i32' ? 32 : 64
    return isSigned ? terms.signExtendTo(width, value) : terms.zeroExtendTo(width, value)
  }

  store({ bytes }: Access, address: MachineValue, offset: number, value: MachineValue): void {
    const { terms } = this.#path
    const at = this.#allowed(address, offset, terms.bv(bytes, WIDE), 'write', `${bytes} bytes`)
    this.setNumber(at, terms.extract(8 * bytes - 1, 0, bitsOf(value, 'a store')))
  }

  size(): Term {
    return this.#path.terms.bv(PAGES, 32)
  }

  grow(): Term {
    throw new Undecidable('memory.grow', this.#watch.place())
  }

  copy(): void {
    throw new Undecidable('memory.copy', this.#watch.place())
  }

  fill(to: MachineValue, value: MachineValue, length: MachineValue): void {
    const { terms } = this.#path
    const bits = bitsOf(length, 'memory.fill')
    const at = this.#allowed(to, 0, terms.zeroExtendTo(WIDE, bits), 'write', 'bytes')
    const byte = terms.extract(7, 0, bitsOf(value, 'memory.fill'))
    this.#log = [...this.#log, { kind: 'fill', at, length: bits, byte }]
  }

  /** libVig's static data is arbitrary, as after any number of calls. */
  init(): void {}

  /** Where it is; obliges that it lies in one of the regions. */
  #allowed(address: MachineValue, offset: number, size: Term, access: Extent['access'], what: string): Term {
    const { terms } = this.#path
    const start = bitsOf(address, 'an address')
    const at = terms.add(start, terms.bv(offset, 32))
    if (this.extents === undefined) return at
    // Neither an address with its offset nor the end of what is accessed wraps in an engine.
    const first = terms.add(terms.zeroExtendTo(WIDE, start), terms.bv(offset, WIDE))
    const end = terms.add(first, size)
    const isIn = (extent: Extent): Term => {
      const least = terms.zeroExtendTo(WIDE, extent.start)
      return terms.and(terms.ule(least, first), terms.ule(end, terms.add(least, extent.size)))
    }
    const holds = terms.any(this.extents.filter((each) => access === 'read' || each.access === access).map(isIn))
    const verb = access === 'read' ? 'reads' : 'writes'
    const place = this.#watch.place()
    const isSure = this.#path.proves(holds)
    this.#path.oblige({ guarantee: 'memory', what: `${verb} ${what} only where it may`, place, holds })
    if (!isSure) throw new Broken()
    return at
  }

  /** Whether what is written is known to be none of these bytes. */
  #isElsewhere(write: Write, at: Term, size: number): boolean {
    const { terms } = this.#path
    const distance = terms.sub(at, write.at)
    const length = write.kind === 'fill' ? write.length : terms.bv(write.value.width / 8, 32)
    const holds = terms.and(terms.ule(length, distance), terms.ule(distance, terms.bv(-size, 32)))
    if (holds.isConstant) return holds === terms.true
    const known = this.#apart.get(write) ?? new Map<Term, boolean>()
    this.#apart.set(write, known)
    const isApart = known.get(holds) ?? this.#path.proves(holds)
    known.set(holds, isApart)
    return isApart
  }

  #untouched(at: Term): Term {
    const { terms } = this.#path
    const byte = terms.apply(terms.declareFunction('memory', [bitVecSort(32)], bitVecSort(8)), at)
    this.#touched.set(at, byte)
    return byte
  }
}

function firstOf(terms: Terms, cases: readonly (readonly [isHere: Term, value: Term])[], otherwise: Term): Term {
  return cases.reduceRight((older, [isHere, value]) => terms.ite(isHere, value, older), otherwise)
}
