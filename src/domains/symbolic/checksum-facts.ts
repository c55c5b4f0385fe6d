/**
 * What a path knows of checksums over bytes that it does not look at one by one (proof-rules 31): sums are a function of
 * the packet as it came in, the first byte and the end, of which nothing is known but that it is one. Whoever else sums
 * the same bytes on this path (a helper that the network function calls) gives the same term.
 */
import { bitVecSort, type FunctionSymbol, type Term, type Terms } from '../../smt/index.js'
import type { Bytes } from './bytes.js'
import type { IpLayer, SymbolicLayers } from './layers.js'

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

/** The sum of 16-bit words of the packet as it came in, folded to 16 bits, between two offsets of 32 bits. */
export function packetSum(terms: Terms): FunctionSymbol {
  return terms.declareFunction('packet.sum', [bitVecSort(32), bitVecSort(32)], bitVecSort(16))
}

/** Bits that hold any sum of a pseudo header and folded sums. */
const SUM_BITS = 24

export class UninterpretedChecksums implements ChecksumFacts {
  ipv4Right({ layers, bytes }: Summed, ip: IpLayer): Term {
    const { terms, integers } = layers.run
    const start = bytes.offset(ip.at)
    const end = terms.add(start, integers.bits(ip.headerLength, 32))
    return isRight(terms, terms.zeroExtendTo(SUM_BITS, terms.apply(packetSum(terms), start, end)))
  }

  transportRight({ layers, bytes }: Summed, ip: IpLayer, isTcp: Term): Term {
    const { terms, integers } = layers.run
    const udpLength = bytes.unsigned(bytes.after(ip.payload, 4), 2)
    const length = integers.select(isTcp, integers.sub(ip.length, ip.headerLength), udpLength)
    const end = terms.add(ip.payload, integers.bits(length, 32))
    const sum = terms.apply(packetSum(terms), ip.payload, end)
    const parts = [
      sum,
      ...pseudoHeaderWords(bytes, ip),
      integers.bits(ip.protocol, SUM_BITS),
      integers.bits(length, SUM_BITS),
    ].map((part) => terms.zeroExtendTo(SUM_BITS, part))
    const right = isRight(terms, terms.nary('bvadd', parts))
    if (ip.version === 6) return right
    // RFC 768: over IPv4 a zero says that there is none.
    const isAbsent = integers.eq(bytes.unsigned(bytes.after(ip.payload, 6), 2), integers.of(0n))
    return terms.or(terms.and(terms.not(isTcp), isAbsent), right)
  }
}

/** The words of the addresses, which every pseudo header has (RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1). */
function pseudoHeaderWords(bytes: Bytes, { version, at }: IpLayer): Term[] {
  const [from, count] = version === 4 ? [at + 12, 4] : [at + 8, 16]
  return Array.from({ length: count }, (_, i) => bytes.term(from + 2 * i, 2))
}

/** Whether a sum folds to all ones. */
function isRight(terms: Terms, sum: Term): Term {
  const fold = (value: Term): Term =>
    terms.add(
      terms.zeroExtendTo(SUM_BITS, terms.extract(15, 0, value)),
      terms.zeroExtendTo(SUM_BITS, terms.extract(SUM_BITS - 1, 16, value)),
    )
  return terms.eq(fold(fold(sum)), terms.bv(0xffff, SUM_BITS))
}
