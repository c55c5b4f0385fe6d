import { bufferTime, findBackToBack } from '../back-to-back.js'
import type { Procedure } from './bench.js'

/** Bursts are told apart to this share of the longest. */
const RESOLUTION = 0.02

export const backToBack: Procedure = {
  name: 'back-to-back',
  title: 'longest burst without loss',
  clause: 'RFC 9004',
  isBySize: true,
  needsThroughput: true,
  cost: ({ burstSearches, burstSeconds }) => {
    const trials = burstSearches * 8
    return { trials, seconds: trials * burstSeconds }
  },
  async run(bench, sheet) {
    const { burstSearches, burstSeconds } = bench.profile
    const rate = await bench.throughput(sheet)
    const most = Math.max(1, Math.round(bench.most * burstSeconds))
    const perSecond = bench.bound === 'tester' ? Number.POSITIVE_INFINITY : bench.most
    const step = Math.max(1, Math.floor(most * RESOLUTION))
    // What RFC 9004 sections 6.1 to 6.3 want said.
    sheet.note(
      `${burstSearches} searches by halving with loss verification (ETSI GS NFV-TST 009 clause 12.3), bursts up to ${most} frames, told apart to ${step}`,
    )
    if ((rate ?? 0) >= bench.most) sheet.note('the throughput is the highest rate there is: no burst fills a buffer')
    let isTesterLimited = false
    // One search for each repetition, so that those of an interrupted test are kept.
    for (let i = 0; i < burstSearches; i++) {
      const { lengths, isUnbounded } = await findBackToBack(
        async (frames) => {
          const outcome = await bench.trial(sheet, [{ rate: perSecond, frames }])
          isTesterLimited ||= outcome.testerLost > 0
          return outcome
        },
        { most, repeats: 1, resolution: step },
      )
      const [length = 0] = lengths
      sheet.value('burst', { unit: 'frames', better: 'higher' }, length)
      if (isUnbounded) {
        isTesterLimited = true
        sheet.note(`the longest burst that is tried, ${most} frames, passed: the device may take longer ones`)
        continue
      }
      const { implied, corrected } = bufferTime(length, bench.most, rate ?? 0)
      sheet.value('buffer time, implied', { unit: 's', better: 'higher' }, implied)
      sheet.value('buffer time, corrected', { unit: 's', better: 'higher' }, corrected)
    }
    sheet.limit = isTesterLimited ? 'tester' : 'device'
  },
}
