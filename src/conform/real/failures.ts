/** A case that failed on real ports: run again, made small if it fails each time, and tried at other times. */
import type { Violation } from '../../result/index.js'
import { isSameViolation } from '../../verify/counterexample/shrinking/same-violation.js'
import { isWrongAnyTime, type Runs } from '../classes/classify.js'
import { type Moves, movedTimes } from '../classes/moved-times.js'
import { Ways } from '../classes/ways.js'
import { failingCase, type LookedCase } from '../failing.js'
import type { TimedPacket } from '../run-case.js'
import { shrunk } from '../shrink.js'
import type { Engine } from './engine.js'
import type { LaneOptions, SeenCase } from './lane.js'
import { isAstray, runOnTime } from './on-time.js'
import type { Margins } from './plan.js'
import type { PlannedCase } from './record.js'

/** How often a case that failed is run again, and how often one has to pass at other times. */
const AGAIN = 2
/** Seconds for making it small, and for other times. */
const TO_SHRINK = 20
const TO_MOVE = 20
const MOST_MOVES = 32

export class Failures {
  readonly #engine: Engine
  readonly #lane: LaneOptions
  readonly #margins: Margins
  #ways: Promise<Ways | string> | undefined

  constructor(engine: Engine, lane: LaneOptions, margins: Margins) {
    this.#engine = engine
    this.#lane = lane
    this.#margins = margins
  }

  /** `first` is what the case came to. */
  async look({ made, plan }: PlannedCase, first: SeenCase, violation: Violation): Promise<LookedCase> {
    const { jitter } = this.#margins
    const run = (packets: readonly TimedPacket[]): Promise<SeenCase> =>
      runOnTime(this.#engine, { name: made.name, packets, isCertain: plan.isCertain }, jitter)
    const tries = await Promise.all(Array.from({ length: AGAIN }, () => run(plan.packets)))
    const runs = runsOf(violation, tries, (seen) => plan.isCertain && isAstray(seen, jitter))
    const told = { violation, runs, isRealTime: true, ...artefactIn([first, ...tries]) }
    const all = plan.packets.slice(0, violation.packet)
    if (runs.same < runs.of || violation.kind === 'hang') {
      const moves = runs.passed > 0 ? undefined : 'it does not fail alike each time'
      return failingCase(made, all, { ...told, ...(moves === undefined ? {} : { moves }) })
    }
    const found = async (packets: readonly TimedPacket[]) => (await run(packets)).violation
    const small = await shrunk(found, plan.packets, violation, within(TO_SHRINK))
    const evidence = { ...told, violation: small.violation }
    if (isWrongAnyTime(violation) || told.artefact !== undefined) return failingCase(made, small.packets, evidence)
    return failingCase(made, small.packets, { ...evidence, moves: await this.#moved(run, small.packets) })
  }

  /** It has to pass each time. */
  async #moved(
    run: (packets: readonly TimedPacket[]) => Promise<SeenCase>,
    packets: readonly TimedPacket[],
  ): Promise<Moves | string> {
    const { nf, spec } = this.#lane
    const { jitter, gap } = this.#margins
    this.#ways ??= Ways.of(spec.file, nf.config)
    const ways = await this.#ways
    if (typeof ways === 'string') return ways
    const passes = async (moved: readonly TimedPacket[]): Promise<boolean> => {
      for (let times = 0; times < AGAIN; times++) {
        const seen = await run(moved)
        if (seen.violation !== undefined || seen.doubts.length > 0 || isAstray(seen, jitter)) return false
      }
      return true
    }
    // Less than this is within what the machine adds.
    const least = 2n * jitter
    const options = {
      least,
      factor: 2n,
      band: 2n * least,
      gap,
      margin: jitter,
      mostTries: MOST_MOVES,
      hasTime: within(TO_MOVE),
    }
    return movedTimes(passes, packets, ways, options)
  }
}

function runsOf(violation: Violation, tries: readonly SeenCase[], isElsewhere: (seen: SeenCase) => boolean): Runs {
  const isSame = ({ violation: found }: SeenCase): boolean =>
    found !== undefined && isSameViolation({ violation }, { violation: found })
  const same = 1 + tries.filter(isSame).length
  const passed = tries.filter(
    (seen) => seen.violation === undefined && seen.doubts.length === 0 && !isElsewhere(seen),
  ).length
  return { of: 1 + tries.length, same, passed }
}

/** Each time that it failed, it has to be one. */
function artefactIn(seen: readonly SeenCase[]): { readonly artefact?: string } {
  const failed = seen.filter(({ violation }) => violation !== undefined)
  const [first] = failed
  return first?.artefact === undefined || failed.some(({ artefact }) => artefact === undefined)
    ? {}
    : { artefact: first.artefact }
}

function within(seconds: number): () => boolean {
  const until = performance.now() + seconds * 1000
  return () => performance.now() < until
}
