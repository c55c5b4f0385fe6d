/** Times that are easy to read: the first packet after a second, whole seconds or milliseconds between packets. */
import type { TestPacket } from '../judged-runs.js'

const SECOND = 1_000_000_000n
const MILLISECOND = 1_000_000n
const MICROSECOND = 1000n
/** Waits that are tried, of any unit. */
const STEPS = [1n, 10n, 100n, 1000n, 10_000n, 100_000n]
const UNITS = [SECOND, MILLISECOND, MICROSECOND, 1n]

/** The packets from one on come later, or earlier, by so much. */
export function atTime(packets: readonly TestPacket[], first: number, by: bigint): TestPacket[] {
  return packets.map((packet, at) => (at < first ? packet : { ...packet, now: packet.now + by }))
}

export function* roundTimes(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  const before = costOf(packets)
  for (const [at, packet] of packets.entries()) {
    const gap = packet.now - (packets[at - 1]?.now ?? 0n)
    for (const better of roundGaps(gap)) {
      const by = better - gap
      // With all that follows, or alone.
      const later = atTime(packets, at, by)
      for (const changed of [later, packets.with(at, { ...packet, now: packet.now + by })]) {
        if (isInOrder(changed) && isLess(costOf(changed), before)) yield changed
      }
    }
  }
}

/** Best first. */
function roundGaps(gap: bigint): bigint[] {
  const rounded = [SECOND, MILLISECOND, MICROSECOND].flatMap((unit) => {
    const down = (gap / unit) * unit
    return [...STEPS.map((step) => step * unit).filter((some) => some < gap), unit, down, down + unit]
  })
  return rounded.filter((better) => better !== gap)
}

function isInOrder(packets: readonly TestPacket[]): boolean {
  return packets.every(({ now }, at) => now >= (packets[at - 1]?.now ?? 0n))
}

/** How odd times are, then how far packets are apart: each of its parts counts only where those before it are equal. */
function costOf(packets: readonly TestPacket[]): readonly bigint[] {
  const gaps = packets.map(({ now }, at) => now - (packets[at - 1]?.now ?? 0n))
  const odd = gaps.map((gap) => BigInt(gap === 0n ? UNITS.length : UNITS.findIndex((unit) => gap % unit === 0n)))
  return [sum(odd), sum(gaps)]
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

function isLess(one: readonly bigint[], other: readonly bigint[]): boolean {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? 0n
    if (value !== against) return value < against
  }
  return false
}
