/** What a sequence of packets is known by: 64 bits, since hundreds of long packets are compared thousands of times. */
import type { TestPacket } from '../judged-runs.js'

type Hash = readonly [number, number]

const OFFSET = 0x811c9dc5
/** The prime of FNV-1a, and one more so that two hashes differ. */
const PRIMES = [0x01000193, 0x5bd1e995] as const

const known = new WeakMap<TestPacket, Hash>()

/** Of bytes, ports and times, in their order. */
export function fingerprint(packets: readonly TestPacket[]): string {
  let [one, other] = [OFFSET, OFFSET]
  for (const packet of packets) {
    const [first, second] = hashOf(packet)
    one = Math.imul(one ^ first, PRIMES[0])
    other = Math.imul(other ^ second, PRIMES[1])
  }
  return `${one >>> 0} ${other >>> 0} ${packets.length}`
}

function hashOf(packet: TestPacket): Hash {
  const found = known.get(packet)
  if (found !== undefined) return found
  const { bytes, port, now } = packet
  const hash: Hash = [hashed(bytes, port, now, PRIMES[0]), hashed(bytes, port, now, PRIMES[1])]
  known.set(packet, hash)
  return hash
}

function hashed(bytes: Uint8Array, port: number, now: bigint, prime: number): number {
  let hash = OFFSET
  for (const word of [port, bytes.length, Number(now & 0xffff_ffffn), Number((now >> 32n) & 0xffff_ffffn)]) {
    hash = Math.imul(hash ^ word, prime)
    hash ^= hash >>> 15
  }
  for (const byte of bytes) {
    hash = Math.imul(hash ^ byte, prime)
    hash ^= hash >>> 15
  }
  return hash
}
