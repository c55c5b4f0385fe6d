/** LLC (IEEE 802.2, ISO/IEC 8802-2 clause 3) and SNAP (IEEE 802-2014 clause 9.2.2): what follows an 802.3 length. */
import { fieldTable } from './field.js'
import { etherTypeNames } from './numbers.js'
import { HeaderView } from './view.js'

const accessPoints = { 66: 'spanning tree', 170: 'SNAP', 224: 'NetWare', 240: 'NetBIOS', 254: 'OSI' }

/** Unnumbered frames: a control field of one byte. */
export const llcFields = fieldTable(3, {
  dsap: { width: 8, kind: 'hex', doc: 'destination service access point', names: accessPoints },
  ssap: { width: 8, kind: 'hex', doc: 'source service access point', names: accessPoints },
  control: { width: 8, kind: 'hex', doc: 'control field', names: { 3: 'unnumbered information' } },
})

/** Information and supervisory frames: a control field of two bytes. */
export const llcNumberedFields = fieldTable(4, {
  dsap: llcFields.dsap,
  ssap: llcFields.ssap,
  control: { width: 16, kind: 'hex', doc: 'control field with sequence numbers' },
})

/** What follows an LLC header with both access points 0xAA. */
export const snapFields = fieldTable(5, {
  oui: { width: 24, kind: 'hex', doc: 'organisation; 0 where `type` is an EtherType' },
  type: { width: 16, kind: 'hex', doc: 'EtherType, or the protocol of the organisation', names: etherTypeNames },
})

/** An LLC header over any bytes. */
export class LlcView extends HeaderView {
  get dsap(): number {
    return this.get(llcFields.dsap)
  }

  set dsap(value: number) {
    this.set(llcFields.dsap, value)
  }

  get ssap(): number {
    return this.get(llcFields.ssap)
  }

  set ssap(value: number) {
    this.set(llcFields.ssap, value)
  }

  get control(): number {
    return this.get(llcFields.control)
  }

  set control(value: number) {
    this.set(llcFields.control, value)
  }

  /** Whether the control field has two bytes: only unnumbered frames end in 11. */
  get isNumbered(): boolean {
    return (this.control & 3) !== 3
  }

  /** Whether a SNAP header follows. */
  get isSnap(): boolean {
    return this.dsap === 0xaa && this.ssap === 0xaa && this.control === 3
  }
}

/** A SNAP header over any bytes. */
export class SnapView extends HeaderView {
  get oui(): number {
    return this.get(snapFields.oui)
  }

  set oui(value: number) {
    this.set(snapFields.oui, value)
  }

  get type(): number {
    return this.get(snapFields.type)
  }

  set type(value: number) {
    this.set(snapFields.type, value)
  }
}
