/**
 * What a specification says of the bytes of a packet: the frame as changed, bits that are free, and for each checksum
 * how it must move. Checksums are not computed: the frame has the bytes there that came in.
 */
import type { Term, Terms } from '../../smt/index.js'
import type { Frame } from './frame.js'

/** Some bits of the frame that may be anything. */
export interface FreeBits {
  /** Of the first byte, 32 bits. */
  readonly offset: Term
  /** Bytes. */
  readonly size: number
  /** Which of their bits are free, the first byte the most significant. */
  readonly mask: bigint
}

/** A covered field that was set: its 16-bit words before and after, in their order. */
export interface WordChange {
  /** Of the first word, 32 bits. */
  readonly offset: Term
  readonly old: readonly Term[]
  /** As in the expected frame. Where bits of them are free, what the device has chosen counts in their place. */
  readonly new: readonly Term[]
}

export type ChecksumKind = 'ip' | 'tcp' | 'udp' | 'icmpv6'

/**
 * A checksum that must follow. `updated`: where `present`, the new one equals the old one plus what its changes add, -
 * complement of old words plus new ones, - modulo 65535. `recomputed`: it is right. UDP (RFC 768): an old 0 stays 0, and
 * what is not 0 does not become 0. Where not present, the bytes are as in the frame.
 */
export interface ExpectedChecksum {
  readonly kind: ChecksumKind
  /** Of the 16-bit field, 32 bits. */
  readonly offset: Term
  /** Whether the packet has it. */
  readonly present: Term
  readonly mode: 'updated' | 'recomputed'
  /** The field as it came in, 16 bits. */
  readonly old: Term
  readonly changes: readonly WordChange[]
}

export interface ExpectedFrame {
  readonly frame: Frame
  readonly free: readonly FreeBits[]
  readonly checksums: readonly ExpectedChecksum[]
}

/** Collects what several `with` do to one packet. */
export class Expectations {
  readonly #terms: Terms
  readonly #free: readonly FreeBits[]
  readonly #checksums: readonly ExpectedChecksum[]

  constructor(terms: Terms, free: readonly FreeBits[] = [], checksums: readonly ExpectedChecksum[] = []) {
    this.#terms = terms
    this.#free = free
    this.#checksums = checksums
  }

  get free(): readonly FreeBits[] {
    return this.#free
  }

  get checksums(): readonly ExpectedChecksum[] {
    return this.#checksums
  }

  /** These bits are free (`isFree`), or have a value again. Fields are always named by the same offset and size. */
  withBits(bits: FreeBits, isFree: boolean): Expectations {
    const same = (other: FreeBits): boolean => other.offset === bits.offset && other.size === bits.size
    const before = this.#free.find(same)?.mask ?? 0n
    const mask = isFree ? before | bits.mask : before & ~bits.mask
    const others = this.#free.filter((other) => !same(other))
    return new Expectations(this.#terms, mask === 0n ? others : [...others, { ...bits, mask }], this.#checksums)
  }

  /** One more demand on a checksum. One that is recomputed needs no changes to follow, before or after. */
  withChecksum(demand: ExpectedChecksum): Expectations {
    if (demand.present === this.#terms.false) return this
    const same = (other: ExpectedChecksum): boolean => other.kind === demand.kind && other.offset === demand.offset
    const before = this.#checksums.find(same)
    const isRecomputed = demand.mode === 'recomputed' || before?.mode === 'recomputed'
    const joined: ExpectedChecksum = {
      ...demand,
      mode: isRecomputed ? 'recomputed' : 'updated',
      changes: isRecomputed ? [] : [...(before?.changes ?? []), ...demand.changes],
    }
    const others = this.#checksums.filter((other) => !same(other))
    return new Expectations(this.#terms, this.#free, [...others, joined])
  }
}
