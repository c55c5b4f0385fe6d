/** A failing case, made small, as it is told and kept. */
import { caseText } from '../derive/suite/case-file.js'
import type { SuiteCase } from '../derive/suite/suite.js'
import type { ConformedCase, Violation } from '../result/index.js'
import { classOf, type Evidence } from './classes/classify.js'
import type { TimedPacket } from './run-case.js'
import { casePackets } from './shrink.js'

/** What was found out of one. */
export interface LookedCase {
  readonly made: SuiteCase
  /** The smallest that fail in the same way. */
  readonly packets: readonly TimedPacket[]
  readonly violation: Violation
  readonly isRealTime: boolean
  readonly told: ConformedCase
}

/** `packets`: the smallest that fail in the same way. */
export function failingCase(made: SuiteCase, packets: readonly TimedPacket[], evidence: Evidence): LookedCase {
  const name = `case-${made.name}`
  const { summary } = evidence.violation
  const { same, of } = evidence.runs
  const told = {
    case: made.name,
    class: classOf(evidence),
    packets: packets.length,
    summary,
    ...(of === 1 ? {} : { repeats: { same, of } }),
    file: `${name}.yaml`,
    text: caseText({ ...made, name, title: `${made.title}: ${summary}`, packets: casePackets(packets) }),
  }
  const { violation, isRealTime } = evidence
  return { made, packets, violation, isRealTime, told }
}
