import { bytes, type Call, ipHeader, operation, u32 } from './operation.js'
import type { ContractAlgebra, Sorts } from './sorts.js'

const RFC_1624 = 'RFC 1624 section 3, equation 3; exact, so that a wrong checksum stays wrong by as much'

/** An exact sum folded by end-around carry: 0 only for 0, else from 1 to 65535 (RFC 1071 section 1). */
export function fold<D extends Sorts>(a: ContractAlgebra<D>, sum: D['number']): D['number'] {
  const zero = a.number(0)
  const folded = a.add(a.remainder(a.select(a.eq(sum, zero), zero, a.sub(sum, a.number(1))), 65_535), a.number(1))
  return a.select(a.eq(sum, zero), zero, folded)
}

/** The bitwise complement of a 16-bit number. */
function complement<D extends Sorts>(a: ContractAlgebra<D>, value: D['number']): D['number'] {
  return a.sub(a.number(65_535), value)
}

/** The two 16-bit halves of a 32-bit number, added. */
function halves<D extends Sorts>(a: ContractAlgebra<D>, value: D['number']): D['number'] {
  return a.add(a.quotient(value, 65_536), a.remainder(value, 65_536))
}

/** The checksum, given the sums of the complemented old words and of the new ones. */
function updated<D extends Sorts>(
  a: ContractAlgebra<D>,
  checksum: D['number'],
  oldComplemented: D['number'],
  fresh: D['number'],
): D['number'] {
  return complement(a, fold(a, a.add(complement(a, checksum), a.add(oldComplemented, fresh))))
}

/**
 * 1 where a sum that includes its own checksum is right: it folds to all ones, which those do that are multiples of 65535
 * and not 0. Specifications ask the same in the same words (domains/symbolic/checksum-facts.ts).
 */
function isRight<D extends Sorts>(a: ContractAlgebra<D>, sum: D['number']): D['number'] {
  const zero = a.number(0)
  const foldsToOnes = a.and(a.not(a.eq(sum, zero)), a.eq(a.remainder(sum, 65_535), zero))
  return a.select(foldsToOnes, a.number(1), zero)
}

/** A UDP datagram over IPv4 may come without a checksum: the field is zero (RFC 768). */
const UDP = 17
const PSEUDO_HEADED = [6, UDP, 58] as const

const fits16 = <D extends Sorts>(a: ContractAlgebra<D>, value: D['number']): D['truth'] => a.le(value, a.number(65_535))

const checksumFits = {
  text: 'the checksum is a 16-bit number',
  holds: <D extends Sorts>(a: ContractAlgebra<D>, { checksum }: { readonly checksum: D['number'] }) =>
    fits16(a, checksum),
}

const updateContracts = [
  operation(
    'checksum_update_u16',
    { checksum: u32, old: u32, fresh: u32 },
    {
      source: RFC_1624,
      result: 'u32',
      requires: [
        checksumFits,
        {
          text: 'the old and the new field are 16-bit numbers',
          holds: (a, { old, fresh }) => a.and(fits16(a, old), fits16(a, fresh)),
        },
      ],
      outcomes: [
        {
          name: 'updated',
          when: (a) => a.true,
          result: (a, { checksum, old, fresh }) => updated(a, checksum, complement(a, old), fresh),
        },
      ],
    },
  ),

  operation(
    'checksum_update_u32',
    { checksum: u32, old: u32, fresh: u32 },
    {
      source: RFC_1624,
      result: 'u32',
      requires: [checksumFits],
      outcomes: [
        {
          name: 'updated',
          when: (a) => a.true,
          result: (a, { checksum, old, fresh }) =>
            updated(a, checksum, a.sub(a.number(2 * 65_535), halves(a, old)), halves(a, fresh)),
        },
      ],
    },
  ),

  operation(
    'checksum_update_u128',
    { checksum: u32, old: bytes(16), fresh: bytes(16) },
    {
      source: RFC_1624,
      result: 'u32',
      requires: [checksumFits],
      outcomes: [
        {
          name: 'updated',
          when: (a) => a.true,
          result: (a, { checksum, old, fresh }) =>
            updated(a, checksum, a.sub(a.number(8 * 65_535), a.wordSum(old)), a.wordSum(fresh)),
        },
      ],
    },
  ),

  operation(
    'udp_checksum_finish',
    { original: u32, updated: u32 },
    {
      source: 'RFC 768: no checksum is sent as 0, and a computed 0 as 0xFFFF, its equal in ones complement',
      result: 'u32',
      requires: [],
      outcomes: [
        { name: 'none', when: (a, { original }) => a.eq(original, a.number(0)), result: (a) => a.number(0) },
        {
          name: 'finished',
          when: (a, { original }) => a.not(a.eq(original, a.number(0))),
          result: (a, { updated }) => a.select(a.eq(updated, a.number(0)), a.number(0xffff), updated),
        },
      ],
    },
  ),
]

const sumContracts = [
  operation(
    'checksum_ones_complement',
    { bytes: bytes('length'), length: u32, initial: u32 },
    {
      source: 'RFC 1071 section 1; not complemented, an odd last byte is followed by a zero',
      result: 'u32',
      requires: [],
      outcomes: [
        {
          name: 'summed',
          when: (a) => a.true,
          result: (a, { bytes, initial }) => fold(a, a.add(a.wordSum(bytes), initial)),
        },
      ],
    },
  ),

  operation(
    'ipv4_header_checksum_ok',
    { header: bytes('length'), length: u32 },
    {
      source: 'RFC 791 section 3.1',
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'judged',
          when: (a) => a.true,
          result: (a, { header }) => isRight(a, a.wordSum(header)),
        },
      ],
    },
  ),
]

const message = { ip: ipHeader, protocol: u32, message: bytes('length'), length: u32 } as const

function isVersion<D extends Sorts>(
  a: ContractAlgebra<D>,
  { ip }: Call<typeof message, D>,
  version: number,
): D['truth'] {
  return a.eq(a.quotient(a.byteAt(ip, 0), 16), a.number(version))
}

function isProtocol<D extends Sorts>(
  a: ContractAlgebra<D>,
  protocol: D['number'],
  among: readonly number[],
): D['truth'] {
  return among.reduce((any: D['truth'], one) => a.or(any, a.eq(protocol, a.number(one))), a.false)
}

/** A UDP message whose checksum field is zero. Requires that it has one. */
function hasNoChecksum<D extends Sorts>(a: ContractAlgebra<D>, call: Call<typeof message, D>): D['truth'] {
  return a.and(isProtocol(a, call.protocol, [UDP]), a.eq(a.wordSum(call.message, 6, 8), a.number(0)))
}

/** Addresses, protocol and length of the message (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1); ICMP has none. */
function pseudoHeader<D extends Sorts>(a: ContractAlgebra<D>, call: Call<typeof message, D>): D['number'] {
  const addresses = a.select(isVersion(a, call, 4), a.wordSum(call.ip, 12, 20), a.wordSum(call.ip, 8, 40))
  const whole = a.add(addresses, a.add(call.protocol, call.length))
  return a.select(isProtocol(a, call.protocol, PSEUDO_HEADED), whole, a.number(0))
}

const messageContracts = [
  operation('transport_checksum_ok', message, {
    source: 'RFC 768, RFC 9293 section 3.1, RFC 792, RFC 4443 section 2.3, RFC 8200 section 8.1',
    result: 'boolean',
    requires: [
      { text: 'the IP version is 4 or 6', holds: (a, call) => a.or(isVersion(a, call, 4), isVersion(a, call, 6)) },
      {
        text: 'a UDP message has at least 8 bytes',
        holds: (a, { protocol, length }) => a.implies(isProtocol(a, protocol, [UDP]), a.le(a.number(8), length)),
      },
    ],
    outcomes: [
      {
        // Right over IPv4, malformed over IPv6 (RFC 8200 section 8.1).
        name: 'no checksum',
        when: hasNoChecksum,
        result: (a, call) => a.select(isVersion(a, call, 4), a.number(1), a.number(0)),
      },
      {
        name: 'judged',
        when: (a, call) => a.not(hasNoChecksum(a, call)),
        result: (a, call) => isRight(a, a.add(pseudoHeader(a, call), a.wordSum(call.message))),
      },
    ],
  }),
]

export const checksumContracts = [...updateContracts, ...sumContracts, ...messageContracts]
