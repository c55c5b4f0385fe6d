/** UDP, RFC 768. */
import { fieldTable } from './field.js'
import { HeaderView } from './view.js'

/** The 8 bytes of the UDP header. */
export const udpFields = fieldTable(8, {
  srcPort: { width: 16, kind: 'uint', doc: 'source port' },
  dstPort: { width: 16, kind: 'uint', doc: 'destination port' },
  length: { width: 16, kind: 'uint', doc: 'bytes of header and data' },
  checksum: { width: 16, kind: 'checksum', doc: 'over pseudo header, header and data; 0 for none' },
})

/** A UDP header over any bytes. */
export class UdpView extends HeaderView {
  get srcPort(): number {
    return this.get(udpFields.srcPort)
  }

  set srcPort(value: number) {
    this.set(udpFields.srcPort, value)
  }

  get dstPort(): number {
    return this.get(udpFields.dstPort)
  }

  set dstPort(value: number) {
    this.set(udpFields.dstPort, value)
  }

  get length(): number {
    return this.get(udpFields.length)
  }

  set length(value: number) {
    this.set(udpFields.length, value)
  }

  get checksum(): number {
    return this.get(udpFields.checksum)
  }

  set checksum(value: number) {
    this.set(udpFields.checksum, value)
  }
}
