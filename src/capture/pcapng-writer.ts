/**
 * Writes pcapng files: one little-endian section, its interfaces (times in nanoseconds), enhanced packet blocks, each
 * with a comment where asked (draft-ietf-opsawg-pcapng sections 3.5, 4.1 to 4.3).
 */

import { OutputFile } from './output-file.js'
import { maxFrameLength } from './types.js'
import { type CaptureWriter, checkPacket, type OutputPacket } from './writer.js'

export interface OutputInterface {
  readonly name: string
  /** Number of the link type; 1 = Ethernet. */
  readonly linkType: number
  /** Default: `maxFrameLength`. */
  readonly snapLength?: number
}

export interface PcapngWriterOptions {
  /** At least one; packets name them by index. */
  readonly interfaces: readonly OutputInterface[]
  /** Name of the writing program, as readers show it. */
  readonly application?: string
}

export interface OutputPcapngPacket extends OutputPacket {
  /** Index into `interfaces`; default: 0. */
  readonly interfaceId?: number
  /** Cut at 65,535 bytes of UTF-8, what an option can hold. */
  readonly comment?: string
}

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)
const padding = [noBytes, new Uint8Array(3), new Uint8Array(2), new Uint8Array(1)] as const
const longestOption = 65_535
const endOfOptions = new Uint8Array(4)
const latest = 2n ** 63n - 1n

/** @throws InputError where the path cannot be written. */
export function createPcapngWriter(path: string, options: PcapngWriterOptions): CaptureWriter<OutputPcapngPacket> {
  if (options.interfaces.length === 0) throw new RangeError('a pcapng file needs an interface')
  const file = new OutputFile(path)
  file.append(section(options.application), ...options.interfaces.map(description))
  const head = new Uint8Array(28)
  const view = new DataView(head.buffer)
  view.setUint32(0, 6, true)
  return {
    write(packet) {
      checkPacket(packet, latest)
      const { bytes, time, interfaceId = 0, wireLength, comment } = packet
      if (options.interfaces[interfaceId] === undefined) throw new RangeError(`there is no interface ${interfaceId}`)
      const pad = paddingOf(bytes)
      const tail = comment === undefined ? noBytes : concatenate([option(1, comment), endOfOptions])
      const length = 32 + bytes.length + pad.length + tail.length
      view.setUint32(4, length, true)
      view.setUint32(8, interfaceId, true)
      view.setUint32(12, Number(time >> 32n), true)
      view.setUint32(16, Number(time & 0xffff_ffffn), true)
      view.setUint32(20, bytes.length, true)
      view.setUint32(24, wireLength ?? bytes.length, true)
      file.append(head, bytes, pad, tail, head.subarray(4, 8))
    },
    close: () => file.close(),
    abort: () => file.abort(),
  }
}

/** Section header block; its section length is unknown (-1), which lets it be streamed. */
function section(application: string | undefined): Uint8Array {
  const fixed = new Uint8Array(16)
  const view = new DataView(fixed.buffer)
  view.setUint32(0, 0x1a2b3c4d, true)
  view.setUint16(4, 1, true)
  view.setBigInt64(8, -1n, true)
  return block(0x0a0d0d0a, [fixed, ...(application === undefined ? [] : [option(4, application), endOfOptions])])
}

/** Interface description block with if_name and if_tsresol = 9, nanoseconds. */
function description({ name, linkType, snapLength = maxFrameLength }: OutputInterface): Uint8Array {
  const fixed = new Uint8Array(8)
  const view = new DataView(fixed.buffer)
  view.setUint16(0, linkType, true)
  view.setUint32(4, snapLength, true)
  return block(1, [fixed, option(2, name), option(9, new Uint8Array([9])), endOfOptions])
}

function block(type: number, body: readonly Uint8Array[]): Uint8Array {
  const length = 12 + body.reduce((sum, part) => sum + part.length, 0)
  const head = new Uint8Array(8)
  const view = new DataView(head.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  return concatenate([head, ...body, head.subarray(4)])
}

function option(code: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? textOf(value) : value
  const head = new Uint8Array(4)
  const view = new DataView(head.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, bytes.length, true)
  return concatenate([head, bytes, paddingOf(bytes)])
}

/** UTF-8, cut between two characters where it is too long for an option. */
function textOf(value: string): Uint8Array {
  const whole = encoder.encode(value)
  if (whole.length <= longestOption) return whole
  const cut = new Uint8Array(longestOption)
  return cut.subarray(0, encoder.encodeInto(value, cut).written)
}

function paddingOf(bytes: Uint8Array): Uint8Array {
  return padding[bytes.length % 4] ?? noBytes
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
