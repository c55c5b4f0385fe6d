/** What the two readers have in common: interfaces, batches of frames, and the limits that keep memory bounded. */

/** The longest frame that is read, in bytes: the largest snap length that capture tools write. */
export const maxFrameLength = 262_144

/** The longest pcapng block that is held in memory (a frame and its options); others are skipped in pieces. */
export const maxBlockLength = 1_048_576

/** The most interfaces that one file may describe, all sections together. */
export const maxInterfaces = 65_536

/** One interface of a capture. A classic pcap file has exactly one. */
export interface CaptureInterface {
  /** Index in `Capture.interfaces`: it counts through all sections of the file. */
  readonly id: number
  /** Number of the link type as the tcpdump.org list has it (1 = Ethernet). */
  readonly linkType: number
  readonly linkTypeName: string
  /** Bytes kept of each frame at most; 0 = no limit. */
  readonly snapLength: number
  readonly name?: string
  /** 0-based number of the pcapng section that describes it. */
  readonly section: number
}

/**
 * Frames read together, in file order. All arrays are shared storage, at least `count` long, and hold until the next
 * batch is asked for: copy what must live longer. Frame i is `bytes[offset[i], offset[i] + captured[i])`.
 */
export interface FrameBatch {
  readonly count: number
  readonly bytes: Uint8Array
  readonly offset: Uint32Array
  /** Bytes that the file holds. */
  readonly captured: Uint32Array
  /** Bytes that the frame had on the wire, as the file claims. */
  readonly wire: Uint32Array
  /** Nanoseconds since the epoch. A simple packet block has no time: it takes that of the frame before it, or 0. */
  readonly time: BigInt64Array
  /** Index into `Capture.interfaces`. */
  readonly interfaceId: Uint32Array
  /** The comments of frame i, one a line; undefined where there are none. */
  comment(i: number): string | undefined
}

/** An open capture file, read once, from its first frame to its last. */
export interface Capture {
  /** The path as given, or 'standard input'. */
  readonly name: string
  readonly format: 'pcap' | 'pcapng'
  /** Grows while reading: a pcapng file may describe an interface anywhere before its first frame. */
  readonly interfaces: readonly CaptureInterface[]
  /**
   * The frames. At a fault in the file the frames before it are delivered first, then `InputError` is thrown with
   * file, packet number and byte offset. Leaving the loop early closes the file. May be called once.
   */
  batches(): AsyncIterable<FrameBatch>
  /** Releases the file; may be called at any time, more than once. */
  close(): Promise<void>
}
