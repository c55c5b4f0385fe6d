/** What `packet.tagged(...)` and `packet.untagged()` do to the bytes (IEEE 802.1Q-2014 clause 9.6). */
import { etherTypes } from '../../packet/numbers.js'
import { SpecError } from '../../spec/error.js'
import type { Tag } from '../../spec/packet.js'
import { type ChangeTarget, fits } from './changes.js'

/** Bytes: TPID and tag control information. */
export const TAG_LENGTH = 4
/** Where the outermost tag is: after both addresses. */
const AT = 12

/** Into a frame of `length` bytes at the start of the target. */
export function putTag({ bytes, view, layers }: ChangeTarget, length: number, tag: Tag): void {
  if (!layers.ethernet) throw new SpecError('packet.tagged: this packet has no Ethernet header')
  if (length + TAG_LENGTH > bytes.length) throw new SpecError('packet.tagged: the frame is too long for a tag')
  const { id, priority = 0, dropEligible = 0 } = tag
  bytes.copyWithin(AT + TAG_LENGTH, AT, length)
  view.setUint16(AT, etherTypes.vlan)
  view.setUint16(AT + 2, controlOf(id, priority, dropEligible))
}

export function takeTag({ bytes, layers }: ChangeTarget, length: number): void {
  if (layers.vlanTags === 0) throw new SpecError('packet.untagged: this packet has no VLAN tag')
  bytes.copyWithin(AT, AT + TAG_LENGTH, length)
}

function controlOf(id: number, priority: number, dropEligible: number): number {
  return (
    (fits(priority, 7, 'vlan.priority') << 13) |
    (fits(dropEligible, 1, 'vlan.dropEligible') << 12) |
    fits(id, 0xfff, 'vlan.id')
  )
}
