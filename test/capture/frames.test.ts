import { Readable } from 'node:stream'

import test from 'ava'

import { type FramesOptions, openFrames } from '../../src/capture/index.js'
import { InputError } from '../../src/errors.js'
import {
  bytes,
  enhanced,
  fileOf,
  freshPath,
  interfaceBlock,
  join8,
  option,
  pattern,
  pcap,
  section,
  text,
} from './build.js'

interface Seen {
  readonly file: number
  readonly number: number
  readonly hex: string
  readonly wire: number
  readonly comment: string | undefined
}

async function readFrames(paths: readonly string[], options: FramesOptions = {}) {
  const frames = await openFrames(paths, options)
  const seen: Seen[] = []
  let error: InputError | undefined
  try {
    for await (const batch of frames.batches()) {
      for (let i = 0; i < batch.count; i++) {
        const offset = batch.offset[i] ?? 0
        seen.push({
          file: batch.fileIndex,
          number: batch.number[i] ?? 0,
          hex: Buffer.from(batch.bytes.subarray(offset, offset + (batch.captured[i] ?? 0))).toString('hex'),
          wire: batch.wire[i] ?? 0,
          comment: batch.comment(i),
        })
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown
    error = thrown
  }
  return { seen, error, files: frames.files }
}

const one = (data: Uint8Array, wire = data.length) => ({ seconds: 1, fraction: 0, data, wire })
const hexOf = (data: Uint8Array) => Buffer.from(data).toString('hex')
const unhex = (digits: string) => new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'))

const ipv4 = `45000014 00000000 40110000 0a000001 0a000002`
const ipv4Group = `45000014 00000000 40110000 0a000001 ef810203`
const ipv4Broadcast = `45000014 00000000 40110000 0a000001 ffffffff`
const ipv6 = `60000000 00003b40 ${'20'.repeat(16)} ${'21'.repeat(16)}`
const ipv6Group = `60000000 00003b40 ${'20'.repeat(16)} ff02${'00'.repeat(13)}fb`
const host = '020000000001'
const peer = '020000000002'

/** Link type, the frame, the Ethernet header expected in front of the last `payload` characters. */
const encapsulated: readonly (readonly [string, number, string, string])[] = [
  ['cooked v1, to us', 113, `0000 0001 0006 a1a2a3a4a5a6 0000 0800 | ${ipv4}`, `${host} a1a2a3a4a5a6 0800`],
  ['cooked v1, broadcast', 113, `0001 0001 0006 a1a2a3a4a5a6 0000 0806 | 0001`, `ffffffffffff a1a2a3a4a5a6 0806`],
  ['cooked v1, group', 113, `0002 0001 0006 a1a2a3a4a5a6 0000 0800 | ${ipv4Group}`, `01005e010203 a1a2a3a4a5a6 0800`],
  ['cooked v1, group of no IP', 113, `0002 0001 0006 a1a2a3a4a5a6 0000 88cc | 40`, `030000000001 a1a2a3a4a5a6 88cc`],
  ['cooked v1, to another', 113, `0003 0001 0006 a1a2a3a4a5a6 0000 0800 | ${ipv4}`, `${peer} a1a2a3a4a5a6 0800`],
  [
    'cooked v1, group to another',
    113,
    `0003 0001 0006 a1a2a3a4a5a6 0000 0800 | ${ipv4Group}`,
    `${peer} a1a2a3a4a5a6 0800`,
  ],
  [
    'cooked v1, sent, address known',
    113,
    `0004 0001 0006 a1a2a3a4a5a6 0000 86dd | ${ipv6}`,
    `${peer} a1a2a3a4a5a6 86dd`,
  ],
  ['cooked v1, sent, no address', 113, `0004 0212 0000 ${'00'.repeat(8)} 0800 | ${ipv4}`, `${peer} ${host} 0800`],
  ['cooked v1, received, no address', 113, `0000 0212 0000 ${'00'.repeat(8)} 0800 | ${ipv4}`, `${host} ${peer} 0800`],
  ['cooked v1, 802.2', 113, `0000 0001 0006 a1a2a3a4a5a6 0000 0004 | 424203`, `${host} a1a2a3a4a5a6 0003`],
  ['cooked v2, to us', 276, `0800 0000 00000007 0001 00 06 a1a2a3a4a5a6 0000 | ${ipv4}`, `${host} a1a2a3a4a5a6 0800`],
  [
    'cooked v2, sent',
    276,
    `86dd 0000 00000007 0001 04 06 a1a2a3a4a5a6 0000 | ${ipv6Group}`,
    `3333000000fb a1a2a3a4a5a6 86dd`,
  ],
  ['cooked v2, no address', 276, `0800 0000 00000007 0001 03 00 ${'00'.repeat(8)} | ${ipv4}`, `${peer} ${peer} 0800`],
  ['raw IPv4', 101, `| ${ipv4}`, `${peer} ${host} 0800`],
  ['raw IPv6', 101, `| ${ipv6}`, `${peer} ${host} 86dd`],
  ['raw IPv4 broadcast', 12, `| ${ipv4Broadcast}`, `ffffffffffff ${host} 0800`],
  ['raw IP of OpenBSD', 14, `| ${ipv4Group}`, `01005e010203 ${host} 0800`],
  ['raw IPv4 only', 228, `| ${ipv4}`, `${peer} ${host} 0800`],
  ['raw IPv6 only', 229, `| ${ipv6Group}`, `3333000000fb ${host} 86dd`],
  ['loopback, little-endian', 0, `02000000 | ${ipv4}`, `${peer} ${host} 0800`],
  ['loopback, big-endian', 0, `00000002 | ${ipv4}`, `${peer} ${host} 0800`],
  ['loopback of Darwin', 0, `1e000000 | ${ipv6}`, `${peer} ${host} 86dd`],
  ['OpenBSD loopback', 108, `00000018 | ${ipv6}`, `${peer} ${host} 86dd`],
]

for (const [what, linkType, frame, header] of encapsulated) {
  test(`given an Ethernet header: ${what}`, async (t) => {
    const payload = unhex(frame.split('|')[1] ?? '')
    const data = unhex(frame.replace('|', ''))
    const { seen, error } = await readFrames([fileOf(pcap([one(data)], { linkType }))], { encapsulate: true })
    t.is(error, undefined)
    t.is(seen[0]?.hex, header.replaceAll(' ', '') + hexOf(payload))
    t.is(seen[0]?.wire, 14 + payload.length)
  })
}

const hopeless: readonly (readonly [string, number, string])[] = [
  ['shorter than its link header', 113, '0000 0001 0006 a1a2a3a4a5a6 0000 08'],
  ['shorter than its link header', 276, '0800'],
  ['shorter than its link header', 0, '0200'],
  ['shorter than its link header', 108, '00000002'],
  ['no EtherType', 113, '0000 0118 0000 0000000000000000 000c 1234'],
  ['no EtherType', 113, `0000 0001 0000 0000000000000000 0004 ${'42'.repeat(1501)}`],
  ['neither IPv4 nor IPv6', 101, '50'],
  ['neither IPv4 nor IPv6', 0, '07000000 45'],
  ['neither IPv4 nor IPv6', 0, '02000000 15'],
]

test('frames that cannot be given an Ethernet header are counted under their cause', async (t) => {
  for (const [cause, linkType, frame] of hopeless) {
    const { seen, error, files } = await readFrames([fileOf(pcap([one(unhex(frame))], { linkType }))], {
      encapsulate: true,
    })
    t.is(error, undefined)
    t.is(seen.length, 0)
    t.deepEqual([...(files[0]?.skipped ?? [])], [[cause, 1]], frame)
  }
})

test('cut and empty frames are counted and keep their numbers', async (t) => {
  const [a, b] = [pattern(60), pattern(14)]
  const path = fileOf(pcap([one(a), one(b, 1500), one(pattern(0)), one(pattern(0), 5), one(b), one(b, 15), one(b, 3)]))
  const { seen, files } = await readFrames([path])
  t.deepEqual(
    seen.map(({ number, hex }) => [number, hex]),
    [
      [1, hexOf(a)],
      [5, hexOf(b)],
      [7, hexOf(b)],
    ],
  )
  t.is(seen[2]?.wire, 14, 'a wire length below what is there is not believed')
  t.is(files[0]?.read, 7)
  t.deepEqual(Object.fromEntries(files[0]?.skipped ?? []), { 'cut by snap length': 3, empty: 1 })
})

test('files are read one after the other, each with its own numbers', async (t) => {
  const first = fileOf(pcap([one(pattern(20)), one(pattern(21))]))
  const cooked = fileOf(pcap([one(unhex(`0000 0001 0006 a1a2a3a4a5a6 0000 0800 ${ipv4}`))], { linkType: 113 }))
  const stdin = Readable.from([Buffer.from(pcap([one(pattern(30))]))])
  const { seen, files } = await readFrames([first, cooked, '-', first], { encapsulate: true, stdin })
  t.deepEqual(
    seen.map(({ file, number, wire }) => [file, number, wire]),
    [
      [0, 1, 20],
      [0, 2, 21],
      [1, 1, 34],
      [2, 1, 30],
      [3, 1, 20],
      [3, 2, 21],
    ],
  )
  t.deepEqual(
    files.map(({ file, read }) => [file, read]),
    [
      [first, 2],
      [cooked, 1],
      ['standard input', 1],
      [first, 2],
    ],
  )
})

test('the format of each file is told, that of standard input and of a file without frames too', async (t) => {
  const classic = fileOf(pcap([one(pattern(20))]))
  const stdin = Readable.from([Buffer.from(join8(section(), interfaceBlock(), enhanced(pattern(30))))])
  const empty = fileOf(join8(section(), interfaceBlock()))
  const { files } = await readFrames([classic, '-', empty], { stdin })
  t.deepEqual(
    files.map(({ format, read }) => [format, read]),
    [
      ['pcap', 1],
      ['pcapng', 1],
      ['pcapng', 0],
    ],
  )
})

const named = (name: string, linkType: number) => interfaceBlock({ linkType, options: option(2, text(name)) })
const frame = (interfaceId: number, data: Uint8Array) =>
  enhanced(data, { interfaceId, options: option(1, text(`on ${interfaceId}`)) })
const cookedFrame = unhex(`0000 0001 0006 a1a2a3a4a5a6 0000 0800 ${ipv4}`)

test('an interface is refused on its first frame, by name, after the frames before it', async (t) => {
  const blocks = [
    section(),
    named('lo', 0),
    named('eth0', 1),
    named('any', 113),
    frame(1, pattern(60)),
    frame(1, pattern(61)),
  ]
  const path = fileOf(join8(...blocks, frame(2, cookedFrame), frame(1, pattern(62))))
  const { seen, error, files } = await readFrames([path])
  t.deepEqual(
    seen.map(({ number, hex }) => [number, hex.length / 2]),
    [
      [1, 60],
      [2, 61],
    ],
  )
  const because = "interface 2 'any' has link type Linux cooked v1, not Ethernet"
  t.is(error?.message, `${path}, packet 3: ${because} (give its frames an Ethernet header with --encapsulate)`)
  t.is(files[0]?.read, 2)
  t.is((await readFrames([fileOf(join8(...blocks))])).error, undefined, 'no frames, no refusal')
})

test('Ethernet and other interfaces of one file can be read together, comments kept', async (t) => {
  const path = fileOf(
    join8(section(), named('eth0', 1), named('any', 113), frame(1, cookedFrame), frame(0, pattern(60))),
  )
  const { seen } = await readFrames([path], { encapsulate: true })
  t.deepEqual(
    seen.map(({ wire, comment }) => [wire, comment]),
    [
      [34, 'on 1'],
      [60, 'on 0'],
    ],
  )
  t.is(seen[1]?.hex, hexOf(pattern(60)))
})

test('a link type without Ethernet form is refused with and without encapsulation', async (t) => {
  for (const encapsulate of [true, false]) {
    const { error } = await readFrames([fileOf(pcap([one(pattern(60))], { linkType: 127 }))], { encapsulate })
    t.regex(
      error?.message ?? '',
      /packet 1: the capture has link type IEEE 802\.11 with radiotap header, not Ethernet \(only/,
    )
  }
})

test('many batches of encapsulated frames keep every byte', async (t) => {
  const frames = Array.from({ length: 10_000 }, (_, i) => one(join8(unhex(ipv4), bytes(false).u32(i).done())))
  const { seen } = await readFrames([fileOf(pcap(frames, { linkType: 101 }))], { encapsulate: true })
  t.is(seen.length, 10_000)
  t.true(seen.every(({ hex, number }, i) => number === i + 1 && hex.endsWith(i.toString(16).padStart(8, '0'))))
})

test('a wrong name in the list is found before anything is read', async (t) => {
  const good = fileOf(pcap([one(pattern(20))]))
  await t.throwsAsync(openFrames([good, freshPath('missing')]), { instanceOf: InputError, message: /no such file/ })
  await t.throwsAsync(openFrames([good, fileOf(text('hello'))]), { instanceOf: InputError, message: /looks like text/ })
  await t.throwsAsync(openFrames([]), { instanceOf: InputError, message: /no capture is named/ })
  await t.throwsAsync(openFrames(['-', good, '-']), { instanceOf: InputError, message: /only once/ })
})

test('a fault in one file comes after its frames, with its packet number', async (t) => {
  const good = pcap([one(pattern(20)), one(pattern(20))])
  const { seen, error } = await readFrames([fileOf(good), fileOf(good.subarray(0, good.length - 1))])
  t.is(seen.length, 3)
  t.is(error?.where.packet, 2)
})
