import test from 'ava'
import fc from 'fast-check'

import type { TestPacket } from '../../../../src/verify/counterexample/judged-runs.js'
import { fingerprint } from '../../../../src/verify/counterexample/shrinking/fingerprint.js'

const packet: fc.Arbitrary<TestPacket> = fc.record({
  bytes: fc.uint8Array({ maxLength: 4 }),
  port: fc.nat(2),
  now: fc.bigInt({ min: 0n, max: 2n ** 63n }),
})

test('the same packets have the same fingerprint, whoever made them, and others another', (t) => {
  const textOf = (packets: readonly TestPacket[]): string =>
    packets.map(({ bytes, port, now }) => `${now} ${port} ${Buffer.from(bytes).toString('hex')}`).join()
  const texts = new Map<string, string>()
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 4 }), (packets) => {
      const known = fingerprint(packets)
      t.is(fingerprint(packets.map(({ bytes, port, now }) => ({ bytes: bytes.slice(), port, now }))), known)
      const text = textOf(packets)
      t.is(texts.get(known) ?? text, text)
      texts.set(known, text)
    }),
    { numRuns: 5000 },
  )
})

test('one bit of a long sequence makes another fingerprint', (t) => {
  const packets = Array.from({ length: 20 }, (_, i) => ({ bytes: new Uint8Array(60).fill(i), port: 0, now: BigInt(i) }))
  const all = new Set([fingerprint(packets)])
  for (const [at, one] of packets.entries()) {
    for (let bit = 0; bit < 480; bit += 7) {
      const bytes = one.bytes.slice()
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      all.add(fingerprint(packets.with(at, { ...one, bytes })))
    }
    all.add(fingerprint(packets.with(at, { ...one, port: 1 })))
    all.add(fingerprint(packets.with(at, { ...one, now: one.now + 2n ** 40n })))
    all.add(fingerprint(packets.toSpliced(at, 1)))
  }
  t.is(all.size, 1 + 20 * (69 + 3))
})
