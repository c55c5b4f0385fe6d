/** What both writers have in common. */

import { maxFrameLength } from './types.js'

/** A packet to write. */
export interface OutputPacket {
  readonly bytes: Uint8Array
  /** Nanoseconds since the epoch, not negative. */
  readonly time: bigint
  /** Bytes on the wire where they are more than `bytes`; default: `bytes.length`. */
  readonly wireLength?: number
}

/**
 * A capture that is being written. All calls are synchronous: when one returns, the packet is copied, and a slow disk
 * has slowed down the caller. A packet that the format cannot hold is a `RangeError` and leaves the writer usable.
 */
export interface CaptureWriter<Packet extends OutputPacket> {
  /** @throws MachineError where the disk fails; the file is gone then. */
  write(packet: Packet): void
  /** Completes the file; before that, nothing is to be seen under its name. Does nothing the second time. */
  close(): void
  /** Leaves no file, or the one that had the name before. Does nothing after `close`. */
  abort(): void
}

/** @throws RangeError where a reader would refuse the packet. */
export function checkPacket({ bytes, time, wireLength }: OutputPacket, latest: bigint): void {
  if (bytes.length > maxFrameLength) throw new RangeError(`a frame of ${bytes.length} bytes, ${maxFrameLength} at most`)
  if (time < 0n || time > latest) throw new RangeError(`the time ${time} ns is outside 0 to ${latest} ns`)
  if (wireLength !== undefined && !(wireLength >= bytes.length && wireLength <= 0xffff_ffff)) {
    throw new RangeError(`a wire length of ${wireLength} for ${bytes.length} bytes`)
  }
}

/** Writes all packets and completes the file, or leaves none: for small outputs. */
export function writeAll<Packet extends OutputPacket>(writer: CaptureWriter<Packet>, packets: Iterable<Packet>): void {
  try {
    for (const packet of packets) writer.write(packet)
  } catch (error) {
    writer.abort()
    throw error
  }
  writer.close()
}
