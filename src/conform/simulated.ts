/** Cases in the simulator: each on a fresh instance, in virtual time. */
import { setImmediate } from 'node:timers/promises'

import type { SuiteCase } from '../derive/suite/suite.js'
import { Tally } from '../oracle/tally.js'
import type { Violation } from '../result/index.js'
import { isSameViolation } from '../verify/counterexample/shrinking/same-violation.js'
import { isWrongAnyTime } from './classes/classify.js'
import { movedTimes } from './classes/moved-times.js'
import { Ways } from './classes/ways.js'
import { failingCase, type LookedCase } from './failing.js'
import { type ConformOptions, MOST_FAILURES, type RanCases } from './options.js'
import { runCase, type TimedPacket, timed, type Under } from './run-case.js'
import { shrunk } from './shrink.js'

/** Cases between two looks at what is outside. */
const BREATH = 16

export async function runSimulated(
  under: Under,
  cases: readonly SuiteCase[],
  options: ConformOptions,
): Promise<RanCases> {
  const { failureLimit = MOST_FAILURES, signal, onProgress } = options
  const tally = new Tally()
  const violations: Violation[] = []
  const failing: LookedCase[] = []
  let ways: Promise<Ways | string> | undefined
  const waysOf = (): Promise<Ways | string> => (ways ??= Ways.of(under.spec.file, under.nf.config))
  let sent = 0
  let skipped = 0
  let left = 0
  const ended = (isInterrupted: boolean): RanCases => {
    const ignored = {
      ...(skipped > 0 ? { 'after a violation in its case': skipped } : {}),
      ...(left > 0 ? { 'in cases after one that did not come to an end': left } : {}),
    }
    return { tally, sent, ignored, violations, failing, isInterrupted }
  }
  for (const [at, made] of cases.entries()) {
    // Signals are heard in between.
    if (at % BREATH === 0) await setImmediate()
    if (signal?.aborted === true) return ended(true)
    if (at % BREATH === 0) onProgress?.(`case ${at + 1} of ${cases.length}`)
    const packets = timed(made.packets)
    const ran = runCase(under, made.name, packets, options.patience)
    tally.include(ran.tally)
    sent += packets.length
    skipped += packets.length - ran.sent
    if (ran.violation === undefined) continue
    violations.push(ran.violation)
    if (failing.length < failureLimit) failing.push(await looked(under, waysOf, made, ran.violation))
    if (ran.violation.kind === 'hang') {
      const rest = cases.slice(at + 1).flatMap((each) => each.packets)
      left = rest.reduce((sum, { times }) => sum + times, 0)
      sent += left
      break
    }
  }
  return ended(false)
}

/** A case that failed: run once more, made small, and with its times moved. */
async function looked(under: Under, ways: () => Promise<Ways | string>, made: SuiteCase, violation: Violation) {
  const all = timed(made.packets)
  const run = (packets: readonly TimedPacket[]) => runCase(under, made.name, packets).violation
  // What does not come to an end takes its time whenever it is tried.
  if (violation.kind === 'hang') return failingCase(made, all, { violation, runs: ONCE, isRealTime: false })
  const again = run(all)
  const isSame = again !== undefined && isSameViolation({ violation }, { violation: again })
  const runs = { of: 2, same: isSame ? 2 : 1, passed: again === undefined ? 1 : 0 }
  const small = await shrunk(run, all, violation)
  const told = { violation: small.violation, runs, isRealTime: false }
  if (isWrongAnyTime(violation)) return failingCase(made, small.packets, told)
  const known = await ways()
  const passes = (packets: readonly TimedPacket[]): boolean => run(packets) === undefined
  const moves = typeof known === 'string' ? known : await movedTimes(passes, small.packets, known, MOVES)
  return failingCase(made, small.packets, { ...told, moves })
}

/** Time is virtual: to the nanosecond. */
const MOVES = { least: 1n, factor: 4n, band: 1_000_000n, gap: 0n, margin: 0n, mostTries: 512 }
const ONCE = { of: 1, same: 1, passed: 0 }
