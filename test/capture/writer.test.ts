import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import test from 'ava'
import fc from 'fast-check'

import { createPcapngWriter, createPcapWriter, maxFrameLength, openCapture, writeAll } from '../../src/capture/index.js'
import { InputError, MachineError } from '../../src/errors.js'
import { freshPath, pattern, readAll } from './build.js'

const interfaces = [
  { name: 'lan0', linkType: 1, snapLength: 96 },
  { name: 'größe', linkType: 101 },
]
const size = fc.integer({ min: 0, max: 5000 })
const packet = (latest: bigint) =>
  fc.record(
    {
      bytes: fc.uint8Array({ maxLength: 70 }),
      time: fc.bigInt({ min: 0n, max: latest }),
      more: size,
      interfaceId: fc.nat({ max: 1 }),
      comment: fc.string({ unit: 'binary', maxLength: 30 }),
    },
    { requiredKeys: ['bytes', 'time', 'more', 'interfaceId'] },
  )

test('what is written as pcapng is read back, comments and interfaces too', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(packet(2n ** 63n - 1n), { maxLength: 15 }), async (packets) => {
      const path = freshPath()
      const output = packets.map(({ more, ...rest }) => ({ ...rest, wireLength: rest.bytes.length + more }))
      writeAll(createPcapngWriter(path, { interfaces, application: 'vigil' }), output)
      const { frames, error, capture } = await readAll(openCapture(path))
      t.is(error, undefined)
      t.deepEqual(
        frames,
        output.map(({ bytes, time, wireLength, interfaceId, comment }) => {
          return { data: bytes, time, wire: wireLength, interfaceId, comment }
        }),
      )
      t.deepEqual(
        capture?.interfaces.map(({ name, linkType, snapLength }) => ({ name, linkType, snapLength })),
        interfaces.map((one) => ({ snapLength: maxFrameLength, ...one })),
      )
    }),
    { numRuns: 60 },
  )
})

test('what is written as pcap is read back, to the unit of the file', async (t) => {
  const form = fc.record({ nanosecond: fc.boolean(), bigEndian: fc.boolean(), linkType: fc.constantFrom(1, 101) })
  const packets = fc.array(packet(2n ** 32n * 10n ** 9n - 1n), { maxLength: 15 })
  await fc.assert(
    fc.asyncProperty(packets, form, async (packets, options) => {
      const path = freshPath()
      const output = packets.map(({ bytes, time, more }) => ({ bytes, time, wireLength: bytes.length + more }))
      writeAll(createPcapWriter(path, options), output)
      const { frames, error, capture } = await readAll(openCapture(path))
      t.is(error, undefined)
      t.is(capture?.interfaces[0]?.linkType, options.linkType)
      const kept = (time: bigint) => (options.nanosecond ? time : time - (time % 1000n))
      t.deepEqual(
        frames.map(({ data, time, wire }) => ({ bytes: data, time, wireLength: wire })),
        output.map((one) => ({ ...one, time: kept(one.time) })),
      )
    }),
    { numRuns: 60 },
  )
})

test('a large file is written in pieces and is whole', async (t) => {
  const path = freshPath()
  const writer = createPcapngWriter(path, { interfaces })
  for (let i = 0; i < 300; i++) writer.write({ bytes: pattern(i === 150 ? maxFrameLength : 5000, i), time: BigInt(i) })
  t.false(existsSync(path), 'nothing is to be seen before it is complete')
  writer.close()
  const { frames } = await readAll(openCapture(path))
  t.is(frames.length, 300)
  t.true(frames.every(({ data }, i) => Buffer.compare(data, pattern(data.length, i)) === 0))
})

test('a comment too long for an option is cut between two characters', async (t) => {
  const path = freshPath()
  writeAll(createPcapngWriter(path, { interfaces }), [
    { bytes: pattern(5), time: 0n, comment: '€'.repeat(40_000) },
    { bytes: pattern(5), time: 0n, comment: 'a'.repeat(65_536) },
  ])
  const { frames, error } = await readAll(openCapture(path))
  t.is(error, undefined)
  t.is(frames[0]?.comment, '€'.repeat(21_845))
  t.is(frames[1]?.comment, 'a'.repeat(65_535))
})

const leftovers = (path: string) => readdirSync(dirname(path)).filter((name) => name.endsWith('.part'))

test('abort leaves nothing, or the file that was there before', (t) => {
  const path = join(freshPath(), 'out.pcap')
  mkdirSync(dirname(path))
  for (const before of [undefined, 'precious']) {
    if (before !== undefined) writeFileSync(path, before)
    const writer = createPcapWriter(path)
    writer.write({ bytes: pattern(60), time: 0n })
    writer.abort()
    writer.close()
    t.is(existsSync(path) ? readFileSync(path, 'utf8') : undefined, before)
    t.deepEqual(leftovers(path), [])
  }
})

test('a failure on the way leaves nothing', (t) => {
  const path = join(freshPath(), 'out.pcapng')
  mkdirSync(dirname(path))
  function* failing() {
    yield { bytes: pattern(60), time: 0n }
    throw new Error('the oracle fell over')
  }
  t.throws(() => writeAll(createPcapngWriter(path, { interfaces }), failing()), { message: /fell over/ })
  t.deepEqual(readdirSync(dirname(path)), [])
})

test('a name that is taken meanwhile, and a full disk, leave nothing', (t) => {
  const path = join(freshPath(), 'out.pcap')
  mkdirSync(path, { recursive: true })
  const taken = join(path, 'taken')
  const writer = createPcapWriter(taken)
  mkdirSync(taken)
  t.throws(() => writer.close(), { instanceOf: InputError, message: /this is a directory/ })
  t.deepEqual(readdirSync(path), ['taken'])
  if (existsSync('/dev/full')) {
    const full = createPcapWriter('/dev/full')
    full.write({ bytes: pattern(60), time: 0n })
    t.throws(() => full.close(), { instanceOf: MachineError, message: /\/dev\/full: cannot write it: .*no space/ })
  }
})

test('a packet that the format cannot hold is refused, the others are kept', async (t) => {
  const path = freshPath()
  const writer = createPcapWriter(path)
  const wrong = [
    { bytes: new Uint8Array(maxFrameLength + 1), time: 0n },
    { bytes: pattern(10), time: -1n },
    { bytes: pattern(10), time: 2n ** 32n * 10n ** 9n },
    { bytes: pattern(10), time: 0n, wireLength: 9 },
    { bytes: pattern(10), time: 0n, wireLength: Number.NaN },
  ]
  for (const packet of wrong) t.throws(() => writer.write(packet), { instanceOf: RangeError })
  writer.write({ bytes: pattern(10), time: 1000n })
  writer.close()
  t.throws(() => writer.write({ bytes: pattern(10), time: 0n }), { message: /closed already/ })
  t.is((await readAll(openCapture(path))).frames.length, 1)
  const other = createPcapngWriter(freshPath(), { interfaces })
  t.throws(() => other.write({ bytes: pattern(10), time: 0n, interfaceId: 2 }), { message: /no interface 2/ })
  other.abort()
})

test('a path that cannot be written is an input error', (t) => {
  t.throws(() => createPcapWriter(join(freshPath(), 'x.pcap')), { instanceOf: InputError, message: /does not exist/ })
  t.throws(() => createPcapWriter(dirname(freshPath())), { instanceOf: InputError, message: /is a directory/ })
})

test('a link is followed, a device is written and stays a device', async (t) => {
  const path = freshPath()
  const link = freshPath()
  writeFileSync(path, 'old')
  symlinkSync(path, link)
  writeAll(createPcapWriter(link), [{ bytes: pattern(60), time: 0n }])
  t.is((await readAll(openCapture(path))).frames.length, 1)
  writeAll(createPcapWriter('/dev/null'), [{ bytes: pattern(60), time: 0n }])
  t.is(readFileSync('/dev/null').length, 0)
})
