import type { SuiteCase } from '../../derive/suite/suite.js'
import { Histogram } from '../../histogram.js'
import { Tally } from '../../oracle/tally.js'
import type { Deviations } from '../../replay/deviations.js'
import type { RealConformance, Violation } from '../../result/index.js'
import { notExercised } from '../../wires/index.js'
import type { LookedCase } from '../failing.js'
import type { RanCases } from '../options.js'
import type { Lane, LaneOptions, SeenCase } from './lane.js'
import { isAstray } from './on-time.js'
import type { Margins, Plan } from './plan.js'

export interface PlannedCase {
  readonly made: SuiteCase
  readonly plan: Plan
}

/** What is told of a run. */
export class RunRecord {
  readonly #tally = new Tally()
  readonly #violations: Violation[] = []
  readonly #failing: LookedCase[] = []
  readonly #ignored = new Map<string, number>()
  readonly #notRun = new Map<string, number>()
  readonly #said = new Map<string, number>()
  readonly #doubts = new Map<string, number>()
  readonly #closedBy = { 'nothing dropped': 0, device: 0, sentinel: 0, silence: 0 }
  readonly #uncertain: number
  readonly #jitter: bigint
  readonly #deviations: Deviations
  #sent: number
  #wanted = 0
  #timesMoved = 0
  #late = 0

  constructor(
    planned: readonly PlannedCase[],
    { longest, jitter }: Pick<Margins, 'longest' | 'jitter'>,
    deviations: Deviations,
  ) {
    this.#jitter = jitter
    this.#deviations = deviations
    this.#sent = planned.reduce((sum, { plan }) => sum + plan.packets.length, 0)
    this.#uncertain = planned.filter(({ plan }) => !plan.isCertain && plan.longest <= longest).length
    for (const { plan } of planned.filter((each) => each.plan.longest > longest)) {
      const cause = `wait for longer than ${Number(longest) / 1e9} s`
      add(this.#notRun, cause, 1)
      add(this.#ignored, `in cases that ${cause}`, plan.packets.length)
    }
  }

  note({ made, plan }: PlannedCase, seen: SeenCase): void {
    const packets = plan.packets.length
    const { violation, sent, more, tally, refused, said, doubts, closedBy, timesMoved, known } = seen
    this.#sent += more
    this.#tally.include(tally)
    this.#tally.excuse(known.length)
    for (const each of known) this.#deviations.note(each)
    if (known.length > 0) add(this.#ignored, 'another way, as the device is known to', known.length)
    this.#closedBy[closedBy] += 1
    this.#timesMoved += timesMoved
    for (const [cause, count] of refused) add(this.#ignored, cause, count)
    for (const [kind, count] of said) add(this.#said, kind, count)
    for (const why of doubts) add(this.#doubts, why, 1)
    if (packets > sent) add(this.#ignored, 'after a violation in its case', packets - sent)
    if (violation !== undefined) this.#violations.push({ ...violation, trace: made.name })
    else if (plan.isCertain && isAstray(seen, this.#jitter)) this.#late += 1
  }

  /** Whether no packet was judged yet. */
  get isEmpty(): boolean {
    return this.#tally.checked === 0
  }

  /** What no case shows. */
  violated(violation: Violation): void {
    this.#violations.push(violation)
  }

  /** Whether one more failing case is told in full. */
  wants(limit: number): boolean {
    this.#wanted += 1
    return this.#wanted <= limit
  }

  failed(failing: LookedCase): void {
    this.#failing.push(failing)
  }

  ran(isInterrupted: boolean): RanCases {
    return {
      tally: this.#tally,
      sent: this.#sent,
      ignored: Object.fromEntries(this.#ignored),
      violations: this.#violations.toSorted((a, b) => (a.trace ?? '').localeCompare(b.trace ?? '')),
      failing: this.#failing.toSorted((a, b) => a.made.name.localeCompare(b.made.name)),
      isInterrupted,
    }
  }

  real(
    { topology, silence: milliseconds }: Pick<LaneOptions, 'topology' | 'silence'>,
    lanes: readonly Lane[],
  ): Omit<RealConformance, 'deviations'> {
    const all = new Histogram()
    for (const { roundTrips } of lanes) all.merge(roundTrips)
    const { max } = all
    const { device, sentinel, silence } = this.#closedBy
    const share = (percent: number): number => Math.round(all.percentile(percent) ?? 0)
    return {
      topology: topology.name,
      device: topology.device.kind,
      lanes: lanes.length,
      ...(max === undefined ? {} : { roundTrip: { median: share(50), percentile99: share(99), maximum: max } }),
      closedBy: { device, sentinel, silence },
      silence: milliseconds,
      notRun: Object.fromEntries(this.#notRun),
      uncertain: this.#uncertain,
      late: this.#late,
      timesMoved: this.#timesMoved,
      said: Object.fromEntries(this.#said),
      stray: lanes.reduce((sum, { stray }) => sum + stray, 0),
      doubts: Object.fromEntries(this.#doubts),
      notExercised: notExercised(topology),
    }
  }
}

function add(counts: Map<string, number>, what: string, count: number): void {
  counts.set(what, (counts.get(what) ?? 0) + count)
}
