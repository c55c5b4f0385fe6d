import test from 'ava'
import fc from 'fast-check'

import { maxFrameLength } from '../../src/capture/index.js'
import { bytes, join8, pattern, pcap, readBytes } from './build.js'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const frame = fc.record({ seconds: u32, fraction: u32, data: fc.uint8Array({ maxLength: 90 }), wire: u32 })
/** Exactly 2^32 nanoseconds: the lower half of the time is 0. */
const carry = { seconds: 4, fraction: 294_967_296, data: pattern(5), wire: 5 }
const shape = fc.record({ littleEndian: fc.boolean(), nanosecond: fc.boolean(), linkType: fc.constantFrom(0, 1, 113) })

test('every field of every record is read, in both byte orders and units', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 20 }), shape, async (frames, form) => {
      const { frames: read, error, capture } = await readBytes(pcap(frames, form))
      t.is(error, undefined)
      t.is(capture?.format, 'pcap')
      t.is(capture?.interfaces[0]?.linkType, form.linkType)
      const unit = form.nanosecond ? 1n : 1000n
      const expected = frames.map(({ seconds, fraction, data, wire }) => ({
        data,
        wire,
        time: BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * unit,
        interfaceId: 0,
        comment: undefined,
      }))
      t.deepEqual(read, expected)
    }),
    { numRuns: 60, examples: [[[carry], { littleEndian: true, nanosecond: true, linkType: 1 }]] },
  )
})

test('a file larger than buffer and batch arrives whole and in order', async (t) => {
  const data = pattern(67)
  const frames = Array.from({ length: 9000 }, (_, i) => ({ seconds: i, fraction: i % 7, data }))
  const { frames: read, batches, error } = await readBytes(pcap(frames))
  t.is(error, undefined)
  t.is(read.length, 9000)
  t.true(batches > 2)
  t.true(read.every((one, i) => one.time === BigInt(i) * 1_000_000_000n + BigInt(i % 7) * 1000n))
  t.true(read.every((one) => Buffer.compare(one.data, data) === 0))
})

test('the longest frame is read, wherever it lies', async (t) => {
  const longest = pattern(maxFrameLength, 3)
  const small = pattern(60)
  const file = pcap([small, longest, small, longest].map((data) => ({ seconds: 1, fraction: 0, data })))
  const { frames, error } = await readBytes(file)
  t.is(error, undefined)
  t.deepEqual(
    frames.map(({ data }) => data.length),
    [60, maxFrameLength, 60, maxFrameLength],
  )
  t.is(Buffer.compare(frames[3]?.data ?? small, longest), 0)
})

test('a longer frame is refused as corrupt, after the frames before it', async (t) => {
  const good = pcap([{ seconds: 1, fraction: 0, data: pattern(60) }])
  const bad = bytes(true)
    .u32(2, 0, maxFrameLength + 1, 60)
    .done()
  const { frames, error } = await readBytes(join8(good, bad, new Uint8Array(300_000)))
  t.is(frames.length, 1)
  t.regex(error?.message ?? '', /packet 2: the record claims a frame of 262145 bytes, more than 262144, at byte 100 /)
})

test('a longer frame is refused also where the buffer has room for it', async (t) => {
  const lengths = [maxFrameLength, 200_000, 200_000, maxFrameLength + 1, 60]
  const { frames, error } = await readBytes(
    pcap(lengths.map((n) => ({ seconds: 1, fraction: 0, data: new Uint8Array(n) }))),
  )
  t.is(frames.length, 3)
  t.regex(error?.message ?? '', /packet 4: the record claims a frame of 262145 bytes/)
})

test('a file cut anywhere gives the whole frames before the cut and says where it ends', async (t) => {
  const frames = [10, 0, 33].map((length, i) => ({ seconds: i, fraction: 0, data: pattern(length, i) }))
  const file = pcap(frames)
  const ends = [24, 24 + 26, 24 + 26 + 16, file.length]
  for (let cut = 24; cut <= file.length; cut++) {
    const { frames: read, error } = await readBytes(file.subarray(0, cut))
    const whole = ends.filter((end) => end <= cut).length - 1
    t.is(read.length, whole, `cut at ${cut}`)
    if (ends.includes(cut)) t.is(error, undefined)
    else
      t.regex(error?.message ?? '', new RegExp(`packet ${whole + 1}: the file ends inside .* at byte ${ends[whole]} `))
  }
})

test('a header cut short, and an unknown version, are refused', async (t) => {
  const file = pcap([])
  t.regex((await readBytes(file.subarray(0, 23))).error?.message ?? '', /ends inside its header: 23 of 24 bytes/)
  const older = bytes(true).u32(0xa1b2c3d4).u16(1, 2).u32(0, 0, 0, 1).done()
  t.regex((await readBytes(older)).error?.message ?? '', /pcap version 1\.2 is not supported/)
})

test('the bits about frame check sequences are no part of the link type', async (t) => {
  const { capture } = await readBytes(pcap([], { linkType: 0x2400_0001 }))
  t.is(capture?.interfaces[0]?.linkTypeName, 'Ethernet')
})
