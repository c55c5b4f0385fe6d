import type { StressProfile } from '../../result/index.js'
import type { TrialOutcome } from '../rig/tester.js'
import { findThroughput, type Throughput } from '../search.js'
import { type Bench, type Procedure, steady } from './bench.js'
import type { Sheet } from './sheet.js'

const KIND = { unit: 'frames/s', better: 'higher' } as const
/** Above this share of what the tester does alone, it is not known whose limit it is. */
const NEAR = 0.9

export const throughput: Procedure = {
  name: 'throughput',
  title: 'throughput',
  clause: 'RFC 2544 section 26.1',
  isBySize: true,
  needsThroughput: false,
  cost: (profile) => {
    const one = searchCost(profile)
    return { trials: profile.repeat * one.trials, seconds: profile.repeat * one.seconds }
  },
  async run(bench, sheet) {
    for (let i = 0; i < bench.profile.repeat; i++) {
      const { rate = 0, trials } = await search(bench, sheet)
      sheet.value('throughput', KIND, rate)
      const last = trials.findLast((trial) => trial.rate === rate && trial.verdict === 'passed')
      if (last !== undefined && last.outcome.directions.length > 1) tellDirections(sheet, last.outcome)
    }
  },
}

function tellDirections(sheet: Sheet, { directions, seconds }: TrialOutcome): void {
  for (const { name, received } of directions) sheet.value(`came out, ${name}`, KIND, received / seconds)
}

export function searchCost({ resolution, probeSeconds, trialSeconds }: StressProfile) {
  const probes = Math.ceil(Math.log2(1 / resolution)) + 1
  return { trials: probes + 1, seconds: probes * probeSeconds + trialSeconds }
}

/** The highest rate without more loss than is allowed; says on the sheet whose limit it is. */
export async function search(bench: Bench, sheet: Sheet): Promise<Throughput<TrialOutcome>> {
  const { profile, most } = bench
  const found = await findThroughput(
    (rate, isResult) => bench.trial(sheet, steady(rate, isResult ? profile.trialSeconds : profile.probeSeconds)),
    { most, resolution: profile.resolution, loss: profile.loss },
  )
  const { rate, limit, isMonotone } = found
  if (rate === undefined) sheet.note('no rate passed: frames are lost at the lowest one that was tried, too')
  if (!isMonotone)
    sheet.note('frames were lost also at rates below one that passed: loss is not a matter of rate alone')
  const isNear = bench.bound === 'tester' && (rate ?? 0) > NEAR * bench.tester.ceiling
  const whose = limit === 'medium' ? bench.bound : isNear ? 'tester' : limit
  // What limited one repetition limited them all.
  if (sheet.limit === undefined || sheet.limit === 'device') sheet.limit = whose
  return found
}
