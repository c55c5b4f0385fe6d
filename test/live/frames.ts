/** IPv4 datagrams of UDP, checksums left zero: nobody here looks at them. */
type End = readonly [number, number, number, number, number]

export interface Datagram {
  readonly source: End
  readonly destination: End
  /** Every byte of the 18. */
  readonly payload: number
  readonly ttl?: number
  readonly identification?: number
}

export function udpFrame({ source, destination, payload, ttl = 64, identification = 1 }: Datagram): Uint8Array {
  const frame = new Uint8Array(60)
  const view = new DataView(frame.buffer)
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46])
  view.setUint16(18, identification)
  frame[22] = ttl
  frame[23] = 17
  frame.set(source.slice(0, 4), 26)
  frame.set(destination.slice(0, 4), 30)
  view.setUint16(34, source[4])
  view.setUint16(36, destination[4])
  view.setUint16(38, 26)
  frame.fill(payload, 42)
  return frame
}
