/** Tables of connections: how many fit, and how fast they are made. Each connection counts once its answer came back. */

import { answersTo } from '../rig/answers.js'
import type { RateOutcome } from '../search.js'
import type { Bench, Procedure } from './bench.js'
import { empty, entriesFor, gentleRate, searchRate } from './emptied.js'
import type { Sheet } from './sheet.js'
import { searchCost } from './throughput.js'

/** More connections than fit, as a share of what fits. */
const BEYOND = 1.05

export const capacity: Procedure = {
  name: 'capacity',
  title: 'connections that fit',
  clause: 'RFC 9693',
  isBySize: false,
  needsThroughput: false,
  cost: ({ repeat }) => ({ trials: 2 * repeat, seconds: repeat * 12 }),
  async run(bench, sheet) {
    const bound = bench.config('maxFlows') ?? 0
    for (let i = 0; i < bench.profile.repeat; i++) {
      const found = await establish(bench, sheet, Math.ceil(bound * BEYOND), gentleRate(bench))
      if (found === undefined) return
      sheet.value('connections', { unit: 'flows', better: 'higher' }, found.received)
      if ((found.testerLost ?? 0) > 0) sheet.limit = 'tester'
    }
    sheet.note(`${Math.ceil(bound * BEYOND)} were opened, and the configuration has room for ${bound}`)
    sheet.limit ??= 'device'
  },
}

export const connectionRate: Procedure = {
  name: 'connection-rate',
  title: 'connections established a second',
  clause: 'RFC 9693',
  isBySize: false,
  needsThroughput: false,
  cost: (profile) => {
    const { trials, seconds } = searchCost(profile)
    return { trials: 4 * trials * profile.repeat, seconds: 4 * seconds * profile.repeat }
  },
  async run(bench, sheet) {
    const flows = entriesFor(bench, bench.config('maxFlows') ?? 0)
    sheet.note(`${flows} connections in each trial, from an empty table`)
    const figure = { name: 'connections a second', unit: 'flows/s' } as const
    await searchRate(bench, sheet, figure, (rate) => establish(bench, sheet, flows, rate))
  },
}

/** Opens so many from an empty table, and counts those whose answer comes back; undefined where no table can be emptied. */
async function establish(bench: Bench, sheet: Sheet, flows: number, rate: number): Promise<RateOutcome | undefined> {
  if (!(await empty(bench, sheet))) return undefined
  const load = bench.loadOf(flows)
  const opening = await bench.trial(sheet, [{ rate, frames: flows }], { load, learns: false, keeps: true })
  const answers = opening.kept === undefined ? undefined : answersTo(load, opening.kept)
  const { sent, offered, testerLost } = opening
  if (answers === undefined) return { sent, received: 0, offered, testerLost }
  const segments = [{ rate: Math.min(rate, gentleRate(bench)), frames: answers.frames.flows }]
  const answered = await bench.trial(sheet, segments, { load: answers, learns: false })
  return { sent, received: answered.received, offered, testerLost: testerLost + answered.testerLost }
}
