import test from 'ava'
import fc from 'fast-check'

import { maxFrameLength, maxInterfaces } from '../../src/capture/index.js'
import { block, bytes, enhanced, interfaceBlock, join8, option, pattern, readBytes, section, text } from './build.js'

const data = pattern(61)

test('sections of different byte order have their own interfaces and comments', async (t) => {
  const part = (littleEndian: boolean, name: string) =>
    join8(
      section(littleEndian),
      interfaceBlock({ littleEndian, linkType: 113, options: option(2, text(`${name}0`), littleEndian) }),
      interfaceBlock({ littleEndian, options: option(2, text(`${name}1`), littleEndian) }),
      enhanced(data, {
        littleEndian,
        interfaceId: 1,
        units: 5_000_000_001n,
        wire: 99,
        options: option(1, text(`größer ${name}`), littleEndian),
      }),
    )
  const { frames, error, capture } = await readBytes(join8(part(true, 'le'), part(false, 'be'), part(true, 'end')))
  t.is(error, undefined)
  t.deepEqual(
    capture?.interfaces.map(({ id, name, section, linkType }) => [id, name, section, linkType]),
    [
      [0, 'le0', 0, 113],
      [1, 'le1', 0, 1],
      [2, 'be0', 1, 113],
      [3, 'be1', 1, 1],
      [4, 'end0', 2, 113],
      [5, 'end1', 2, 1],
    ],
  )
  const common = { data, wire: 99, time: 5_000_000_001_000n }
  t.deepEqual(frames, [
    { ...common, interfaceId: 1, comment: 'größer le' },
    { ...common, interfaceId: 3, comment: 'größer be' },
    { ...common, interfaceId: 5, comment: 'größer end' },
  ])
})

test('every resolution and offset of time is exact, rounded down', async (t) => {
  const limit = 2n ** 63n
  const bits = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 51n }))
  const codes = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 12 }))
  const offsets = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }))
  await fc.assert(
    fc.asyncProperty(bits, codes, offsets, fc.boolean(), async (units, code, offset, order) => {
      const options = join8(option(9, Uint8Array.of(code), order), option(14, bytes(order).i64(offset).done(), order))
      const file = join8(
        section(order),
        interfaceBlock({ littleEndian: order, ...(code === 6 && offset === 0n ? {} : { options }) }),
        enhanced(data, { littleEndian: order, units }),
      )
      const perSecond = code < 128 ? 10n ** BigInt(code) : 2n ** BigInt(code - 128)
      const expected = (units * 1_000_000_000n) / perSecond + offset * 1_000_000_000n
      const { frames, error } = await readBytes(file)
      if (expected >= limit || expected <= -limit) t.regex(error?.message ?? '', /packet 1: .* beyond the year 2262/)
      else t.is(frames[0]?.time, expected)
    }),
    {
      numRuns: 300,
      examples: [
        [(2n ** 63n - 1n) / 1000n, 6, 0n, true],
        [2n ** 63n - 1n, 9, 0n, false],
        [2n ** 63n, 9, 0n, false],
        [2n ** 64n - 1n, 10, 0n, false],
      ],
    },
  )
})

test('simple packet blocks take snap length, interface and time from what stands before them', async (t) => {
  const simple = (wire: number, kept: Uint8Array) => block(3, join8(bytes(true).u32(wire).done(), kept))
  const file = join8(
    section(),
    interfaceBlock({ snapLength: 20 }),
    interfaceBlock({}),
    simple(10, pattern(10)),
    enhanced(data, { interfaceId: 1, units: 77n }),
    simple(400, pattern(20)),
  )
  const { frames, error } = await readBytes(file)
  t.is(error, undefined)
  t.deepEqual(
    frames.map(({ time, wire, interfaceId, data }) => [time, wire, interfaceId, data.length]),
    [
      [0n, 10, 0, 10],
      [77_000n, 61, 1, 61],
      [77_000n, 400, 0, 20],
    ],
  )
})

test('a simple packet block without snap length is as long as its frame was', async (t) => {
  const simple = block(3, join8(bytes(true).u32(33).done(), pattern(33)))
  const { frames } = await readBytes(join8(section(), interfaceBlock({ snapLength: 0 }), simple))
  t.deepEqual(frames[0]?.data, pattern(33))
})

test('the obsolete packet block is read, with its comment', async (t) => {
  const fixed = bytes(true).u16(1, 9).u32(0, 1_000_000, data.length, 70).done()
  const old = block(2, join8(fixed, data, new Uint8Array(3), option(1, text('old'))))
  const { frames } = await readBytes(join8(section(), interfaceBlock(), interfaceBlock(), old))
  t.deepEqual(frames, [{ data, wire: 70, time: 1_000_000_000n, interfaceId: 1, comment: 'old' }])
})

test('several comments are one a line; other options are no comments', async (t) => {
  const options = join8(
    option(2, Uint8Array.of(0, 0, 0, 1)),
    option(1, text('a')),
    option(1, text('bcd')),
    option(0, text('')),
  )
  const { frames } = await readBytes(join8(section(), interfaceBlock(), enhanced(data, { options }), enhanced(data)))
  t.deepEqual(
    frames.map(({ comment }) => comment),
    ['a\nbcd', undefined],
  )
})

test('options that are cut or run over their block are no comment and no fault', async (t) => {
  const options = [Uint8Array.of(1, 0, 200, 0), Uint8Array.of(1, 0, 5, 0, 65, 66, 67, 68)]
  for (const bad of options) {
    const { frames, error } = await readBytes(join8(section(), interfaceBlock(), enhanced(data, { options: bad })))
    t.is(error, undefined)
    t.is(frames[0]?.comment, undefined)
  }
})

test('unknown and custom blocks are skipped, however long', async (t) => {
  for (const length of [0, 4, 1000, 262_144, 3_000_000]) {
    const skipped = [4, 5, 0xbad, 0x4000_0bad, 0xffff_ffff].map((type) => block(type, pattern(length)))
    const file = join8(section(), ...skipped, interfaceBlock(), enhanced(data), ...skipped, enhanced(data))
    const { frames, error } = await readBytes(file)
    t.is(error, undefined, `length ${length}`)
    t.is(frames.length, 2)
  }
})

const first = join8(section(), interfaceBlock(), enhanced(data))
const faults: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['a length that is no multiple of 4', bytes(true).u32(6, 33, 0, 0).done(), /the impossible length 33/],
  ['a length below 12', bytes(true).u32(6, 8, 0, 0).done(), /the impossible length 8/],
  ['a packet block without room for its fields', block(6, pattern(16)), /the impossible length 28/],
  ['a packet block of a gigabyte', bytes(true).u32(6, 0x4000_0000, 0, 0).done(), /the impossible length 1073741824/],
  [
    'two lengths',
    join8(enhanced(data).subarray(0, 92), bytes(true).u32(92).done()),
    /length 96 and ends with length 92/,
  ],
  ['two lengths of a skipped block', bytes(true).u32(77, 16, 0, 20).done(), /length 16 and ends with length 20/],
  ['an interface that is not described', enhanced(data, { interfaceId: 1 }), /interface 1, but .* describes 1 so far/],
  ['a simple packet before any interface', join8(section(), block(3, pattern(8))), /interface 0, but .* describes 0/],
  ['a frame longer than its block', enhanced(data, { captured: 65 }), /frame of 65 bytes does not fit into its block/],
  [
    'an absurd frame',
    enhanced(data, { captured: 0xffff_fff0 }),
    new RegExp(`4294967280 bytes, more than ${maxFrameLength}`),
  ],
  ['a simple frame longer than its block', block(3, bytes(true).u32(5, 0).done()), /frame of 5 bytes does not fit/],
  ['a section without byte order', block(0x0a0d0d0a, pattern(16)), /no byte-order magic/],
  [
    'a section of version 2',
    block(0x0a0d0d0a, bytes(true).u32(0x1a2b3c4d).u16(2, 0).i64(-1n).done()),
    /version 2 is not/,
  ],
  ['a section too short', block(0x0a0d0d0a, bytes(true).u32(0x1a2b3c4d).done()), /the impossible length 16/],
]

for (const [what, wrong, message] of faults) {
  test(`refused, with the frame before it delivered: ${what}`, async (t) => {
    const { frames, error } = await readBytes(join8(first, wrong, enhanced(data)))
    t.is(frames.length, 1)
    t.regex(error?.message ?? '', message)
    t.regex(error?.message ?? '', /packet 2: .*, at byte \d+ /)
  })
}

test('interfaces without end are refused', async (t) => {
  const { error, capture } = await readBytes(join8(section(), ...Array(maxInterfaces + 1).fill(interfaceBlock())))
  t.regex(error?.message ?? '', /describes more than 65536 interfaces/)
  t.is(capture?.interfaces.length, maxInterfaces)
})

test('a file cut anywhere gives the frames before the cut; only a cut between blocks is no fault', async (t) => {
  const blocks = [section(), interfaceBlock(), enhanced(data), block(99, pattern(50)), enhanced(data)]
  const file = join8(...blocks)
  const ends = blocks.map((_, i) => join8(...blocks.slice(0, i + 1)).length)
  for (let cut = 28; cut <= file.length; cut++) {
    const { frames, error } = await readBytes(file.subarray(0, cut))
    t.is(frames.length, cut === file.length ? 2 : cut >= (ends[2] ?? 0) ? 1 : 0)
    if (ends.includes(cut)) t.is(error, undefined)
    else t.regex(error?.message ?? '', /the file ends inside a record/, `cut at ${cut}`)
  }
})
