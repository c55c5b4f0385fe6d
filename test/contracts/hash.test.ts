import test from 'ava'
import { Random } from './random.js'
import { numberedKey } from './scenarios.js'
import { libvigSubject, type Subject } from './subject.js'

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(1 << 20)
})

function hashOf(bytes: Uint8Array): number {
  const { device } = subject
  device.memory.set(bytes, device.scratch)
  return Number(device.call('hash', [device.scratch, bytes.length])) >>> 0
}

test('is a function of the bytes, wherever they lie and whatever came before', (t) => {
  const driver = subject.driver()
  const random = new Random(1)
  const seen: Uint8Array[] = []
  for (let n = 0; n < 3000; n++) {
    const old = seen[random.below(seen.length + 1)]
    const bytes = old ?? random.bytes(1 + random.below(64))
    if (old === undefined) seen.push(bytes)
    driver.call('hash', { bytes, length: bytes.length })
  }
  t.true(driver.calls > seen.length + 1000)
})

test('depends on every byte and on the length', (t) => {
  const random = new Random(2)
  for (let length = 1; length <= 64; length++) {
    const bytes = random.bytes(length)
    const hash = hashOf(bytes)
    for (let at = 0; at < length; at++) {
      const other = bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.below(8)))
      t.not(hashOf(other), hash, `byte ${at} of ${length}`)
    }
    t.not(hashOf(Uint8Array.of(...bytes, 0)), hash, `length ${length} and one more`)
  }
})

/** Sum over the buckets of (count - expected)^2 / expected: about as many as there are buckets, if spread evenly. */
function chiSquare(hashes: readonly number[], buckets: number, bucketOf: (hash: number) => number): number {
  const counts = new Int32Array(buckets)
  for (const hash of hashes) counts[bucketOf(hash)] = (counts[bucketOf(hash)] ?? 0) + 1
  const expected = hashes.length / buckets
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

const KEYS = 65_536
const BUCKETS = 1024
// Evenly spread keys give about BUCKETS; a pattern that costs a table anything gives many times that.
const BOUND = 2 * BUCKETS

for (const keySize of [4, 6, 8, 13, 16, 37, 48]) {
  test(`spreads ${keySize}-byte keys that differ in few bits over low bits, high bits and rows`, (t) => {
    const hashes = Array.from({ length: KEYS }, (_, n) => hashOf(numberedKey(n, keySize)))
    const early = Array.from({ length: KEYS }, (_, n) => hashOf(numberedKey(n, keySize).reverse()))
    for (const keys of [hashes, early]) {
      t.true(chiSquare(keys, BUCKETS, (hash) => hash % BUCKETS) < BOUND)
      t.true(chiSquare(keys, BUCKETS, (hash) => hash >>> 22) < BOUND)
      t.true(chiSquare(keys, 1009, (hash) => hash % 1009) < BOUND)
    }
  })
}
