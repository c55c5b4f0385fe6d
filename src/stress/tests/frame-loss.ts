import { measureLoss } from '../procedures.js'
import { lossOf } from '../search.js'
import { type Procedure, steady } from './bench.js'

const KIND = { unit: 'share', better: 'lower' } as const

export const frameLoss: Procedure = {
  name: 'frame-loss',
  title: 'frame loss by rate',
  clause: 'RFC 2544 section 26.3',
  isBySize: true,
  needsThroughput: false,
  cost: ({ repeat, trialSeconds }) => ({ trials: 10 * repeat, seconds: 10 * repeat * trialSeconds }),
  async run(bench, sheet) {
    const { repeat, trialSeconds } = bench.profile
    for (let i = 0; i < repeat; i++) {
      const points = await measureLoss(
        async (rate) => {
          const outcome = await bench.trial(sheet, steady(rate, trialSeconds))
          sheet.point(rate, outcome)
          return outcome
        },
        { most: bench.most },
      )
      const [highest] = points
      if (highest === undefined) continue
      const { outcome } = highest
      sheet.value('loss at the highest rate', KIND, lossOf(outcome))
      if (outcome.directions.length > 1) {
        for (const direction of outcome.directions) sheet.value(`of it ${direction.name}`, KIND, lossOf(direction))
      }
      const isShort = outcome.testerLost > 0 || outcome.offered < 0.99 * highest.rate
      sheet.limit = isShort || sheet.limit === 'tester' ? 'tester' : 'device'
    }
  },
}
