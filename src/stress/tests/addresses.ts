/** Bridges: how many addresses are known at once, how fast they are learned, and how fast broadcasts come out everywhere. */
import { TestFrames } from '../frames.js'
import { directionName, type Load } from '../rig/load.js'
import { findThroughput, type RateOutcome } from '../search.js'
import { type Bench, type Procedure, steady } from './bench.js'
import { empty, entriesFor, gentleRate, searchRate } from './emptied.js'
import type { Sheet } from './sheet.js'
import { searchCost } from './throughput.js'

const BROADCAST = 0xffff_ffff_ffff
/** Locally administered: of the one station that asks for all others, and of these. */
const ASKING = 0x0218_0000_0000
const ASKED = 0x021a_0000_0000
const BEYOND = 1.05
const NOT_APART = { ends: 2, numbers: new Uint32Array(0), isAnswer: new Uint8Array(0) } as const
const TWO_PORTS = 'with two ports nobody sees whether a frame is flooded'

export const addressCapacity: Procedure = {
  name: 'address-capacity',
  title: 'addresses known at once',
  clause: 'RFC 2889 section 5.7',
  isBySize: false,
  needsThroughput: false,
  cost: ({ repeat }) => ({ trials: 2 * repeat, seconds: repeat * 12 }),
  async run(bench, sheet) {
    const room = bench.config('capacity') ?? 0
    const count = Math.ceil(room * BEYOND)
    sheet.note(`${count} stations sent, and the configuration has room for ${room}`)
    sheet.note('those that are known are counted, in place of a search for how many all are (RFC 2889 section 5.7.3)')
    for (let i = 0; i < bench.profile.repeat; i++) {
      const found = await learned(bench, sheet, count, gentleRate(bench))
      if (found === undefined) return
      sheet.value('addresses', { unit: 'addresses', better: 'higher' }, found.received)
    }
    sheet.limit = 'device'
  },
}

export const addressRate: Procedure = {
  name: 'address-rate',
  title: 'addresses learned a second',
  clause: 'RFC 2889 section 5.8',
  isBySize: false,
  needsThroughput: false,
  cost: (profile) => {
    const { trials, seconds } = searchCost(profile)
    return { trials: 4 * trials * profile.repeat, seconds: 4 * seconds * profile.repeat }
  },
  async run(bench, sheet) {
    const count = entriesFor(bench, bench.config('capacity') ?? 0)
    sheet.note(`${count} stations in each trial, none of them known before`)
    const figure = { name: 'addresses a second', unit: 'addresses/s' } as const
    await searchRate(bench, sheet, figure, (rate) => learned(bench, sheet, count, rate))
  },
}

export const broadcast: Procedure = {
  name: 'broadcast',
  title: 'broadcasts, out by every other port',
  clause: 'RFC 2889 section 5.10',
  isBySize: true,
  needsThroughput: false,
  cost: (profile) => {
    const { trials, seconds } = searchCost(profile)
    return { trials: profile.repeat * trials, seconds: profile.repeat * seconds }
  },
  async run(bench, sheet) {
    const { repeat, probeSeconds, trialSeconds, resolution, loss } = bench.profile
    const load = askingLoad(bench, bench.load.frames.flows, true)
    const copies = portsOf(bench).length - 1
    for (let i = 0; i < repeat; i++) {
      const { rate, limit } = await findThroughput(
        async (wanted, isResult) => {
          const segments = steady(wanted, isResult ? trialSeconds : probeSeconds)
          const { sent, received, flooded, offered, testerLost } = await bench.trial(sheet, segments, {
            load,
            learns: false,
          })
          return { sent: sent * copies, received: received + flooded, offered, testerLost }
        },
        { most: bench.most, resolution, loss },
      )
      sheet.value('broadcasts', { unit: 'frames/s', better: 'higher' }, rate ?? 0)
      sheet.limit = limit === 'medium' ? bench.bound : limit
    }
    sheet.note(
      `each of them has to come out by ${copies} ports; their latency is not measured (RFC 2889 section 5.10.3)`,
    )
  },
}

/** Lets so many stations send at a rate, and asks for each of them: what is not flooded is known. */
async function learned(bench: Bench, sheet: Sheet, count: number, rate: number): Promise<RateOutcome | undefined> {
  const others = portsOf(bench).length - 2
  if (others < 1) sheet.cause = TWO_PORTS
  if (others < 1 || !(await empty(bench, sheet))) return undefined
  const load = askingLoad(bench, count, false)
  const { offered, testerLost } = await bench.trial(sheet, [{ rate, frames: count }], {
    load: answering(load),
    learns: false,
  })
  const asked = await bench.trial(sheet, [{ rate: gentleRate(bench), frames: count }], { load, learns: false })
  const known = Math.max(0, asked.received - Math.ceil(asked.flooded / others))
  return { sent: count, received: known, offered, testerLost: testerLost + asked.testerLost }
}

function portsOf({ load }: Bench): readonly number[] {
  return [...new Set(load.ports)].sort((a, b) => a - b)
}

/** From one station at the first port to as many others at the second, or to all. */
function askingLoad(bench: Bench, flows: number, isBroadcast: boolean): Load {
  const [here = 0, there = 0, ...others] = portsOf(bench)
  const all = [there, ...others].reduce((sum, port) => sum | (1 << port), 0)
  const macsOf = (flow: number) => [ASKING, isBroadcast ? BROADCAST : ASKED + flow] as const
  const shape = { version: bench.load.frames.version, size: bench.size, flows, seed: 0, macsOf } as const
  const frames = new TestFrames(shape)
  const ports = new Uint8Array(flows).fill(here)
  // One station talks to all, who are more than the table may have room for.
  const conversations = { of: isBroadcast ? 'to all' : 'asked', count: flows, ...NOT_APART }
  return {
    frames,
    ports,
    conversations,
    right: new Uint32Array(flows).fill(1 << there),
    tolerated: new Uint32Array(flows).fill(all & ~(1 << there)),
    directions: [{ name: directionName([here], isBroadcast ? [there, ...others] : [there]), ports: [here] }],
    ways: 1,
    learning: [
      { frames: new TestFrames({ ...shape, reverse: true }), ports: new Uint8Array(flows).fill(there), conversations },
    ],
    heartbeats: [],
    plan: [],
  }
}

/** The frames by which the stations of a load are learned; who is asked for is not known yet, so that they are flooded. */
function answering(load: Load): Load {
  const [flows] = load.learning
  if (flows === undefined) throw new Error('a load without learning frames')
  const { ports } = load
  const right = Uint32Array.from(ports, (port) => 1 << port)
  const tolerated = Uint32Array.from(load.right, (bits, flow) => (load.tolerated[flow] ?? 0) & ~bits)
  const [here] = load.directions
  const [port = 0] = flows.ports
  const directions = [{ name: directionName([port], here?.ports ?? []), ports: [port] }]
  return { ...load, ...flows, directions, right, tolerated, learning: [] }
}
