/** What the tester does alone, over a wire without a device: no result can be better than that. */
import type { StressProfile, StressTester } from '../../result/index.js'
import type { Topology } from '../../testbed/index.js'
import { bothWays } from '../rig/answers.js'
import { straightLoad } from '../rig/load.js'
import { openAlone } from '../rig/rig.js'
import type { TrialOutcome } from '../rig/tester.js'
import { findThroughput } from '../search.js'
import { steady } from '../tests/bench.js'
import { latencyOf } from '../tests/index.js'

export interface SelfTestOptions {
  readonly topology: Topology
  readonly version: 4 | 6
  readonly isBothWays: boolean
  readonly size: number
  readonly flows: number
  readonly seed: number
  readonly profile: StressProfile
  readonly rateCap: number
  readonly quiet: number
  readonly signal?: AbortSignal | undefined
}

/** Of the highest rate: how exactly the ceiling is found. */
const RESOLUTION = 0.1
/** Seconds of a trial at most: it is about the tester and not about a buffer somewhere. */
const LONGEST = 1
export const SELF_TEST_TRIALS = 7

/** @throws Interrupted; MachineError where this machine has no network namespaces. */
export async function testTester(options: SelfTestOptions): Promise<StressTester> {
  const { topology, size, profile, rateCap, quiet, signal } = options
  const seconds = Math.min(profile.probeSeconds, LONGEST)
  const load = options.isBothWays ? bothWays(straightLoad(options), straightLoad(options, true)) : straightLoad(options)
  const rig = await openAlone({ topology, size, quiet, rateCap, signal })
  try {
    const run = (rate: number): Promise<TrialOutcome> => rig.tester.run(load, steady(rate, seconds))
    const fastest = Math.min(rateCap, (await run(rateCap)).offered)
    let best: TrialOutcome | undefined
    const found = await findThroughput(
      async (rate) => {
        const outcome = await run(rate)
        if (outcome.sent === outcome.received) best = outcome
        return outcome
      },
      { most: fastest, resolution: RESOLUTION, confirmations: 0, shortfall: 0.05 },
    )
    const ceiling = found.rate ?? fastest * RESOLUTION
    const { latencies } = await run(ceiling / 10)
    const latency = latencyOf(latencies)
    return {
      size,
      fastest,
      ceiling,
      ...(latency === undefined ? {} : { latency }),
      processorsBusy: best?.processors.busy ?? 0,
      processorsOthers: best?.processors.others ?? 0,
      processorsIdle: best?.processors.idle ?? 0,
    }
  } finally {
    await rig.close()
  }
}
