import { measureRecovery } from '../procedures.js'
import type { Procedure } from './bench.js'

export const recovery: Procedure = {
  name: 'recovery',
  title: 'recovery after an overload',
  clause: 'RFC 2544 section 26.5',
  isBySize: true,
  needsThroughput: true,
  cost: ({ repeat, trialSeconds }) => ({ trials: repeat, seconds: 2 * repeat * trialSeconds }),
  async run(bench, sheet) {
    const throughput = await bench.throughput(sheet)
    if (throughput === undefined) return
    const { repeat, trialSeconds: seconds } = bench.profile
    for (let i = 0; i < repeat; i++) {
      const { mean } = await measureRecovery(
        async (overload, reduced) => {
          const segments = [
            { rate: overload, seconds },
            { rate: reduced, seconds },
          ]
          const outcome = await bench.trial(sheet, segments)
          const [first, second] = outcome.segments
          if (outcome.sent === outcome.received)
            sheet.note('an overload lost nothing: there was nothing to recover from')
          if ((first?.sent ?? 0) < 0.99 * overload * seconds) sheet.limit = 'tester'
          return { reducedAt: second?.firstAt ?? 0, lastLostAt: outcome.lastLostAt }
        },
        { throughput, most: bench.most },
      )
      sheet.value('recovery', { unit: 'ns', better: 'lower' }, mean)
    }
    sheet.limit ??= 'device'
  },
}
