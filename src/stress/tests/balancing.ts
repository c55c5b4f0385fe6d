/** Load balancers: how evenly flows are spread over backends, and which flows move when one of these dies. */
import { InputError } from '../../errors.js'
import type { Bench, Procedure } from './bench.js'
import type { Sheet } from './sheet.js'

/** Seconds that are waited for beyond the time after which a silent backend is dead. */
const BEYOND = 0.5
const GENTLE = 10_000
const SHARE = { unit: 'share', better: 'lower' } as const

export const balancing: Procedure = {
  name: 'balancing',
  title: 'evenness, and disruption when a backend dies',
  clause: 'Eisenbud et al., "Maglev", NSDI 2016',
  isBySize: false,
  needsThroughput: false,
  cost: ({ repeat }) => ({ trials: 3 * repeat, seconds: 4 * repeat }),
  async run(bench, sheet) {
    for (let i = 0; i < bench.profile.repeat; i++) {
      await bench.restart()
      const before = await spread(bench, sheet)
      const counts = [...before].filter((port) => port >= 0)
      const ports = [...new Set(counts)]
      if (ports.length < 2) {
        sheet.cause = `flows came out at ${ports.length} backend ports`
        return
      }
      const fair = counts.length / ports.length
      const most = Math.max(...ports.map((port) => counts.filter((each) => each === port).length))
      sheet.value('busiest backend above the mean', SHARE, most / fair - 1)
      await kill(bench, ports[i % ports.length] ?? 0)
      const after = await spread(bench, sheet)
      tell(sheet, before, after, ports[i % ports.length] ?? 0)
      bench.rig.tester.beat(bench.load.heartbeats)
    }
    sheet.note(`${bench.load.frames.flows} flows`)
    sheet.limit = 'device'
  },
}

/** By which port each flow comes out; -1 where it does not. */
async function spread(bench: Bench, sheet: Sheet): Promise<Int8Array> {
  const { load, most } = bench
  const { flows } = load.frames
  const segments = [{ rate: Math.min(GENTLE, most / 4), frames: flows }]
  // Heartbeats go first.
  await bench.rig.tester.idle(50)
  const { kept } = await bench.trial(sheet, segments, { learns: false, keeps: true })
  return kept?.ports ?? new Int8Array(flows).fill(-1)
}

/** The heartbeats of the backends at a port end, and the device may notice. */
async function kill({ load, rig, config }: Bench, port: number): Promise<void> {
  const timeout = config('heartbeatTimeout')
  if (timeout === undefined) throw new InputError('balancing needs a configuration with a heartbeatTimeout')
  rig.tester.beat(load.heartbeats.filter((beat) => beat.port !== port))
  await rig.tester.idle(timeout / 1e6 + BEYOND * 1000)
}

function tell(sheet: Sheet, before: Int8Array, after: Int8Array, dead: number): void {
  let [moved, living, stranded, orphans] = [0, 0, 0, 0]
  for (const [flow, port] of before.entries()) {
    if (port < 0) continue
    const now = after[flow] ?? -1
    if (port === dead) {
      orphans += 1
      if (now < 0 || now === dead) stranded += 1
    } else {
      living += 1
      if (now !== port) moved += 1
    }
  }
  sheet.value('flows of living backends that moved or were lost', SHARE, living === 0 ? 0 : moved / living)
  sheet.value('flows of the dead backend that found no other', SHARE, orphans === 0 ? 0 : stranded / orphans)
}
