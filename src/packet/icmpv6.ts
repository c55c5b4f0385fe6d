/** ICMPv6, RFC 4443, and the neighbour messages of RFC 4861 sections 4.3 and 4.4. */
import { type FieldTable, fieldTable } from './field.js'
import { IcmpView } from './icmp.js'

const typeNames = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  137: 'redirect',
  143: 'multicast listener report v2',
}

/** The 8 bytes that messages start with; what `rest` means depends on the type. */
export const icmpv6Fields = fieldTable(8, {
  type: { width: 8, kind: 'uint', doc: 'kind of message', names: typeNames },
  code: { width: 8, kind: 'uint', doc: 'which of its kind' },
  checksum: { width: 16, kind: 'checksum', doc: 'over pseudo header and message' },
  rest: { width: 32, kind: 'hex', doc: 'by type: MTU, pointer, or reserved' },
})

/** Echo request and reply. */
export const icmpv6EchoFields = fieldTable(8, {
  type: icmpv6Fields.type,
  code: icmpv6Fields.code,
  checksum: icmpv6Fields.checksum,
  identifier: { width: 16, kind: 'uint', doc: 'same in request and reply' },
  sequence: { width: 16, kind: 'uint', doc: 'same in request and reply' },
})

/** Neighbour solicitation and advertisement, without their options. */
export const icmpv6NeighbourFields = fieldTable(24, {
  type: icmpv6Fields.type,
  code: icmpv6Fields.code,
  checksum: icmpv6Fields.checksum,
  flags: { width: 3, kind: 'flags', doc: 'of advertisements', flags: ['override', 'solicited', 'router'] },
  reserved: { width: 29, kind: 'hex', doc: 'zero' },
  target: { width: 128, kind: 'ipv6', doc: 'address that is asked for or told of' },
})

/** The table for messages of a type. */
export function icmpv6Table(type: number): FieldTable {
  if (type === 128 || type === 129) return icmpv6EchoFields
  return type === 135 || type === 136 ? icmpv6NeighbourFields : icmpv6Fields
}

/** Whether a message of this type carries the head of the packet that it is about (RFC 4443 section 2.1). */
export function isIcmpv6Error(type: number): boolean {
  return type < 128
}

/** An ICMPv6 header over any bytes: the same layout as ICMP's, and the target of neighbour messages. */
export class Icmpv6View extends IcmpView {
  get target(): bigint {
    return this.getWide(icmpv6NeighbourFields.target)
  }

  set target(value: bigint) {
    this.set(icmpv6NeighbourFields.target, value)
  }
}
