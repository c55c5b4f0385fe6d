/** How many SYN segments from outside a second a device drops while it loses nothing of what it has to forward. */
import type { TrialOutcome } from '../rig/tester.js'
import { lossOf } from '../search.js'
import { type Procedure, steady } from './bench.js'
import { searchRate } from './emptied.js'
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
    const { loss, probeSeconds, repeat, trialSeconds } = bench.profile
    const rate = SHARE * throughput
    const most = bench.most - rate
    const frames = bench.flood()
    sheet.note(`beside flows at ${SHARE * 100} % of the throughput; segments have ${frames.length + 4} bytes each`)
    const flooded = async (wanted: number, seconds: number) => {
      const outcome = await bench.trial(sheet, steady(rate, seconds), { beside: { frames, rate: wanted } })
      return { ...outcome, offered: floodOf(outcome, rate) }
    }
    const figure = { name: 'segments dropped without a loss', unit: 'frames/s' } as const
    const probe = (wanted: number, isResult: boolean) => flooded(wanted, isResult ? trialSeconds : probeSeconds)
    await searchRate({ ...bench, most }, sheet, figure, probe, loss)
    for (let i = 0; i < repeat; i++) {
      const worst = await flooded(most, probeSeconds)
      sheet.value('segments in an overload', { unit: 'frames/s', better: 'higher' }, worst.offered)
      sheet.value('flows lost in it', { unit: 'share', better: 'lower' }, lossOf(worst))
    }
  },
}

/** Segments a second that were sent, less where the flows beside them were late: that is the tester's doing too. */
export function floodOf({ offered, sentBeside, seconds }: Flooded, rate: number): number {
  return seconds > 0 ? Math.min(1, offered / rate) * (sentBeside / seconds) : 0
}

type Flooded = Pick<TrialOutcome, 'offered' | 'sentBeside' | 'seconds'>
