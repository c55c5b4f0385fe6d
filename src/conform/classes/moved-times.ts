/**
 * Whether a failing case passes when its packets come a little earlier or later, each on the same way through the
 * specification as before: then the failure hangs on time.
 */
import type { TimedPacket } from '../run-case.js'
import type { Ways } from './ways.js'

/** A packet, and all after it, came so many nanoseconds later; earlier where it is below 0. */
export interface Move {
  /** From 1. */
  readonly packet: number
  readonly by: bigint
}

export interface Moves {
  /** The first, from the last packet on, with which the case passes. */
  readonly found: Move | undefined
  /** Those with which it was run. */
  readonly tried: number
  /** Whether none within the band was left out, but those that lead another way. */
  readonly isWhole: boolean
  /** Nanoseconds of the widest band. */
  readonly band: bigint
}

export interface MoveOptions {
  /** Nanoseconds of the smallest move that is tried; each is so many times the one before. */
  readonly least: bigint
  readonly factor: bigint
  /** Nanoseconds that every packet may be moved by, and more where more time has passed. */
  readonly band: bigint
  /** Nanoseconds that are left between two packets. */
  readonly gap: bigint
  /** Nanoseconds by which any packet may be early or late: the way has to be the same then too. */
  readonly margin: bigint
  readonly mostTries: number
  readonly hasTime?: () => boolean
}

/** One part of the time that has passed since the first packet. */
const SHARE = 10n

/** `passes` runs packets. Or why there are no other times, in a line. */
export async function movedTimes(
  passes: (packets: readonly TimedPacket[]) => boolean | Promise<boolean>,
  packets: readonly TimedPacket[],
  ways: Pick<Ways, 'of'>,
  options: MoveOptions,
): Promise<Moves | string> {
  const { mostTries, hasTime = () => true } = options
  const start = packets[0]?.now ?? 0n
  const bandAt = (at: number): bigint => larger(options.band, ((packets[at]?.now ?? start) - start) / SHARE)
  if (packets.length < 2) return 'one packet alone shows it'
  const band = bandAt(packets.length - 1)
  const way = ways.of(packets)
  let tried = 0
  if (way === undefined) return 'the specification cannot be followed on these packets'
  const leads = (moved: readonly TimedPacket[] | undefined): moved is readonly TimedPacket[] =>
    moved !== undefined && around(moved, options.margin).every((each) => ways.of(each) === way)
  for (let at = packets.length - 1; at > 0; at--) {
    for (const size of sizes(options, bandAt(at))) {
      for (const by of [-size, size]) {
        const move = { packet: at + 1, by }
        const moved = movedBy(packets, move, options.gap)
        if (!leads(moved)) continue
        if (tried === mostTries || !hasTime()) return { found: undefined, tried, isWhole: false, band }
        tried += 1
        if (await passes(moved)) return { found: move, tried, isWhole: true, band }
      }
    }
  }
  return { found: undefined, tried, isWhole: true, band }
}

/** The packets with a move; undefined where two would come closer than `gap`. */
export function movedBy(packets: readonly TimedPacket[], { packet, by }: Move, gap = 0n): TimedPacket[] | undefined {
  const [before, moved] = [packets[packet - 2], packets[packet - 1]]
  if (before === undefined || moved === undefined || moved.now + by < before.now + gap) return undefined
  return packets.map((each, at) => (at < packet - 1 ? each : { ...each, now: each.now + by }))
}

/** The packets themselves, and with each a little earlier and later. */
function around(packets: readonly TimedPacket[], margin: bigint): (readonly TimedPacket[])[] {
  if (margin === 0n) return [packets]
  const moves = packets.slice(1).flatMap((_, at) => [-margin, margin].map((by) => ({ packet: at + 2, by })))
  return [packets, ...moves.flatMap((move) => [movedBy(packets, move) ?? []])]
}

function sizes({ least, factor }: MoveOptions, band: bigint): bigint[] {
  const found: bigint[] = []
  for (let size = least; size < band; size *= factor) found.push(size)
  return [...found, band]
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
