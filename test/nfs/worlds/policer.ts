/** Datagrams for a few addresses, some broken, and configurations of the policer that make the most of them. */
import fc from 'fast-check'

import { ethernet, ipv4, ipv6, mutated, udp } from '../frames.js'
import type { World } from '../random-frames.js'

/** One byte a nanosecond, 100 bytes at once. */
export const fast = { capacity: '4', rate: '1000000000', burst: '100', expiration: '1 us' }

/** A UDP datagram of `length` bytes, headers included, in IPv4. */
export function datagram(dst: number, length: number): Uint8Array {
  const payload = udp({ srcPort: 1, dstPort: 2, data: new Array<number>(length - 28).fill(0) })
  return ethernet({ dst: 1, src: 2, type: 0x0800, payload: ipv4({ src: 9, dst, protocol: 17, payload }) })
}

export function datagram6(dst: bigint, length: number): Uint8Array {
  const payload = udp({ srcPort: 1, dstPort: 2, data: new Array<number>(length - 48).fill(0) })
  return ethernet({ dst: 1, src: 2, type: 0x86dd, payload: ipv6({ src: 9n, dst, nextHeader: 17, payload }) })
}

const headerBytes = fc.tuple(
  fc.constantFrom(12, 13, 14, 16, 17, 18, 19),
  fc.constantFrom(0, 1, 4, 20, 0x44, 0x46, 0x60),
)

const datagrams = fc
  .record({
    version: fc.constantFrom(4, 6),
    host: fc.constantFrom(1n, 2n, 1n << 31n, 1n << 64n, (1n << 64n) + 1n),
    length: fc.oneof(fc.constantFrom(28, 48, 60, 99, 100, 101), fc.integer({ min: 28, max: 130 })),
    changes: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(headerBytes, { maxLength: 2 })),
    cut: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, fc.nat(120)),
  })
  .map(({ version, host, length, changes, cut }) => {
    const frame = version === 4 ? datagram(Number(host % 65536n), length) : datagram6(host, Math.max(48, length))
    return mutated(frame, changes, cut)
  })

const short = [0, 0, 0, 1, 1, 2, 5, 10, 20, 30, 40, 50]

function world(what: string, config: World['config'], gaps: readonly number[]): World {
  return { what, nf: 'policer', config, ports: 2, frames: datagrams, gaps }
}

export const worlds: readonly World[] = [
  world('fast and small', fast, [...short, 99, 100]),
  world('one address at a time', { ...fast, capacity: '1', expiration: '100 ns' }, [...short, 99, 100, 101]),
  world('counting the line', { ...fast, count: 'line', burst: '200' }, short),
  world('counting frames', { ...fast, count: 'frame' }, short),
  world('counting the FCS', { ...fast, count: 'frame+fcs' }, short),
  world(
    'slow, with a rate that divides nothing',
    { capacity: '4', rate: '999', burst: '300', expiration: '1 s' },
    [0, 1, 1_001_001, 9_009_009, 100_100_100, 300_300_300, 300_300_301, 1_000_000_001],
  ),
  world('a rate that overflows', { capacity: '4', rate: '1000000000000', burst: '200', expiration: '9000000 s' }, [
    0,
    0,
    0,
    1,
    2 ** 51,
    2 ** 52,
  ]),
  world(
    'a burst at the bound',
    { capacity: '4', rate: '1000000000000', burst: '9000000000', expiration: '9 ms' },
    [0, 1, 9_000_000, 9_000_001],
  ),
]
