/** Writes classic pcap files, version 2.4 (draft-ietf-opsawg-pcap). */

import { linkType } from './linktypes.js'
import { OutputFile } from './output-file.js'
import { maxFrameLength } from './types.js'
import { type CaptureWriter, checkPacket, type OutputPacket } from './writer.js'

export interface PcapWriterOptions {
  /** Keep nanoseconds (magic a1b23c4d); otherwise times are rounded down to microseconds. Default: false. */
  readonly nanosecond?: boolean
  /** Default: 1, Ethernet. */
  readonly linkType?: number
  /** Default: `maxFrameLength`. */
  readonly snapLength?: number
  /** Default: false. */
  readonly bigEndian?: boolean
}

/** Seconds are a u32: until the year 2106. */
const latest = 4_294_967_296_000_000_000n - 1n

/** @throws InputError where the path cannot be written. */
export function createPcapWriter(path: string, options: PcapWriterOptions = {}): CaptureWriter<OutputPacket> {
  const littleEndian = options.bigEndian !== true
  const unit = options.nanosecond === true ? 1n : 1000n
  const file = new OutputFile(path)
  file.append(fileHeader(options, littleEndian))
  const record = new Uint8Array(16)
  const view = new DataView(record.buffer)
  return {
    write(packet) {
      checkPacket(packet, latest)
      const { bytes, time, wireLength } = packet
      view.setUint32(0, Number(time / 1_000_000_000n), littleEndian)
      view.setUint32(4, Number((time % 1_000_000_000n) / unit), littleEndian)
      view.setUint32(8, bytes.length, littleEndian)
      view.setUint32(12, wireLength ?? bytes.length, littleEndian)
      file.append(record, bytes)
    },
    close: () => file.close(),
    abort: () => file.abort(),
  }
}

function fileHeader(options: PcapWriterOptions, littleEndian: boolean): Uint8Array {
  const header = new Uint8Array(24)
  const view = new DataView(header.buffer)
  view.setUint32(0, options.nanosecond === true ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian)
  view.setUint16(4, 2, littleEndian)
  view.setUint16(6, 4, littleEndian)
  view.setUint32(16, options.snapLength ?? maxFrameLength, littleEndian)
  view.setUint32(20, options.linkType ?? linkType.ethernet, littleEndian)
  return header
}
