/** Load tests by name: those of every network function, and those that one kind alone has. */
import { InputError } from '../../errors.js'
import { addressCapacity, addressRate, broadcast } from './addresses.js'
import { backToBack } from './back-to-back.js'
import { balancing } from './balancing.js'
import type { Procedure } from './bench.js'
import { capacity, connectionRate } from './connections.js'
import { frameLoss } from './frame-loss.js'
import { longestPath } from './full-table.js'
import { latency } from './latency.js'
import { policing } from './policing.js'
import { recovery } from './recovery.js'
import { synFlood } from './syn-flood.js'
import { tearDown } from './tear-down.js'
import { throughput } from './throughput.js'

export type { Bench, BenchTrialOptions, Procedure } from './bench.js'
export { latencyOf, Sheet } from './sheet.js'
export { search, searchCost } from './throughput.js'

const COMMON: readonly Procedure[] = [throughput, latency, frameLoss, backToBack, recovery]

const OWN: Readonly<Record<string, readonly Procedure[]>> = {
  nat: [longestPath, capacity, connectionRate, tearDown, synFlood],
  firewall: [longestPath, capacity, connectionRate, tearDown, synFlood],
  balancer: [longestPath, balancing],
  bridge: [broadcast, addressCapacity, addressRate],
  policer: [policing],
}

/** Of the tests of every network function. */
export function commonNames(): readonly string[] {
  return COMMON.map(({ name }) => name)
}

/** In the order in which they are made, each once. @throws InputError for a name that there is not. */
export function proceduresOf(nf: string, names: readonly string[]): readonly Procedure[] {
  const known = [...COMMON, ...(OWN[nf] ?? [])]
  const unknown = names.find((name) => !known.some((each) => each.name === name))
  if (unknown !== undefined || names.length === 0) {
    throw new InputError(unknown === undefined ? 'no test is named' : `there is no load test ${unknown} of ${nf}`, {
      hint: `there are ${known.map(({ name }) => name).join(', ')}`,
    })
  }
  return known.filter(({ name }) => names.includes(name))
}
