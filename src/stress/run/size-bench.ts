/** The bench of one frame size: trials with their learning, their progress and their counts. */
import { VigilError } from '../../errors.js'
import type { AnsweringHost } from '../../hosts/index.js'
import type { StressTest, StressTester } from '../../result/index.js'
import { answersTo, bothWays } from '../rig/answers.js'
import { SynFlood } from '../rig/flood.js'
import { type Load, loadOf } from '../rig/load.js'
import type { Rig } from '../rig/rig.js'
import type { Segment } from '../rig/sender.js'
import { learningRate, type TrialOptions, type TrialOutcome } from '../rig/tester.js'
import { type Bench, type BenchTrialOptions, type Sheet, search } from '../tests/index.js'
import { numberIn, type Prepared } from './prepare.js'
import type { Judged, SpecJudge } from './spec-judge.js'

const NONE: Judged = { judged: 0, wrong: 0, undecided: 0 }

/** Of all trials of a run. */
export class Totals {
  sent = 0
  received = 0
  corrupt = 0
  misdirected = 0
  judged = 0
  wrong = 0
  undecided = 0

  judge({ judged, wrong, undecided }: Judged): void {
    this.judged += judged
    this.wrong += wrong
    this.undecided += undecided
  }

  add(outcome: TrialOutcome): void {
    this.sent += outcome.sent
    this.received += outcome.received
    this.corrupt += outcome.corrupt
    this.misdirected += outcome.misdirected
  }
}

/** Who answers at each port, and whom frames are sent to there. */
export interface Neighbours {
  readonly answering: readonly (AnsweringHost | undefined)[]
  readonly gateways: readonly (number | undefined)[]
}

export function loadFor(
  {
    nf,
    topology,
    ip: version,
    direction,
    flows,
    seed,
  }: Pick<Prepared, 'nf' | 'topology' | 'ip' | 'direction' | 'flows' | 'seed'>,
  { gateways }: Pick<Neighbours, 'gateways'>,
  size: number,
): Load {
  return loadOf(nf, topology, { version, direction, gateways, size, flows, seed })
}

export interface SizeBenchOptions {
  readonly rig: Rig
  readonly prepared: Prepared
  readonly neighbours: Neighbours
  readonly load: Load
  readonly size: number
  readonly tester: StressTester
  readonly most: number
  readonly bound: Bench['bound']
  readonly totals: Totals
  /** Undefined where frames are not held to the specification. */
  readonly judge: SpecJudge | undefined
  /** What was found with frames of this size so far. */
  readonly done: () => readonly StressTest[]
  readonly onTrial: (test: string, rate: number) => void
}

export function sizeBench(options: SizeBenchOptions): Bench {
  const { rig, prepared, neighbours, load, size, tester, most, bound, totals, judge, done, onTrial } = options
  const { nf, profile } = prepared
  let searched: Promise<number | undefined> | undefined
  const searchFirst = async (sheet: Sheet): Promise<number | undefined> => {
    sheet.note('the throughput was searched for first')
    const { rate } = await search(bench, sheet)
    // Whose limit that was says nothing of this test.
    sheet.limit = undefined
    return rate
  }
  const run = async (given: Load, segments: readonly Segment[], trial: TrialOptions) => {
    const sample = judge?.sampleOf(given)
    const outcome = await rig.tester.run(given, segments, { ...trial, sample })
    const judged = sample === undefined ? undefined : judge?.judge(outcome.test, sample)
    totals.add(outcome)
    totals.judge(judged ?? NONE)
    return { outcome, judged: judged ?? NONE }
  }
  /** What is sent to a device that has learned it: of two ways, also the answers to what comes out just then. */
  const learned = async (given: Load): Promise<Load> => {
    if (given.ways === given.directions.length) {
      const samples = given.learning.map((flows) => judge?.sampleOf(flows))
      await rig.tester.learn(given, samples)
      for (const sample of samples) if (sample !== undefined) totals.judge(judge?.learned(sample) ?? NONE)
      return given
    }
    const count = given.frames.flows
    const segments = [{ rate: learningRate(count), frames: count }]
    const { outcome: opening } = await run(given, segments, { keeps: true })
    const answers = opening.kept === undefined ? undefined : answersTo(given, opening.kept)
    if (answers === undefined) throw new VigilError(4, 'no frame came out that could be answered')
    return bothWays(given, answers)
  }
  const bench: Bench = {
    rig,
    load,
    size,
    profile,
    tester,
    most,
    bound,
    loadOf: (flows, seed = prepared.seed) => loadFor({ ...prepared, direction: 'one', flows, seed }, neighbours, size),
    flood: () => new SynFlood(nf, prepared.topology, { ...neighbours, version: prepared.ip, seed: prepared.seed }),
    config: (name) => numberIn(nf, name),
    async restart(): Promise<boolean> {
      if (!rig.canRestart) return false
      await rig.restart()
      judge?.restart()
      rig.tester.neighbours.answering = neighbours.answering
      rig.tester.beat(load.heartbeats)
      return true
    },
    async trial(sheet: Sheet, segments: readonly Segment[], trial: BenchTrialOptions = {}): Promise<TrialOutcome> {
      const rate = segments[0]?.rate ?? 0
      onTrial(sheet.name, rate)
      const sent = trial.learns === false ? (trial.load ?? load) : await learned(trial.load ?? load)
      const { outcome, judged } = await run(sent, segments, trial)
      sheet.trial(outcome, rate, judged)
      return outcome
    },
    throughput(sheet: Sheet): Promise<number | undefined> {
      const known = done().find(({ name, isComplete }) => name === 'throughput' && isComplete)
      const values = known?.figures[0]?.values ?? []
      searched ??= values.length > 0 ? Promise.resolve(Math.min(...values)) : searchFirst(sheet)
      return searched.then((rate) => {
        if (rate === undefined || rate === 0) sheet.cause = 'there is no throughput to start from'
        return rate === 0 ? undefined : rate
      })
    },
  }
  return bench
}
