/** Policers: what passes at once from a full bucket, and what passes for ever after, against what is configured. */
import type { Procedure } from './bench.js'

/** What is sent, as a share of what may pass. */
const OVERLOAD = 1.5
/** Ethernet's addresses and type, and the check sequence: the rest of a frame is what a policer of IP counts. */
const AROUND_PACKET = 18
/** How fast a full bucket is emptied, as a multiple of what it holds or gets in a second. */
const BURST_SPEED = 3

export const policing: Procedure = {
  name: 'policing',
  title: 'burst and rate that pass',
  clause: 'RFC 2697 section 3',
  isBySize: true,
  needsThroughput: false,
  cost: ({ repeat, trialSeconds }) => ({ trials: repeat, seconds: repeat * (trialSeconds + 1) }),
  async run(bench, sheet) {
    const [rate, burst] = [bench.config('rate') ?? 0, bench.config('burst') ?? 0]
    const bytes = bench.load.frames.length + 4 - AROUND_PACKET
    const [perSecond, atOnce] = [rate / bytes, burst / bytes]
    sheet.note(`configured: ${rate} bytes a second, ${burst} at once; a frame counts ${bytes}`)
    const fast = Math.min(bench.most / 2, BURST_SPEED * Math.max(perSecond, atOnce))
    if (fast < OVERLOAD * perSecond) {
      sheet.cause = `an overload is ${Math.round(OVERLOAD * perSecond)} frames a second, more than can be sent`
      return
    }
    // The bucket is empty once so many were sent, those included that it lets pass meanwhile.
    const emptying = (atOnce * fast) / (fast - perSecond)
    for (let i = 0; i < bench.profile.repeat; i++) {
      // A destination that has no bucket yet.
      const load = bench.loadOf(1, 2_000_003 + bench.size * 1009 + i)
      const segments = [
        { rate: fast, frames: Math.ceil(OVERLOAD * emptying) },
        { rate: OVERLOAD * perSecond, seconds: bench.profile.trialSeconds },
      ]
      const outcome = await bench.trial(sheet, segments, { load, learns: false })
      const [first, second] = outcome.segments
      if (first === undefined || second === undefined || second.sent < 2) continue
      const lasting = second.received / ((second.lastAt - first.lastAt) / 1e9)
      sheet.value('burst', { unit: 'bytes', better: 'higher' }, bytes * (first.received - lasting * seconds(first)))
      sheet.value('rate', { unit: 'bytes/s', better: 'higher' }, bytes * lasting)
    }
    sheet.limit = 'device'
  },
}

function seconds({ firstAt, lastAt }: { readonly firstAt: number; readonly lastAt: number }): number {
  return (lastAt - firstAt) / 1e9
}
