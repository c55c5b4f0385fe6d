import { kinds } from './kinds.js'
import { PLANT_EVERY } from './planting.js'
import { BareRig, JudgedRig, type Rig } from './rigs.js'
import { load } from './subject.js'
import { CHUNK, type Traffic } from './traffic.js'

export const ROUNDS = 5

/** Packets per second. */
export interface Rate {
  readonly wall: number
  /** By the time that the process had on a processor, all its threads added up. */
  readonly cpu: number
}

/** Over the rounds. */
export interface Rates {
  readonly median: Rate
  /** By CPU time. */
  readonly best: number
}

export interface Figures {
  readonly nf: string
  readonly packets: number
  readonly judged: Rates
  readonly bare: Rates
  /** Share of the table in use at the end of each round, lowest and highest; undefined without a table. */
  readonly occupancy: readonly [number, number] | undefined
  readonly expired: number
  readonly planted: number
  readonly found: number
  /** Violations where nothing was planted. */
  readonly wronglyFound: number
  readonly undecided: number
  /** Share of the packets that left the device. */
  readonly passed: number
  /** Resident megabytes at their highest. */
  readonly peakMemory: number
}

/**
 * Measures one network function; `packets` in each of the rounds, rounded up to whole chunks. Judged and bare rounds take
 * turns, so that what neighbours do to the machine they do to both.
 */
export async function measure(name: string, packets: number): Promise<Figures> {
  const kind = kinds.find(({ nf }) => nf === name)
  if (kind === undefined) throw new Error(`no network function ${name} to measure`)
  const subject = await load(kind)
  const traffic = subject.traffic()
  const rig = new JudgedRig(subject, traffic)
  warmUp(rig, traffic)
  let base = 0
  const { tally } = rig.oracle
  const openedBefore = traffic.opened * kind.entries
  const sizeBefore = occupied(rig)
  const leftBefore = tally.dropped
  const fullness: number[] = []
  const chunks = Math.ceil(packets / CHUNK)
  const bareTraffic = subject.traffic()
  const bare = new BareRig(subject, bareTraffic)
  warmUp(bare, bareTraffic)
  const rates: Rate[] = []
  const bareRates: Rate[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rates.push(timed(rig, traffic, chunks, base))
    bareRates.push(timed(bare, bareTraffic, chunks, round))
    base += chunks * CHUNK
    fullness.push(occupied(rig) / subject.capacity)
  }
  const found = rig.node.violations.map((violation) => violation.packet ?? -1)
  const planted = new Set(rig.device.planted)
  return {
    nf: name,
    packets: base,
    judged: over(rates),
    bare: over(bareRates),
    occupancy: kind.entries === 0 ? undefined : [Math.min(...fullness), Math.max(...fullness)],
    expired: sizeBefore + traffic.opened * kind.entries - openedBefore - occupied(rig),
    planted: planted.size,
    found: new Set(found.filter((packet) => planted.has(packet))).size,
    wronglyFound: rig.node.violationCount - found.filter((packet) => planted.has(packet)).length,
    undecided: tally.undecided,
    passed: 1 - (tally.dropped - leftBefore) / base,
    peakMemory: process.resourceUsage().maxRSS / 1024,
  }
}

/** What must hold of a run besides its speed; empty where all does. */
export function faults(figures: Figures): string[] {
  const { nf, packets, planted, found, wronglyFound, undecided, occupancy, expired, passed } = figures
  const wanted = Math.floor(packets / PLANT_EVERY)
  const faults: string[] = []
  if (planted < wanted) faults.push(`${planted} wrong bytes were planted, not ${wanted}`)
  if (found !== planted) faults.push(`${found} of ${planted} wrong bytes were found`)
  if (wronglyFound > 0) faults.push(`${wronglyFound} violations where nothing was planted`)
  if (undecided > 0) faults.push(`${undecided} packets undecided`)
  if (passed < 0.95) faults.push(`only ${(passed * 100).toFixed(1)} % of the packets left the device`)
  if (occupancy !== undefined && (occupancy[0] < 0.88 || occupancy[1] > 0.92)) faults.push('the table is not 90 % full')
  if (occupancy !== undefined && expired === 0) faults.push('nothing expired')
  return faults.map((fault) => `${nf}: ${fault}`)
}

/** Numbers below 0: nothing is planted yet. */
function warmUp(rig: Rig, traffic: Traffic): void {
  const count = Math.ceil(traffic.warmUp / CHUNK)
  for (let i = 0; i < count; i++) rig.run(traffic.next(), (i - count) * CHUNK)
}

function timed(rig: Rig, traffic: Traffic, chunks: number, base: number): Rate {
  let wall = 0
  let cpu = 0
  for (let i = 0; i < chunks; i++) {
    const chunk = traffic.next()
    const before = process.cpuUsage()
    const start = performance.now()
    rig.run(chunk, base + i * CHUNK)
    wall += performance.now() - start
    const { user, system } = process.cpuUsage(before)
    cpu += user + system
  }
  const packets = chunks * CHUNK
  return { wall: (packets * 1e3) / wall, cpu: (packets * 1e6) / cpu }
}

function occupied(rig: JudgedRig): number {
  return rig.oracle.reading.sizes().find(({ name }) => tables.has(name))?.size ?? 0
}

/** The specifications' names for the table that is filled. */
const tables: ReadonlySet<string> = new Set(['flows', 'stations', 'buckets'])

function over(rates: readonly Rate[]): Rates {
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  const cpu = rates.map((rate) => rate.cpu)
  return { median: { wall: middle(rates.map(({ wall }) => wall)), cpu: middle(cpu) }, best: Math.max(...cpu) }
}
