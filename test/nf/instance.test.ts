import test from 'ava'
import fc from 'fast-check'

import { BAD_VERDICT, loadNf, MAX_BURST, MAX_PACKET, NfTrap } from '../../src/nf/index.js'
import { answering, nfSource, sample } from './fixtures/sample.js'

/** Counts packets per first byte and answers by the count; stamps the count and libVig's time into the packet. */
const counting = nfSource(`
const out: i32 = <i32>memory.data(16)
let map: i32 = 0
export function nf_init(): i32 {
  if (!vig.expiring_map_allocate(1, 8, 64, out)) return 0
  map = load<i32>(out)
  return 1
}
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  vig.expiring_map_expire(map, now - 1000)
  if (length < 20) return vig.DROP
  if (!vig.expiring_map_touch(map, packet, now, out)) {
    if (!vig.expiring_map_insert(map, packet, now, out)) return vig.DROP
  }
  const value = vig.expiring_map_value(map, load<i32>(out))
  const count = load<i64>(value) + 1
  store<i64>(value, count)
  vig.storeU16BE(packet + 2, <i32>count)
  store<i64>(packet + 8, vig.time())
  return <i32>(count % 4) == 3 ? vig.forwardToSet(0b1010) : <i32>(count % 4)
}`)

interface Packet {
  readonly bytes: Uint8Array
  readonly port: number
  readonly wait: number
}

const packets: fc.Arbitrary<Packet[]> = fc.array(
  fc.record({
    bytes: fc.uint8Array({ minLength: 0, maxLength: 200 }).map((bytes) => {
      if (bytes.length > 0) bytes[0] = (bytes[0] ?? 0) % 5
      return bytes
    }),
    port: fc.nat(3),
    wait: fc.nat(400),
  }),
  { minLength: 1, maxLength: 600 },
)

test('an instance in the memory of one before is as a new one, to the byte', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': counting }))
  const used = nf.instantiate()
  for (const byte of [1, 2, 3]) {
    used.setFrame(0, new Uint8Array(60).fill(byte), 0, 60, 0, 5n)
    used.run(1)
  }
  // What no network function should write is not left either.
  for (const at of [1, 4095, 60_000, used.heapUsed + 40_000_000, used.bytes.length - 1]) used.bytes[at] = 1
  const again = nf.instantiate({ after: used })
  t.is(again.bytes.buffer, used.bytes.buffer)
  t.is(Buffer.compare(again.bytes, nf.instantiate().bytes), 0)
  again.setFrame(0, new Uint8Array(60).fill(1), 0, 60, 0, 5n)
  again.run(1)
  t.is(again.result(0), 1)
})

test('verdicts and bytes are the same in bursts of 1, 32 and 256', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': counting }))
  const outcome = (sent: readonly Packet[], burst: number): string[] => {
    const instance = nf.instantiate()
    const seen: string[] = []
    let now = 0n
    for (let first = 0; first < sent.length; first += burst) {
      const batch = sent.slice(first, first + burst)
      for (const [index, { bytes, port, wait }] of batch.entries()) {
        now += BigInt(wait)
        instance.setFrame(index, bytes, 0, bytes.length, port, now)
      }
      instance.run(batch.length)
      for (let index = 0; index < batch.length; index++) {
        const at = instance.frameBuffer(index)
        const bytes = instance.bytes.subarray(at, at + instance.frameLength(index))
        seen.push(`${instance.result(index)} ${instance.verdict(index)} ${Buffer.from(bytes).toString('hex')}`)
      }
    }
    return seen
  }
  fc.assert(
    fc.property(packets, (sent) => {
      const one = outcome(sent, 1)
      t.deepEqual(outcome(sent, 32), one)
      t.deepEqual(outcome(sent, 256), one)
    }),
    { numRuns: 12 },
  )
})

test('a frame holds exactly the bytes given, whatever their alignment and length', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': answering('vig.DROP') }))
  const instance = nf.instantiate()
  const source = Uint8Array.from({ length: 20_003 }, (_, index) => (index * 7 + (index >> 8)) & 255)
  fc.assert(
    fc.property(fc.nat(7), fc.nat(3000), fc.nat(MAX_PACKET), fc.nat(255), (offset, start, length, index) => {
      const view = source.subarray(offset)
      instance.setFrame(index, view, start, length, 1, 5n)
      const at = instance.frameBuffer(index)
      t.is(Buffer.compare(instance.bytes.subarray(at, at + length), view.subarray(start, start + length)), 0)
      t.is(instance.frameLength(index), length)
    }),
  )
  // The last bytes of a buffer whose length is no multiple of four.
  const last = source.length - 5
  instance.setFrame(0, source, last, 5, 0, 0n)
  t.deepEqual(instance.bytes.slice(instance.frameBuffer(0), instance.frameBuffer(0) + 5), source.slice(last))
})

test('neighbouring frames keep apart: longest packets in every frame of a burst', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': answering('vig.loadU8(packet)') }))
  const instance = nf.instantiate()
  for (let index = 0; index < MAX_BURST; index++) {
    instance.setFrame(index, new Uint8Array(MAX_PACKET).fill(index % 4), 0, MAX_PACKET, 0, 0n)
  }
  instance.run(MAX_BURST)
  for (let index = 0; index < MAX_BURST; index++) {
    t.is(instance.verdict(index), 1 << (index % 4))
    t.is(instance.bytes[instance.frameBuffer(index) + MAX_PACKET - 1], index % 4)
  }
  t.throws(() => instance.setFrame(0, new Uint8Array(9019), 0, 9019, 0, 0n), { instanceOf: RangeError })
  t.throws(() => instance.setFrame(MAX_BURST, new Uint8Array(9), 0, 9, 0, 0n), { instanceOf: RangeError })
})

test('ingress port, length and now reach nf_process, and libVig tells the same time', async (t) => {
  const body = answering('now == vig.time() && now == <i64>0x123456789abcdef0 && length == 33 ? port : vig.DROP')
  const instance = (await loadNf(sample(t, { 'nf.ts': body }))).instantiate()
  instance.setFrame(0, new Uint8Array(64), 0, 33, 3, 0x123456789abcdef0n)
  instance.run(1)
  t.is(instance.verdict(0), 0b1000)
})

test('verdicts are decoded with the ingress port and the number of ports', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': answering('<i32>bswap<u32>(load<u32>(packet))') }), { portCount: 3 })
  const instance = nf.instantiate()
  const expected: readonly (readonly [number, number])[] = [
    [2, 0b100],
    [3, BAD_VERDICT],
    [-1, 0],
    [-2, 0b101],
    [-3, BAD_VERDICT],
    [-16, 0],
    [-(16 + 0b110), 0b110],
    [-(16 + 0b1000), BAD_VERDICT],
  ]
  for (const [index, [result]] of expected.entries()) {
    const bytes = Buffer.alloc(8)
    bytes.writeInt32BE(result)
    instance.setFrame(index, bytes, 0, 8, 1, 0n)
  }
  instance.run(expected.length)
  t.deepEqual(
    expected.map((_, index) => [instance.result(index), instance.verdict(index)]),
    expected.map((row) => [...row]),
  )
})

const traps = [
  ['an unreachable', 'unreachable()', /unreachable/],
  ['an access outside the memory', 'store<u8>(0x7fffffff, 1)', /out of bounds/],
  ['a division by zero', 'vig.storeU8(packet, 7 / vig.loadU8(packet + 2))', /divi/],
] as const

for (const [what, statement, reason] of traps) {
  test(`${what} is a trap that names function and packet`, async (t) => {
    const body = nfSource(`export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
      if (vig.loadU8(packet) == 9) ${statement}
      return 0
    }`)
    const nf = await loadNf(sample(t, { 'nf.ts': body }))
    const instance = nf.instantiate({ name: 'edge' })
    for (let index = 0; index < 5; index++) {
      instance.setFrame(index, Uint8Array.of(index === 3 ? 9 : 0, 0, 0, 0), 0, 4, 0, 0n)
    }
    const trap = t.throws(() => instance.run(5), { instanceOf: NfTrap })
    t.is(trap?.nf, 'edge')
    t.is(trap?.index, 3)
    t.regex(trap?.reason ?? '', reason)
    t.deepEqual(
      [0, 1, 2].map((index) => instance.verdict(index)),
      [1, 1, 1],
      'earlier packets have their verdicts',
    )
    t.throws(() => instance.run(1), { message: /has trapped/ })
    t.notThrows(() => nf.instantiate().run(0))
  })
}

test('instances share nothing', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': counting }))
  const [a, b] = [nf.instantiate(), nf.instantiate()]
  const send = (instance: typeof a): number => {
    instance.setFrame(0, new Uint8Array(64), 0, 64, 0, 0n)
    instance.run(1)
    return instance.result(0)
  }
  t.deepEqual([send(a), send(a), send(b)], [1, 2, 1])
})

test('random numbers repeat with their seed', async (t) => {
  const nf = await loadNf(sample(t, { 'nf.ts': answering('vig.random_u32() & 0x7fffffff') }))
  const draw = (seed: bigint): number[] => {
    const instance = nf.instantiate({ seed })
    for (let index = 0; index < 8; index++) instance.setFrame(index, new Uint8Array(14), 0, 14, 0, 0n)
    instance.run(8)
    return Array.from({ length: 8 }, (_, index) => instance.result(index))
  }
  t.deepEqual(draw(1n), draw(1n))
  t.notDeepEqual(draw(1n), draw(2n))
})
