import { InputError } from '../../errors.js'
import { measureLatency } from '../procedures.js'
import { type Procedure, steady } from './bench.js'

/** Streams after which a frame that is always lost is given up. */
const TRIES = 3
const KIND = { unit: 'ns', better: 'lower' } as const

export const latency: Procedure = {
  name: 'latency',
  title: 'latency at the throughput',
  clause: 'RFC 2544 section 26.2',
  isBySize: true,
  needsThroughput: true,
  cost: ({ latencyRuns, latencySeconds }) => ({ trials: latencyRuns, seconds: latencyRuns * latencySeconds }),
  async run(bench, sheet) {
    const rate = await bench.throughput(sheet)
    if (rate === undefined) return
    const { latencySeconds, latencyRuns } = bench.profile
    sheet.note(`at ${Math.round(rate)} frames a second`)
    const run = async (): Promise<number | undefined> => {
      for (let tries = 0; tries < TRIES; tries++) {
        const segments = steady(rate, latencySeconds)
        const outcome = await bench.trial(sheet, segments, { expected: rate * latencySeconds })
        sheet.addLatencies(outcome)
        const { latencies, directions } = outcome
        if (outcome.sent > outcome.received) sheet.note('frames were lost at the throughput: it varies')
        const marked = directions.flatMap(({ markedLatency }) => markedLatency ?? [])
        if (marked.length < directions.length) continue
        const latency = marked.reduce((sum, each) => sum + each, 0) / marked.length
        sheet.value('latency', KIND, latency)
        sheet.value('median', KIND, latencies.percentile(50) ?? 0)
        sheet.value('99th percentile', KIND, latencies.percentile(99) ?? 0)
        if (directions.length > 1) {
          for (const direction of directions)
            sheet.value(`median, ${direction.name}`, KIND, direction.latencies.percentile(50) ?? 0)
        }
        return latency
      }
      return undefined
    }
    try {
      await measureLatency(run, latencyRuns)
    } catch (error) {
      // Its only refusal: the marked frame was lost each time.
      if (!(error instanceof InputError)) throw error
      sheet.cause = `${error.what}, ${TRIES} times`
    }
    const { negative } = sheet.latencies
    if (negative > 0)
      sheet.note(`${negative} frames came before they were sent, by clocks that disagree; they are left out`)
    const median = sheet.latencies.percentile(50) ?? 0
    const floor = bench.tester.latency?.percentiles.find(({ percent }) => percent === 50)?.value ?? 0
    sheet.limit = median < 2 * floor ? 'tester' : 'device'
  },
}
