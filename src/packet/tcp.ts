/** TCP, RFC 9293 section 3.1. */
import { fieldTable } from './field.js'
import { HeaderView } from './view.js'

/** The 20 bytes before the options. */
export const tcpFields = fieldTable(20, {
  srcPort: { width: 16, kind: 'uint', doc: 'source port' },
  dstPort: { width: 16, kind: 'uint', doc: 'destination port' },
  sequence: { width: 32, kind: 'uint', doc: 'sequence number of the first byte' },
  acknowledgement: { width: 32, kind: 'uint', doc: 'next sequence number expected' },
  dataOffset: { width: 4, kind: 'uint', doc: 'header length in words of 4 bytes' },
  reserved: { width: 4, kind: 'uint', doc: 'zero; the lowest was once NS' },
  flags: {
    width: 8,
    kind: 'flags',
    doc: 'control bits',
    flags: ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'],
  },
  window: { width: 16, kind: 'uint', doc: 'bytes that may be sent, before scaling' },
  checksum: { width: 16, kind: 'checksum', doc: 'over pseudo header, header and data' },
  urgentPointer: { width: 16, kind: 'uint', doc: 'offset of the byte after urgent data' },
})

/** A TCP header over any bytes. */
export class TcpView extends HeaderView {
  get srcPort(): number {
    return this.get(tcpFields.srcPort)
  }

  set srcPort(value: number) {
    this.set(tcpFields.srcPort, value)
  }

  get dstPort(): number {
    return this.get(tcpFields.dstPort)
  }

  set dstPort(value: number) {
    this.set(tcpFields.dstPort, value)
  }

  get sequence(): number {
    return this.get(tcpFields.sequence)
  }

  set sequence(value: number) {
    this.set(tcpFields.sequence, value)
  }

  get acknowledgement(): number {
    return this.get(tcpFields.acknowledgement)
  }

  set acknowledgement(value: number) {
    this.set(tcpFields.acknowledgement, value)
  }

  get dataOffset(): number {
    return this.get(tcpFields.dataOffset)
  }

  set dataOffset(value: number) {
    this.set(tcpFields.dataOffset, value)
  }

  get reserved(): number {
    return this.get(tcpFields.reserved)
  }

  set reserved(value: number) {
    this.set(tcpFields.reserved, value)
  }

  get flags(): number {
    return this.get(tcpFields.flags)
  }

  set flags(value: number) {
    this.set(tcpFields.flags, value)
  }

  get window(): number {
    return this.get(tcpFields.window)
  }

  set window(value: number) {
    this.set(tcpFields.window, value)
  }

  get checksum(): number {
    return this.get(tcpFields.checksum)
  }

  set checksum(value: number) {
    this.set(tcpFields.checksum, value)
  }

  get urgentPointer(): number {
    return this.get(tcpFields.urgentPointer)
  }

  set urgentPointer(value: number) {
    this.set(tcpFields.urgentPointer, value)
  }

  /** Bytes of the header with options, as `dataOffset` says. */
  get headerLength(): number {
    return this.dataOffset * 4
  }

  /** The bytes between the fixed header and `headerLength`, as far as they are there. */
  get options(): Uint8Array {
    return this.bytes.subarray(this.at + 20, Math.max(this.at + 20, this.at + this.headerLength))
  }
}
