/**
 * What a path knows of checksums over bytes that it does not look at one by one: sums are a function of
 * the packet as it came in, the first byte and the end, of which nothing is known but that it is one. Whoever else sums
 * the same bytes on this path (a helper that the network function calls) gives the same term. An IPv4 header that the path
 * knows to have no options is the exception: its bytes are added, as that helper does where it is told a length.
 */
import { bitVecSort, type Term } from '../../smt/index.js'
import type { Bytes } from './bytes.js'
import type { Integer } from './integer.js'
import type { IpLayer, SymbolicLayers } from './layers.js'
import type { Run } from './run.js'

interface Summed {
  readonly layers: SymbolicLayers
  readonly bytes: Bytes
}

export interface ChecksumFacts {
  /** Whether the header checksum of an IPv4 header is right. */
  ipv4Right(packet: Summed, ip: IpLayer): Term
  /** Whether the checksum of a TCP (`isTcp`) or UDP header is right, or absent where it may be. */
  transportRight(packet: Summed, ip: IpLayer, isTcp: Term): Term
}

/** The exact sum of the 16-bit words between two offsets (32 bits) of the packet as it came in. */
export type WordSum = (start: Term, end: Term) => Integer

/** Bytes of a header without options (RFC 791 section 3.1). */
const IPV4_LEAST = 20

/** Sums of words of a packet of at most 65,535 bytes fit. */
const SUM_BITS = 31

/** Sums of which nothing is known, by the name `packet.sum`. */
export function unknownSums({ terms, integers }: Pick<Run, 'terms' | 'integers'>): WordSum {
  const sum = terms.declareFunction('packet.sum', [bitVecSort(32), bitVecSort(32)], bitVecSort(SUM_BITS))
  return (start, end) => integers.unsigned(terms.apply(sum, start, end))
}

export class SummedChecksums implements ChecksumFacts {
  readonly #wordSum: WordSum | undefined

  /** Without a function that sums, nothing is known of sums. */
  constructor(wordSum?: WordSum) {
    this.#wordSum = wordSum
  }

  ipv4Right({ layers, bytes }: Summed, ip: IpLayer): Term {
    const { run } = layers
    const least = run.integers.of(BigInt(IPV4_LEAST))
    if (this.#wordSum === undefined && run.path.proves(run.integers.eq(ip.headerLength, least))) {
      return isRight(run, exactSum(run, bytes, ip.at))
    }
    const start = bytes.offset(ip.at)
    const end = run.terms.add(start, run.integers.bits(ip.headerLength, 32))
    return isRight(run, this.#sum(run)(start, end))
  }

  transportRight({ layers, bytes }: Summed, ip: IpLayer, isTcp: Term): Term {
    const { run } = layers
    const { terms, integers } = run
    const udpLength = bytes.unsigned(bytes.after(ip.payload, 4), 2)
    const length = integers.select(isTcp, integers.sub(ip.length, ip.headerLength), udpLength)
    const end = terms.add(ip.payload, integers.bits(length, 32))
    const pseudoHeader = integers.add(addressSum(run, bytes, ip), integers.add(ip.protocol, length))
    const right = isRight(run, integers.add(pseudoHeader, this.#sum(run)(ip.payload, end)))
    if (ip.version === 6) return right
    // RFC 768: over IPv4 a zero says that there is none.
    const isAbsent = integers.eq(bytes.unsigned(bytes.after(ip.payload, 6), 2), integers.of(0n))
    return terms.or(terms.and(terms.not(isTcp), isAbsent), right)
  }

  #sum(run: Run): WordSum {
    return this.#wordSum ?? unknownSums(run)
  }
}

/** The words of an IPv4 header without options. */
function exactSum({ integers }: Run, bytes: Bytes, at: number): Integer {
  const parts = Array.from({ length: IPV4_LEAST }, (_, i) => {
    const byte = bytes.unsigned(at + i, 1)
    return integers.mul(byte, integers.of(i % 2 === 0 ? 256n : 1n))
  })
  return parts.reduce((sum, part) => integers.add(sum, part), integers.of(0n))
}

/** The words of the addresses, which every pseudo header has (RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1). */
function addressSum({ integers }: Run, bytes: Bytes, { version, at }: IpLayer): Integer {
  const [from, count] = version === 4 ? [at + 12, 4] : [at + 8, 16]
  const words = Array.from({ length: count }, (_, i) => bytes.unsigned(from + 2 * i, 2))
  return words.reduce((sum, word) => integers.add(sum, word))
}

/** Whether an exact sum folds to all ones (RFC 1071), in the form that libVig's contracts have. */
function isRight({ integers }: Run, sum: Integer): Term {
  const zero = integers.of(0n)
  const one = integers.of(1n)
  const isZero = integers.eq(sum, zero)
  const less = integers.within(integers.select(isZero, zero, integers.sub(sum, one)), 0n, sum.hi)
  const folded = integers.select(isZero, zero, integers.add(integers.rem(less, integers.of(65_535n)), one))
  return integers.eq(folded, integers.of(65_535n))
}
