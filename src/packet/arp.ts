/** ARP for IPv4 over Ethernet, RFC 826. */
import { fieldTable } from './field.js'
import { etherTypeNames } from './numbers.js'
import { HeaderView } from './view.js'

/** The 28 bytes of ARP for IPv4 over Ethernet. */
export const arpFields = fieldTable(28, {
  hardwareType: { width: 16, kind: 'uint', doc: '1 is Ethernet' },
  protocolType: { width: 16, kind: 'hex', doc: 'EtherType of the protocol', names: etherTypeNames },
  hardwareLength: { width: 8, kind: 'uint', doc: 'bytes of a hardware address' },
  protocolLength: { width: 8, kind: 'uint', doc: 'bytes of a protocol address' },
  operation: { width: 16, kind: 'uint', doc: '1 request, 2 reply', names: { 1: 'request', 2: 'reply' } },
  senderMac: { width: 48, kind: 'mac', doc: 'sender hardware address' },
  senderIp: { width: 32, kind: 'ipv4', doc: 'sender protocol address' },
  targetMac: { width: 48, kind: 'mac', doc: 'target hardware address' },
  targetIp: { width: 32, kind: 'ipv4', doc: 'target protocol address' },
})

/** ARP for IPv4 over Ethernet, over any bytes. */
export class ArpView extends HeaderView {
  get hardwareType(): number {
    return this.get(arpFields.hardwareType)
  }

  set hardwareType(value: number) {
    this.set(arpFields.hardwareType, value)
  }

  get protocolType(): number {
    return this.get(arpFields.protocolType)
  }

  set protocolType(value: number) {
    this.set(arpFields.protocolType, value)
  }

  get hardwareLength(): number {
    return this.get(arpFields.hardwareLength)
  }

  set hardwareLength(value: number) {
    this.set(arpFields.hardwareLength, value)
  }

  get protocolLength(): number {
    return this.get(arpFields.protocolLength)
  }

  set protocolLength(value: number) {
    this.set(arpFields.protocolLength, value)
  }

  get operation(): number {
    return this.get(arpFields.operation)
  }

  set operation(value: number) {
    this.set(arpFields.operation, value)
  }

  get senderMac(): number {
    return this.get(arpFields.senderMac)
  }

  set senderMac(value: number) {
    this.set(arpFields.senderMac, value)
  }

  get senderIp(): number {
    return this.get(arpFields.senderIp)
  }

  set senderIp(value: number) {
    this.set(arpFields.senderIp, value)
  }

  get targetMac(): number {
    return this.get(arpFields.targetMac)
  }

  set targetMac(value: number) {
    this.set(arpFields.targetMac, value)
  }

  get targetIp(): number {
    return this.get(arpFields.targetIp)
  }

  set targetIp(value: number) {
    this.set(arpFields.targetIp, value)
  }
}
