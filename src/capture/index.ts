/**
 * Capture files: streaming readers of pcap and pcapng, and writers of both.
 *
 * Reading: `openCapture` gives the frames as the file has them, in batches that share storage; `openFrames` (what
 * replay uses) gives Ethernet frames over several files, with everything skipped counted by name. Memory does not
 * grow with the file; formats and gzip are told by content. Whatever the bytes, a reader ends with the frames, or
 * with the frames before the fault and then an `InputError` (exit code 2) that names file, packet and byte offset.
 *
 * Writing: `createPcapWriter`, `createPcapngWriter`. A file appears under its name when it is complete, or not at all.
 *
 * Not read: frame check sequences as such (they stay at the end of the frame), name resolution, statistics and
 * decryption blocks, custom blocks (skipped).
 *
 * Called by replay, generate, report and the oracle's violation files; knows nothing of protocols above the link.
 */

export { hostMac, peerMac } from './encapsulate.js'
export {
  type EthernetBatch,
  type FileCounts,
  type Frames,
  type FramesOptions,
  openFrames,
  type SkipCause,
} from './frames.js'
export { linkType, linkTypeName } from './linktypes.js'
export { type OpenOptions, openCapture } from './open.js'
export { createPcapWriter, type PcapWriterOptions } from './pcap-writer.js'
export {
  createPcapngWriter,
  type OutputInterface,
  type OutputPcapngPacket,
  type PcapngWriterOptions,
} from './pcapng-writer.js'
export {
  type Capture,
  type CaptureInterface,
  type FrameBatch,
  maxBlockLength,
  maxFrameLength,
  maxInterfaces,
} from './types.js'
export { type CaptureWriter, type OutputPacket, writeAll } from './writer.js'
