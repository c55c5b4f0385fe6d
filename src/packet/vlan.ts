/** VLAN tags, IEEE 802.1Q-2014 clause 9.6. A tag starts after the EtherType that announces it (its TPID: 0x8100, or 0x88A8 for the
 * service tag of Q-in-Q), which is `type` of the header before. */
import { fieldTable } from './field.js'
import { etherTypeNames } from './numbers.js'
import { HeaderView } from './view.js'

/** The 4 bytes after a TPID: tag control information and the next EtherType. */
export const vlanFields = fieldTable(4, {
  priority: { width: 3, kind: 'uint', doc: 'priority code point' },
  dropEligible: { width: 1, kind: 'uint', doc: 'drop eligible indicator' },
  id: { width: 12, kind: 'uint', doc: 'VLAN identifier' },
  type: { width: 16, kind: 'hex', doc: 'EtherType or length of what follows the tag', names: etherTypeNames },
})

/** A VLAN tag over any bytes. */
export class VlanView extends HeaderView {
  get priority(): number {
    return this.get(vlanFields.priority)
  }

  set priority(value: number) {
    this.set(vlanFields.priority, value)
  }

  get dropEligible(): number {
    return this.get(vlanFields.dropEligible)
  }

  set dropEligible(value: number) {
    this.set(vlanFields.dropEligible, value)
  }

  get id(): number {
    return this.get(vlanFields.id)
  }

  set id(value: number) {
    this.set(vlanFields.id, value)
  }

  get type(): number {
    return this.get(vlanFields.type)
  }

  set type(value: number) {
    this.set(vlanFields.type, value)
  }
}
