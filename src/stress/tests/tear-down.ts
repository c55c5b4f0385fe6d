/**
 * Connections that all expire at once. A device that looks for them when a frame comes takes as long for that frame as all of
 * them take: the longest time that any frame can wait for its table. One that forgets them by the way has no figure here.
 */
import type { Histogram } from '../../histogram.js'
import type { Bench, Procedure } from './bench.js'
import { empty, entriesFor, gentleRate } from './emptied.js'
import type { Sheet } from './sheet.js'

/** Nanoseconds of expiration that are waited for at most, and beyond it. */
const LONGEST = 60e9
const MARGIN = 0.2e9
/** Of the expiration: in so much of it all connections are made, and none of them expires meanwhile. */
const SHARE = 0.5
/** Frames of new flows a second, and how many, that find nothing expired: each after a pause, as the first one is. */
const USUAL = { rate: 10, frames: 10 }
/** So many times the longest of those has to be exceeded before the difference is told to be of what expired. */
const STANDS_OUT = 2
const LATENCY = { unit: 'ns', better: 'lower' } as const

export const tearDown: Procedure = {
  name: 'tear-down',
  title: 'connections that expire at once',
  clause: 'RFC 9693, by expiry and not by a command',
  isBySize: false,
  needsThroughput: false,
  cost: ({ repeat }) => ({ trials: 3 * repeat, seconds: repeat * 12 }),
  refuses(config) {
    const expiration = config('expiration') ?? 0
    if (expiration <= LONGEST) return undefined
    const what = `connections expire after ${expiration / 1e9} s, which is not waited for`
    return { what, hint: `--config expiration=5s, or up to ${LONGEST / 1e9}s` }
  },
  async run(bench, sheet) {
    const expiration = bench.config('expiration') ?? 0
    const rate = gentleRate(bench)
    const inTime = Math.floor((rate * SHARE * expiration) / 1e9)
    const flows = Math.max(1, Math.min(inTime, entriesFor(bench, bench.config('maxFlows') ?? 0)))
    sheet.note(`${flows} connections expire at once, ${expiration / 1e9} s after they were made`)
    for (let i = 0; i < bench.profile.repeat; i++) {
      if (!(await empty(bench, sheet))) return
      await once(bench, sheet, { flows, rate, expiration, number: i })
    }
    sheet.limit = 'device'
  },
}

interface Round {
  readonly flows: number
  readonly rate: number
  readonly expiration: number
  readonly number: number
}

async function once(bench: Bench, sheet: Sheet, { flows, rate, expiration, number }: Round): Promise<void> {
  const made = await bench.trial(sheet, [{ rate, frames: flows }], { load: bench.loadOf(flows), learns: false })
  await bench.rig.tester.idle((expiration + MARGIN) / 1e6)
  const first = await newFlows(bench, sheet, 1, 2_000_003 + 2 * number)
  const usual = await newFlows(bench, sheet, USUAL.frames, 2_000_004 + 2 * number)
  if (first.max === undefined || usual.max === undefined) {
    sheet.note('frames of new flows were lost')
    return
  }
  sheet.value('first frame after', LATENCY, first.max)
  sheet.value('longest frame of a new flow otherwise', LATENCY, usual.max)
  const perSecond = tornDown(made.received, first.max, usual.max)
  if (perSecond === undefined)
    sheet.note('of some repetition there is no rate: the first frame took little longer than others')
  else sheet.value('connections torn down a second', { unit: 'flows/s', better: 'higher' }, perSecond)
}

/** Connections a second, from nanoseconds; undefined where the first frame does not stand out. */
export function tornDown(connections: number, first: number, usual: number): number | undefined {
  return first > STANDS_OUT * usual ? connections / ((first - usual) / 1e9) : undefined
}

/** Their latencies, in nanoseconds. */
async function newFlows(bench: Bench, sheet: Sheet, count: number, seed: number): Promise<Histogram> {
  const segments = [{ rate: USUAL.rate, frames: count }]
  return (await bench.trial(sheet, segments, { load: bench.loadOf(count, seed), learns: false })).latencies
}
