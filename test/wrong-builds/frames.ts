/** Frames of scenes. */
import { buildFrame, type FrameParts } from '../../src/packet/index.js'

/** One end of a conversation. */
export interface End {
  readonly address: string
  readonly port: number
}

export type Protocol = 'tcp' | 'udp'

/** A TCP segment or UDP datagram from one end to the other, over the IP version of the addresses. */
export function packet(protocol: Protocol, from: End, to: End, more: FrameParts = {}): Uint8Array {
  const version = from.address.includes(':') ? 'ipv6' : 'ipv4'
  return buildFrame({
    ethernet: { src: '02:aa:00:00:00:01', dst: '02:aa:00:00:00:02', ...more.ethernet },
    payload: 'hello',
    ...more,
    [version]: { src: from.address, dst: to.address, ...more[version] },
    [protocol]: { srcPort: from.port, dstPort: to.port, ...more[protocol] },
  })
}

/** The first `length` bytes of a frame. */
export function cut(frame: Uint8Array, length: number): Uint8Array {
  return frame.slice(0, length)
}

/** A frame with the byte at `at` changed to `value`. */
export function withByte(frame: Uint8Array, at: number, value: number): Uint8Array {
  const changed = frame.slice()
  changed[at] = value
  return changed
}
