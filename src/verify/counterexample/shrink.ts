/**
 * Makes a counterexample small and easy to read, by trying: fewer packets, shorter ones, plain addresses, round times. Each
 * change is run on the real binary, and kept only where the violation is the same one. What is left of odd values is there
 * because it matters.
 */
import type { Finding, TestPacket } from './judged-runs.js'
import { shorterFrames, withoutPackets } from './shrinking/cuts.js'
import { fingerprint } from './shrinking/fingerprint.js'
import { plainNames } from './shrinking/names.js'
import type { Pass } from './shrinking/pass.js'
import { isSameViolation } from './shrinking/same-violation.js'
import { flagsByPlace, rightChecksums, tidyHeaders } from './shrinking/tidy.js'
import { atTime, roundTimes } from './shrinking/times.js'

/** Runs packets from the empty state up to the first that violates. */
export type Run = (packets: readonly TestPacket[]) => Finding | undefined

/** Runs of one shrinking, and packets of all of them: many are needed only where a bucket was emptied or a table filled. */
const MOST_TRIES = 400
const MOST_PACKETS = 20_000

const PASSES: readonly Pass[] = [
  withoutPackets,
  shorterFrames,
  rightChecksums,
  tidyHeaders,
  ...plainNames,
  flagsByPlace,
  roundTimes,
]

export function shrink(finding: Finding, run: Run): Finding {
  let smallest = finding
  simplified(finding.packets, (packets) => {
    const found = run(packets)
    if (found === undefined || !isSameViolation(finding.detail, found.detail)) return undefined
    smallest = found
    return found.packets
  })
  const notes = boundariesOf(smallest, run)
  return notes.length === 0 ? smallest : { ...smallest, notes }
}

/** The simplest that is found: `accepts` says which packets are left of some that will do. */
export function simplified(packets: readonly TestPacket[], accepts: Accepts): readonly TestPacket[] {
  const tries = new Tries(packets, accepts)
  let before: readonly TestPacket[]
  do {
    before = tries.simplest
    for (const pass of PASSES) tries.pass(pass)
  } while (tries.simplest !== before)
  return tries.simplest
}

type Accepts = (packets: readonly TestPacket[]) => readonly TestPacket[] | undefined

class Tries {
  simplest: readonly TestPacket[]
  readonly #accepts: Accepts
  /** What was tried already, be it kept or not. */
  readonly #tried = new Set<string>()
  #left = MOST_TRIES
  #packetsLeft = MOST_PACKETS

  constructor(packets: readonly TestPacket[], accepts: Accepts) {
    this.simplest = packets
    this.#accepts = accepts
    this.#tried.add(fingerprint(packets))
  }

  /** Takes what a pass offers until nothing of it is kept. */
  pass(pass: Pass): void {
    let isKept: boolean
    do {
      isKept = false
      for (const packets of pass(this.simplest)) {
        isKept = this.#keeps(packets)
        if (isKept || this.#left <= 0 || this.#packetsLeft < packets.length) break
      }
    } while (isKept)
  }

  #keeps(packets: readonly TestPacket[]): boolean {
    if (this.#left <= 0 || this.#packetsLeft < packets.length) return false
    const known = fingerprint(packets)
    if (this.#tried.has(known)) return false
    this.#tried.add(known)
    this.#left -= 1
    this.#packetsLeft -= packets.length
    const accepted = this.#accepts(packets)
    if (accepted === undefined) return false
    this.simplest = accepted
    return true
  }
}

/** Where there are more packets, none is looked at. */
const MOST_NOTED = 8

/** Packets whose time is just at a boundary: a nanosecond more or less, and nothing is wrong any more. */
function boundariesOf({ packets, detail }: Finding, run: Run): string[] {
  if (packets.length > MOST_NOTED) return []
  const isWrong = (at: number, by: bigint): boolean => {
    if (by < 0n && packets[at]?.now === packets[at - 1]?.now) return true
    const found = run(atTime(packets, at, by))
    return found !== undefined && isSameViolation(detail, found.detail)
  }
  return packets.flatMap((_, at) => {
    if (at === 0) return []
    const sides = [isWrong(at, -1n) ? undefined : 'earlier', isWrong(at, 1n) ? undefined : 'later'].filter(
      (side) => side !== undefined,
    )
    return sides.length === 0
      ? []
      : [`packet ${at + 1} comes just at a boundary: 1 ns ${sides.join(' or ')}, and this does not happen`]
  })
}
