/** How many SYN segments from outside a second a device drops while it loses nothing of what it has to forward. */
import { findThroughput, lossOf } from '../search.js'
import { type Procedure, steady } from './bench.js'
import { searchCost } from './throughput.js'

/** Of the throughput: what has to be forwarded meanwhile. */
const SHARE = 0.5

export const synFlood: Procedure = {
  name: 'syn-flood',
  title: 'SYN flood from outside',
  clause: 'RFC 4987 section 2',
  isBySize: false,
  needsThroughput: true,
  cost: (profile) => {
    const { trials, seconds } = searchCost(profile)
    return { trials: profile.repeat * (trials + 1), seconds: profile.repeat * (seconds + profile.probeSeconds) }
  },
  async run(bench, sheet) {
    const throughput = await bench.throughput(sheet)
    if (throughput === undefined) return
    const { loss, probeSeconds, repeat, resolution, trialSeconds } = bench.profile
    const rate = SHARE * throughput
    const most = bench.most - rate
    const frames = bench.flood()
    sheet.note(`beside flows at ${SHARE * 100} % of the throughput; segments have ${frames.length + 4} bytes each`)
    const flooded = async (wanted: number, seconds: number) => {
      const outcome = await bench.trial(sheet, steady(rate, seconds), { beside: { frames, rate: wanted } })
      // What is searched for is the rate of the flood; where the flows themselves were late, that is the tester's doing too.
      const share = Math.min(1, outcome.offered / rate)
      return { ...outcome, offered: share * (outcome.sentBeside / outcome.seconds) }
    }
    for (let i = 0; i < repeat; i++) {
      const found = await findThroughput(
        (wanted, isResult) => flooded(wanted, isResult ? trialSeconds : probeSeconds),
        {
          most,
          resolution,
          loss,
        },
      )
      sheet.value('segments dropped without a loss', { unit: 'frames/s', better: 'higher' }, found.rate ?? 0)
      sheet.limit = found.limit === 'medium' ? bench.bound : found.limit
      const worst = await flooded(most, probeSeconds)
      sheet.value('flows lost at the highest rate', { unit: 'share', better: 'lower' }, lossOf(worst))
    }
  },
}
