/** A failing case made small: packets are left out for as long as the last one fails in the same way. */
import type { CasePacket } from '../derive/suite/suite.js'
import type { Violation } from '../result/index.js'
import { isSameViolation } from '../verify/counterexample/shrinking/same-violation.js'
import type { TimedPacket } from './run-case.js'

export interface Shrunk {
  readonly packets: readonly TimedPacket[]
  readonly violation: Violation
}

/** Runs packets. @returns The first violation, if there is one. */
export type Try = (packets: readonly TimedPacket[]) => Violation | undefined | Promise<Violation | undefined>

/** `packets` up to the one that fails. `hasTime` says whether to go on. */
export async function shrunk(
  run: Try,
  packets: readonly TimedPacket[],
  violation: Violation,
  hasTime: () => boolean = () => true,
): Promise<Shrunk> {
  let best: Shrunk = { packets: packets.slice(0, violation.packet ?? packets.length), violation }
  for (let size = best.packets.length - 1; size > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at + 1 < best.packets.length && hasTime(); ) {
      const fewer = without(best.packets, at, Math.min(size, best.packets.length - 1 - at))
      const found = await run(fewer)
      if (found !== undefined && isSameViolation({ violation }, { violation: found })) {
        best = { packets: fewer.slice(0, found.packet ?? fewer.length), violation: found }
      } else at += size
    }
  }
  return best
}

/** As a case has them. */
export function casePackets(packets: readonly TimedPacket[]): readonly CasePacket[] {
  let last = 0n
  return packets.map(({ port, bytes, fills, now }) => {
    const wait = now - last
    last = now
    return { wait, port, bytes, fills, times: 1, note: undefined, line: undefined }
  })
}

/** What was filled in from an output that is gone stays as it was on the reference device. */
function without(packets: readonly TimedPacket[], at: number, count: number): TimedPacket[] {
  return packets.toSpliced(at, count).map((packet) => ({
    ...packet,
    fills: packet.fills.flatMap((fill) => {
      const output = fill.output - 1
      if (output < at) return [fill]
      return output < at + count ? [] : [{ ...fill, output: fill.output - count }]
    }),
  }))
}
