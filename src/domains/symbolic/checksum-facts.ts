/**
 * What a path knows of checksums over bytes that it does not look at one by one: sums are a function of
 * the packet as it is at that time, the first byte and the end, of which nothing is known but that it is one. Whoever else sums
 * the same bytes on this path (a helper that the network function calls) gives the same term. An IPv4 header that the path
 * knows to have no options is the exception: its bytes are added, as that helper does where it is told a length.
 */
import type { Term } from '../../smt/index.js'
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

/** Bytes of a header without options (RFC 791 section 3.1). */
const IPV4_LEAST = 20

export class SummedChecksums implements ChecksumFacts {
  ipv4Right({ layers, bytes }: Summed, ip: IpLayer): Term {
    const { run } = layers
    const { integers, path } = run
    const start = bytes.offset(ip.at)
    const end = run.terms.add(start, integers.bits(ip.headerLength, 32))
    const sum = bytes.frame.wordSum(start, end)
    if (!path.proves(integers.eq(ip.headerLength, integers.of(BigInt(IPV4_LEAST))))) return isRight(run, sum)
    const exact = exactSum(run, bytes, ip.at)
    // Whoever summed the header before its length was known has the function's value.
    path.assume(integers.eq(sum, exact))
    return isRight(run, exact)
  }

  transportRight({ layers, bytes }: Summed, ip: IpLayer, isTcp: Term): Term {
    const { run } = layers
    const { terms, integers } = run
    const udpLength = bytes.unsigned(bytes.after(ip.payload, 4), 2)
    const length = integers.select(isTcp, integers.sub(ip.length, ip.headerLength), udpLength)
    const end = terms.add(ip.payload, integers.bits(length, 32))
    const pseudoHeader = integers.add(addressSum(run, bytes, ip), integers.add(ip.protocol, length))
    const right = isRight(run, integers.add(pseudoHeader, bytes.frame.wordSum(ip.payload, end)))
    if (ip.version === 6) return right
    // RFC 768: over IPv4 a zero says that there is none.
    const isAbsent = integers.eq(bytes.unsigned(bytes.after(ip.payload, 6), 2), integers.of(0n))
    return terms.or(terms.and(terms.not(isTcp), isAbsent), right)
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

/** Whether an exact sum folds to all ones (RFC 1071), in the words of libVig's contracts: the same term on both sides. */
function isRight({ terms, integers }: Run, sum: Integer): Term {
  const zero = integers.of(0n)
  return terms.and(terms.not(integers.eq(sum, zero)), integers.eq(integers.rem(sum, integers.of(65_535n)), zero))
}
