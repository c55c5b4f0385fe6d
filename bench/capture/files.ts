/** Captures to measure with, made with our own writers in a temporary directory. */

import { createPcapngWriter, createPcapWriter, linkType } from '../../src/capture/index.js'
import { Expected } from './checksum.js'

export interface Shape {
  readonly format: 'pcap' | 'pcapng'
  readonly frameLength: number
  readonly packets: number
}

/** Frames of one length with changing content; the result is the checksum that reading must give. */
export function makeFile(path: string, { format, frameLength, packets }: Shape): number {
  const writer =
    format === 'pcap'
      ? createPcapWriter(path)
      : createPcapngWriter(path, { interfaces: [{ name: 'bench0', linkType: linkType.ethernet }] })
  const expected = new Expected()
  const noise = pseudoRandom(frameLength + 4096)
  for (let i = 0; i < packets; i++) {
    const at = (i * 2654435761) % 4096
    const bytes = noise.subarray(at, at + frameLength)
    const time = 1_700_000_000_000_000_000n + BigInt(i) * 1_234_000n
    writer.write({ bytes, time })
    expected.add(bytes, time)
  }
  writer.close()
  return expected.value
}

/** Marsaglia's xorshift32: the same bytes in every run. */
function pseudoRandom(length: number): Uint8Array {
  let state = 2463534242
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  })
}
