/** Frames that tests of ports send, and what they receive. */
import { Burst, type PacketPort, waitForFrames } from '../../src/packetio/index.js'

export const ROOM = 2048

/** An experimental type (IEEE 802 clause 9.2), so that no stack takes a frame for its own. */
const TYPE = [0x88, 0xb5]

export function frameOf(length: number, fill: number, tags: readonly number[] = []): Uint8Array {
  const frame = new Uint8Array(length).fill(fill)
  const types = tags.flatMap((tag) => [0x81, 0x00, tag >> 8, tag & 255])
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...types, ...TYPE])
  return frame
}

export function burstOf(frames: readonly Uint8Array[]): Burst {
  const burst = new Burst(frames.length, ROOM)
  for (const [i, frame] of frames.entries()) {
    burst.bytes.set(frame, i * ROOM)
    burst.set(i, i * ROOM, frame.length)
  }
  return burst
}

/** What arrives until there are so many frames, or nothing more comes for a while. */
export function received(
  port: PacketPort,
  count: number,
  patience = 5000,
): { frame: Uint8Array; flags: number; time: bigint }[] {
  const burst = new Burst(64, ROOM)
  const all: { frame: Uint8Array; flags: number; time: bigint }[] = []
  while (all.length < count && waitForFrames([port], patience) > 0) {
    const filled = port.receive(burst)
    for (let i = 0; i < filled; i++) {
      all.push({ frame: burst.frame(i).slice(), flags: burst.flags(i), time: burst.time(i) })
    }
  }
  return all
}

/** What was sent before is out of the way soon, as it is received or lost. */
export function sendAll(port: PacketPort, burst: Burst, count: number): void {
  const end = Date.now() + 5000
  for (let sent = 0; sent < count; sent += port.send(burst, sent, count - sent)) {
    if (Date.now() > end) throw new Error(`${sent} of ${count} frames were taken, and no more`)
  }
}

/** All of them, a few at a time and each batch received before the next: no queue on the way is full. */
export function carried(from: PacketPort, to: PacketPort, frames: readonly Uint8Array[]): Uint8Array[] {
  const all: Uint8Array[] = []
  for (let first = 0; first < frames.length; first += 64) {
    const batch = frames.slice(first, first + 64)
    sendAll(from, burstOf(batch), batch.length)
    all.push(...received(to, batch.length).map(({ frame }) => frame))
  }
  return all
}
