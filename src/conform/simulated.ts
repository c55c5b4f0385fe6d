/** Cases in the simulator: each on a fresh instance, in virtual time. */
import { setImmediate } from 'node:timers/promises'

import { caseText } from '../derive/suite/case-file.js'
import type { SuiteCase } from '../derive/suite/suite.js'
import { Tally } from '../oracle/tally.js'
import type { ConformedCase, Violation } from '../result/index.js'
import { type ConformOptions, MOST_FAILURES, type RanCases } from './options.js'
import { runCase, timed, type Under } from './run-case.js'
import { casePackets, shrunk } from './shrink.js'

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
  const failing: ConformedCase[] = []
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
    if (failing.length < failureLimit) failing.push(await smallest(under, made, ran.violation))
    if (ran.violation.kind === 'hang') {
      const rest = cases.slice(at + 1).flatMap((each) => each.packets)
      left = rest.reduce((sum, { times }) => sum + times, 0)
      sent += left
      break
    }
  }
  return ended(false)
}

async function smallest(under: Under, made: SuiteCase, violation: Violation): Promise<ConformedCase> {
  const all = timed(made.packets)
  const run = (packets: Parameters<typeof runCase>[2]) => runCase(under, made.name, packets).violation
  // What does not come to an end takes its time whenever it is tried.
  const isLong = violation.kind === 'hang'
  const { packets, violation: seen } = isLong ? { packets: all, violation } : await shrunk(run, all, violation)
  return failingCase(made, packets, seen)
}

/** As it is told and kept. */
export function failingCase(
  made: SuiteCase,
  packets: Parameters<typeof casePackets>[0],
  { summary }: Violation,
): ConformedCase {
  const name = `case-${made.name}`
  const title = `${made.title}: ${summary}`
  return {
    case: made.name,
    packets: packets.length,
    summary,
    file: `${name}.yaml`,
    text: caseText({ ...made, name, title, packets: casePackets(packets) }),
  }
}
