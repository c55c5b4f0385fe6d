/** pcap-parser, an independent reader of classic microsecond files, sees what ours sees. */

import test from 'ava'
import fc from 'fast-check'
import pcapParser, { type GlobalHeader, type Packet } from 'pcap-parser'

import { createPcapWriter, openCapture, writeAll } from '../../src/capture/index.js'
import { freshPath, readAll } from './build.js'

interface Other {
  readonly header: GlobalHeader | undefined
  readonly packets: readonly Packet[]
}

function readOther(path: string): Promise<Other> {
  return new Promise((resolve, reject) => {
    let header: GlobalHeader | undefined
    const packets: Packet[] = []
    pcapParser
      .parse(path)
      .on('globalHeader', (value) => {
        header = value
      })
      .on('packet', (packet) => packets.push(packet))
      .on('error', reject)
      .on('end', () => resolve({ header, packets }))
  })
}

const packet = fc.record({
  bytes: fc.uint8Array({ maxLength: 2000 }),
  time: fc.bigInt({ min: 0n, max: 2n ** 32n * 10n ** 9n - 1n }),
  more: fc.nat({ max: 9000 }),
})

test('pcap-parser and our reader agree on every field of random files in both byte orders', async (t) => {
  const form = fc.record({
    bigEndian: fc.boolean(),
    linkType: fc.constantFrom(1, 113),
    snapLength: fc.nat({ max: 262_144 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { maxLength: 60, size: 'max' }), form, async (packets, options) => {
      const path = freshPath('random.pcap')
      const output = packets.map(({ bytes, time, more }) => ({ bytes, time, wireLength: bytes.length + more }))
      writeAll(createPcapWriter(path, options), output)
      const [ours, other] = await Promise.all([readAll(openCapture(path)), readOther(path)])
      const seen = other.packets.map(({ header, data }) => ({
        data: Uint8Array.from(data),
        wire: header.originalLength,
        time: BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n,
        interfaceId: 0,
        comment: undefined,
      }))
      t.is(ours.error, undefined)
      t.is(seen.length, packets.length)
      t.deepEqual(ours.frames, seen)
      t.is(ours.capture?.interfaces[0]?.linkType, other.header?.linkLayerType)
      t.is(ours.capture?.interfaces[0]?.snapLength, other.header?.snapshotLength)
    }),
    { numRuns: 60 },
  )
})
