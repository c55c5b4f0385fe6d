/** ICMP, RFC 792. */
import { type FieldTable, fieldTable } from './field.js'
import { HeaderView } from './view.js'

const typeNames = {
  0: 'echo reply',
  3: 'destination unreachable',
  4: 'source quench',
  5: 'redirect',
  8: 'echo request',
  9: 'router advertisement',
  10: 'router solicitation',
  11: 'time exceeded',
  12: 'parameter problem',
  13: 'timestamp request',
  14: 'timestamp reply',
}

/** The 8 bytes that every message starts with; what `rest` means depends on the type. */
export const icmpFields = fieldTable(8, {
  type: { width: 8, kind: 'uint', doc: 'kind of message', names: typeNames },
  code: { width: 8, kind: 'uint', doc: 'which of its kind' },
  checksum: { width: 16, kind: 'checksum', doc: 'over the message' },
  rest: { width: 32, kind: 'hex', doc: 'by type: pointer, gateway address, next-hop MTU, or unused' },
})

/** Messages that are asked and answered: echo, timestamp. */
export const icmpQueryFields = fieldTable(8, {
  type: icmpFields.type,
  code: icmpFields.code,
  checksum: icmpFields.checksum,
  identifier: { width: 16, kind: 'uint', doc: 'same in request and reply' },
  sequence: { width: 16, kind: 'uint', doc: 'same in request and reply' },
})

/** The table for messages of a type. */
export function icmpTable(type: number): FieldTable {
  return [0, 8, 13, 14].includes(type) ? icmpQueryFields : icmpFields
}

/** Whether a message of this type carries the head of the datagram that it is about, after its 8 bytes. */
export function isIcmpError(type: number): boolean {
  return [3, 4, 5, 11, 12].includes(type)
}

/** An ICMP header over any bytes. */
export class IcmpView extends HeaderView {
  get type(): number {
    return this.get(icmpFields.type)
  }

  set type(value: number) {
    this.set(icmpFields.type, value)
  }

  get code(): number {
    return this.get(icmpFields.code)
  }

  set code(value: number) {
    this.set(icmpFields.code, value)
  }

  get checksum(): number {
    return this.get(icmpFields.checksum)
  }

  set checksum(value: number) {
    this.set(icmpFields.checksum, value)
  }

  get rest(): number {
    return this.get(icmpFields.rest)
  }

  set rest(value: number) {
    this.set(icmpFields.rest, value)
  }

  get identifier(): number {
    return this.get(icmpQueryFields.identifier)
  }

  set identifier(value: number) {
    this.set(icmpQueryFields.identifier, value)
  }

  get sequence(): number {
    return this.get(icmpQueryFields.sequence)
  }

  set sequence(value: number) {
    this.set(icmpQueryFields.sequence, value)
  }
}
