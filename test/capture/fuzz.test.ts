/** Any bytes: a reader ends, with frames or with an `InputError`, and gives the same whatever the chunks. */

import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'

import test from 'ava'
import fc from 'fast-check'

import { maxBlockLength, openCapture, openFrames } from '../../src/capture/index.js'
import { InputError } from '../../src/errors.js'
import {
  block,
  bytes,
  enhanced,
  fileOf,
  interfaceBlock,
  join8,
  option,
  pattern,
  pcap,
  type ReadResult,
  readAll,
  readBytes,
  section,
  text,
} from './build.js'

const frames = [60, 0, 61, 1500, 14].map((length, i) => ({ seconds: i, fraction: i, data: pattern(length, i) }))
const oldPacket = (order: boolean) => block(2, join8(bytes(order).u16(0, 0).u32(0, 1, 5, 5).done(), pattern(5)), order)
const next = (order: boolean) =>
  join8(
    section(order),
    interfaceBlock({
      littleEndian: order,
      options: join8(option(2, text('a'), order), option(9, Uint8Array.of(9), order)),
    }),
    interfaceBlock({ littleEndian: order, linkType: 113, snapLength: 40 }),
    enhanced(pattern(61), { littleEndian: order, interfaceId: 1, options: option(1, text('why'), order) }),
    block(0xbad, pattern(50), order),
    enhanced(pattern(60), { littleEndian: order, units: 2n ** 61n }),
    oldPacket(order),
    block(3, join8(bytes(order).u32(33).done(), pattern(33)), order),
  )
const valid = [
  pcap(frames),
  pcap(frames, { littleEndian: false, nanosecond: true, linkType: 113 }),
  join8(next(true), next(false)),
  next(false),
]

/** The limits of the face hold for what was read; `readAll` rethrows whatever is no `InputError`. */
function sound({ frames, error, capture }: ReadResult): boolean {
  const inside = frames.every(({ data, interfaceId }) => data.length <= 262_144 && capture?.interfaces[interfaceId])
  return inside && (error === undefined || (error.exitCode === 2 && !error.message.includes('\n')))
}

const interesting = fc.constantFrom(0, 1, 2, 4, 8, 0x7f, 0x80, 0xff)
const mutation = fc.record({
  at: fc.nat(),
  byte: fc.oneof(interesting, fc.nat({ max: 255 })),
  run: fc.integer({ min: 1, max: 4 }),
})
const mutated = fc
  .tuple(fc.constantFrom(...valid), fc.array(mutation, { minLength: 1, maxLength: 6 }), fc.nat(), fc.boolean())
  .map(([file, mutations, at, cut]) => {
    const copy = Uint8Array.from(file)
    for (const { at, byte, run } of mutations) copy.fill(byte, at % copy.length, (at % copy.length) + run)
    return cut ? copy.subarray(0, at % copy.length) : copy
  })
const random = fc
  .tuple(
    fc.constantFrom(new Uint8Array(0), ...valid.map((file) => file.subarray(0, 28))),
    fc.uint8Array({ maxLength: 3000 }),
  )
  .map(([head, rest]) => join8(head, rest))

function stream(content: Uint8Array, size: number): Readable {
  const count = Math.ceil(content.length / size)
  return Readable.from(Array.from({ length: count }, (_, i) => Buffer.from(content.subarray(i * size, (i + 1) * size))))
}

test('the files that are mutated are read without fault as they are', async (t) => {
  for (const file of valid) t.is((await readBytes(file)).error, undefined)
})

test('mutated captures end in frames or one clear line, the same from a file and from any chunks', async (t) => {
  await fc.assert(
    fc.asyncProperty(mutated, fc.integer({ min: 1, max: 300 }), async (content, size) => {
      const whole = await readAll(openCapture('-', { stdin: stream(content, 1 << 20) }))
      const pieces = await readAll(openCapture('-', { stdin: stream(content, size) }))
      t.true(sound(whole))
      t.deepEqual(pieces.frames, whole.frames)
      t.is(pieces.error?.where.packet, whole.error?.where.packet)
    }),
    { numRuns: 800 },
  )
})

test('random bytes behind any beginning end in frames or one clear line', async (t) => {
  await fc.assert(
    fc.asyncProperty(random, async (content) => {
      t.true(sound(await readAll(openCapture('-', { stdin: stream(content, 1 << 20) }))))
    }),
    { numRuns: 400 },
  )
})

test('mutated gzip ends in frames or one clear line', async (t) => {
  const packed = gzipSync(valid[0] ?? new Uint8Array(0))
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat({ max: 255 }), fc.boolean(), async (at, byte, cut) => {
      const copy = Uint8Array.from(packed)
      copy[at % copy.length] = byte
      const content = cut ? copy.subarray(0, (at % copy.length) + 1) : copy
      t.true(sound(await readAll(openCapture('-', { stdin: stream(content, 500) }))))
    }),
    { numRuns: 300 },
  )
})

test('mutated captures give Ethernet frames or one clear line, and every frame is counted', async (t) => {
  await fc.assert(
    fc.asyncProperty(mutated, async (content) => {
      const opened = await openFrames(['-'], { encapsulate: true, stdin: stream(content, 4000) })
      let delivered = 0
      try {
        for await (const { count, number, captured, offset, bytes } of opened.batches()) {
          for (let i = 0; i < count; i++) {
            t.true((offset[i] ?? 0) + (captured[i] ?? 0) <= bytes.length)
            t.true((number[i] ?? 0) > delivered++)
          }
        }
      } catch (error) {
        t.true(error instanceof InputError)
      }
      for (const { read, skipped } of opened.files) {
        t.is(read, delivered + [...skipped.values()].reduce((sum, count) => sum + count, 0))
      }
    }),
    { numRuns: 500 },
  )
})

// Before the others, which allocate too.
test.serial('a length of gigabytes allocates no more than a block', async (t) => {
  const claims = [
    join8(pcap([]), bytes(true).u32(0, 0, 0xffff_ffff, 0xffff_ffff).done()),
    join8(section(), bytes(true).u32(6, 0xffff_fffc).done()),
    join8(section(), bytes(true).u32(99, 0xffff_fffc).done()),
    join8(section(), bytes(true).u32(0x0a0d0d0a, 0xffff_fffc, 0x1a2b3c4d).done()),
  ]
  for (const claim of claims) {
    const path = fileOf(join8(claim, new Uint8Array(2 * maxBlockLength)))
    const before = process.memoryUsage().arrayBuffers
    const { error } = await readAll(openCapture(path))
    t.true(error instanceof InputError)
    t.true(process.memoryUsage().arrayBuffers - before < 2 * maxBlockLength)
  }
})
