/** Devices whose tables are nearly full, where the way of a packet is longest. */
import type { Bench, Procedure } from './bench.js'
import type { Sheet } from './sheet.js'
import { search, searchCost } from './throughput.js'

/** Share of the table in use, and of frames that may be lost: Zaostrovnykh et al., "Vigor", SOSP 2019. */
const FULL = 0.9
const LOSS = 0.001
/** New flows a second, and in all of the room that is left. */
const PROBES = { rate: 1000, share: 0.5 }
const KIND = { unit: 'ns', better: 'lower' } as const

export const longestPath: Procedure = {
  name: 'longest-path',
  title: 'tables that are 90 % full',
  clause: 'the method of Vigor',
  isBySize: true,
  needsThroughput: false,
  cost: (profile) => {
    const { trials, seconds } = searchCost(profile)
    const { repeat, latencySeconds } = profile
    return { trials: repeat * (trials + 1), seconds: repeat * (seconds + latencySeconds + 10) }
  },
  async run(bench, sheet) {
    const room = bench.config('maxFlows') ?? bench.config('capacity') ?? 0
    const known = Math.max(1, Math.floor(room * FULL))
    sheet.note(
      `${known} of ${room} flows are known, and frames are of each of them in turn; ${LOSS * 100} % may be lost`,
    )
    const load = bench.loadOf(known)
    const full: Bench = {
      ...bench,
      profile: { ...bench.profile, loss: LOSS },
      trial: (onto, segments, options) => bench.trial(onto, segments, { ...options, load, learns: false }),
    }
    for (let i = 0; i < bench.profile.repeat; i++) {
      await bench.restart()
      await bench.rig.tester.learn(load)
      const { rate = 0 } = await search(full, sheet)
      sheet.value('throughput', { unit: 'frames/s', better: 'higher' }, rate)
      await probe(bench, sheet, room - known, i)
    }
  },
}

/** The latency of frames that each begin a flow: not found, room made, entered. */
async function probe(bench: Bench, sheet: Sheet, room: number, index: number): Promise<void> {
  const { latencySeconds, repeat } = bench.profile
  const most = bench.rig.canRestart ? room * PROBES.share : (room * PROBES.share) / repeat
  const flows = Math.floor(Math.min(most, PROBES.rate * latencySeconds))
  if (flows < 1) return
  const load = bench.loadOf(flows, 1_000_003 + index)
  const outcome = await bench.trial(sheet, [{ rate: PROBES.rate, frames: flows }], { load, learns: false })
  const { latencies } = outcome
  if (latencies.count === 0) return
  sheet.addLatencies(outcome)
  sheet.value('new flow, median', KIND, latencies.percentile(50) ?? 0)
  sheet.value('new flow, 99th percentile', KIND, latencies.percentile(99) ?? 0)
}
