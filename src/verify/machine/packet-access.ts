/** Accesses through the packet's address. */
import type { Path } from '../../domains/symbolic/path.js'
import { resolved } from '../../domains/symbolic/resolved.js'
import type { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import { HEADROOM, PACKET_AREA } from '../../nf/memory-map.js'
import type { Term, Terms } from '../../smt/index.js'
import type { Watch } from './domain.js'

/** An offset this far below 0 still has an address: packets lie above it. */
const MOST_BELOW = BigInt(PACKET_AREA + HEADROOM)
/** Bits in which offset, immediate and size add without wrapping, with a sign. */
const EXACT = 36

export class PacketAccess {
  readonly #path: Path
  readonly #terms: Terms
  readonly #watch: Watch
  /** Undefined in nf_init, where there is none. */
  readonly frame: WrittenFrame | undefined

  constructor(path: Path, watch: Watch, frame: WrittenFrame | undefined) {
    this.#path = path
    this.#terms = path.terms
    this.#watch = watch
    this.frame = frame
  }

  /** `size` bytes at `offset` (32 bits, as the NF computes it) plus the immediate of the instruction. */
  read(offset: Term, immediate: number, size: number): Term {
    const frame = this.#given()
    const from = resolved(this.#path, offset, this.#watch.place())
    return frame.read(this.oblige(from, immediate, size, 'a read'), size)
  }

  write(offset: Term, immediate: number, content: Term): void {
    const frame = this.#given()
    const from = resolved(this.#path, offset, this.#watch.place())
    frame.write(this.oblige(from, immediate, content.width / 8, 'a write'), content)
  }

  /** Obliges that the bytes are in the packet; where they start in it, 32 bits. */
  oblige(offset: Term, immediate: number, size: number, doing: string): Term {
    const terms = this.#terms
    this.#path.oblige({
      guarantee: 'memory',
      what: `${doing} of ${size} bytes stays in the packet`,
      place: this.#watch.place(),
      holds: this.#isInside(offset, immediate, size),
    })
    return terms.add(offset, terms.bv(immediate, 32))
  }

  /** Obliges that as many bytes as `size` (32 bits) says are in the packet. */
  obligeExtent(offset: Term, size: Term, doing: string): void {
    const terms = this.#terms
    const [from, count] = [terms.signExtendTo(EXACT, offset), terms.zeroExtendTo(EXACT, size)]
    this.#path.oblige({
      guarantee: 'memory',
      what: `${doing} stays in the packet`,
      place: this.#watch.place(),
      holds: terms.and(terms.sge(from, terms.bv(0, EXACT)), terms.sle(terms.add(from, count), this.#length(EXACT))),
    })
  }

  #isInside(offset: Term, immediate: number, size: number): Term {
    const terms = this.#terms
    const end = BigInt(immediate) + BigInt(size)
    if (terms.range(offset).hi + end < 1n << 31n)
      return terms.ule(terms.add(offset, terms.bv(end, 32)), this.#length(32))
    // The address is the packet's plus the offset, modulo 2^32, plus the immediate, which does not wrap.
    const from = terms.signExtendTo(EXACT, offset)
    return terms.all([
      terms.sge(from, terms.bv(-MOST_BELOW, EXACT)),
      terms.sge(terms.add(from, terms.bv(immediate, EXACT)), terms.bv(0, EXACT)),
      terms.sle(terms.add(from, terms.bv(end, EXACT)), this.#length(EXACT)),
    ])
  }

  #length(width: number): Term {
    return this.#terms.zeroExtendTo(width, this.#given().length)
  }

  #given(): WrittenFrame {
    if (this.frame === undefined) throw new Error('an access to a packet where there is none')
    return this.frame
  }
}
