/** Ethernet II and the head of IEEE 802.3 frames (IEEE 802.3-2018 clause 3.1.1), without preamble and FCS. */
import { fieldTable } from './field.js'
import { etherTypeNames } from './numbers.js'
import { HeaderView } from './view.js'

/** The 14 bytes of an Ethernet header. */
export const ethernetFields = fieldTable(14, {
  dst: { width: 48, kind: 'mac', doc: 'destination address' },
  src: { width: 48, kind: 'mac', doc: 'source address' },
  type: { width: 16, kind: 'hex', doc: 'EtherType, or below 0x0600 the length of what follows', names: etherTypeNames },
})

/** An Ethernet header over any bytes. */
export class EthernetView extends HeaderView {
  get dst(): number {
    return this.get(ethernetFields.dst)
  }

  set dst(value: number) {
    this.set(ethernetFields.dst, value)
  }

  get src(): number {
    return this.get(ethernetFields.src)
  }

  set src(value: number) {
    this.set(ethernetFields.src, value)
  }

  get type(): number {
    return this.get(ethernetFields.type)
  }

  set type(value: number) {
    this.set(ethernetFields.type, value)
  }
}
