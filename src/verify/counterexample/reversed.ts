/** What answers a packet: the same with its ends exchanged. */
import { edited } from './shrinking/edit.js'

export function reversed(bytes: Uint8Array): Uint8Array {
  return edited(bytes, (copy, { ethernet, ipv4, ipv6, transport }) => {
    if (ethernet) exchange(copy, 0, 6)
    if (ipv4 !== -1) exchange(copy, ipv4 + 12, 4)
    if (ipv6 !== -1) exchange(copy, ipv6 + 8, 16)
    if (transport !== -1) exchange(copy, transport, 2)
    return copy
  })
}

/** Two values of `size` bytes, one after the other. */
function exchange(bytes: Uint8Array, at: number, size: number): void {
  const first = bytes.slice(at, at + size)
  bytes.copyWithin(at, at + size, at + 2 * size)
  bytes.set(first, at + size)
}
