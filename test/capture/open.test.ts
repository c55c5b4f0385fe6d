import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

import test from 'ava'

import { openCapture } from '../../src/capture/index.js'
import { InputError } from '../../src/errors.js'
import {
  bytes,
  enhanced,
  fileOf,
  freshPath,
  interfaceBlock,
  join8,
  pattern,
  pcap,
  readAll,
  readBytes,
  section,
  text,
} from './build.js'

const frames = Array.from({ length: 5000 }, (_, i) => ({ seconds: i, fraction: 1, data: pattern(100, i) }))
const classic = pcap(frames)
const next = join8(section(), interfaceBlock(), ...frames.map(({ data }, i) => enhanced(data, { units: BigInt(i) })))

const foreign: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['nothing', new Uint8Array(0), /: the file is empty$/],
  ['one byte', Uint8Array.of(0xd4), /begins with d4$/],
  ['text', text('hello, this is not a capture\n'), /looks like text$/],
  ['UTF-8 text', text('Grüße'), /looks like text$/],
  ['a program', bytes(true).u8(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0).done(), /looks like an ELF program$/],
  ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /a zip archive \(unpack it first\)$/],
  ['a wasm module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /a WebAssembly module$/],
  ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0), /zstd data \(unpack it first, or pipe it in/],
  ['snoop', text('snoop\0\0\0\0\0\0\x02'), /a snoop capture \(convert it/],
  ['modified pcap', bytes(true).u32(0xa1b2cd34).done(), /Kuznetzov's patch\) is not supported/],
  ['modified pcap, big-endian', bytes(false).u32(0xa1b2cd34).done(), /Kuznetzov's patch\) is not supported/],
  ['anything', Uint8Array.of(0, 1, 2, 3, 4), /begins with 00 01 02 03$/],
  ['gzip of gzip', gzipSync(gzipSync(classic)), /gzip inside gzip/],
  ['gzip of text', gzipSync(text('hello')), /looks like text$/],
  ['gzip of nothing', gzipSync(new Uint8Array(0)), /the file is empty$/],
]

for (const [what, content, message] of foreign) {
  test(`refused by name at once: ${what}`, async (t) => {
    const path = fileOf(content, 'named.pcap')
    const error = await t.throwsAsync(openCapture(path), { instanceOf: InputError, message })
    t.is(error?.where.file, path)
    t.is(error?.exitCode, 2)
  })
}

test('a missing file and a directory are refused', async (t) => {
  await t.throwsAsync(openCapture(freshPath()), { instanceOf: InputError, message: /there is no such file/ })
  await t.throwsAsync(openCapture(tmpdir()), { instanceOf: InputError, message: /this is a directory/ })
})

test('gzip, also of several members, gives the same frames as the file in it', async (t) => {
  for (const plain of [classic, next]) {
    const expected = await readBytes(plain)
    const half = Math.floor(plain.length / 2)
    const members = join8(gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half)))
    for (const packed of [gzipSync(plain), members]) {
      const read = await readBytes(packed)
      t.is(read.error, undefined)
      t.is(read.frames.length, 5000)
      t.deepEqual(read.frames, expected.frames)
    }
  }
})

test('gzip that is cut or damaged is refused after the frames before the damage', async (t) => {
  const packed = gzipSync(classic)
  const cut = await readBytes(packed.subarray(0, packed.length - 2000))
  t.regex(cut.error?.message ?? '', /the gzip data ends too early/)
  t.true(cut.frames.length > 0 && cut.frames.length < 5000)
  const damaged = Uint8Array.from(packed)
  damaged.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64)
  t.regex((await readBytes(damaged)).error?.message ?? '', /the gzip data is corrupt/)
})

test('standard input gives the same frames, whatever its chunks', async (t) => {
  for (const content of [classic, next, gzipSync(next)]) {
    const expected = await readBytes(content)
    for (const size of [content.length, 65_536, 977]) {
      const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, i) =>
        Buffer.from(content.subarray(i * size, (i + 1) * size)),
      )
      const read = await readAll(openCapture('-', { stdin: Readable.from(chunks) }))
      t.is(read.capture?.name, 'standard input')
      t.is(read.error, undefined)
      t.deepEqual(read.frames, expected.frames)
    }
  }
  const bytewise = Readable.from(Array.from(classic.subarray(0, 1000), (byte) => Buffer.of(byte)))
  t.is((await readAll(openCapture('-', { stdin: bytewise }))).frames.length, 8)
})

test('a stream that fails is an input error', async (t) => {
  async function* failing() {
    yield Buffer.from(classic.subarray(0, 1000))
    throw new Error('the cable was pulled')
  }
  const { frames: read, error } = await readAll(openCapture('-', { stdin: Readable.from(failing()) }))
  t.is(read.length, 8)
  t.regex(error?.message ?? '', /standard input: cannot read it: the cable was pulled/)
})

const descriptors = '/proc/self/fd'

test.serial('no file stays open: read to the end, left early, refused', async (t) => {
  if (!existsSync(descriptors)) return t.pass('this system does not list open files')
  const paths = [classic, gzipSync(classic), gzipSync(text('hello')), classic.subarray(0, 2000)].map((one) =>
    fileOf(one),
  )
  const before = readdirSync(descriptors).length
  for (let i = 0; i < 5; i++) {
    for (const path of paths) {
      await readAll(openCapture(path))
      await openCapture(path).then(
        (capture) => capture.close(),
        () => {},
      )
    }
  }
  await setImmediate()
  t.is(readdirSync(descriptors).length, before)
})

test('leaving the loop early closes the file, and a capture is read once', async (t) => {
  for (const content of [classic, gzipSync(classic)]) {
    const capture = await openCapture(fileOf(content))
    for await (const batch of capture.batches()) {
      t.true(batch.count > 0)
      break
    }
    t.throws(() => capture.batches(), { message: /was read already/ })
    await capture.close()
    await capture.close()
  }
})
