/** libVigs with one thing wrong: what the driver has to report. */
import type { Device } from './device.js'
import type { Driver } from './driver.js'
import type { Random } from './random.js'
import {
  expiringMapScenario,
  indexAllocatorScenario,
  lpmScenario,
  maglevScenario,
  mapScenario,
  type Scenario,
  type Shape,
  tripleScenario,
  vectorScenario,
} from './scenarios.js'

type Passed = readonly (number | bigint)[]
type Answer = ReturnType<Device['call']>

/** Does a call in a wrong way; `whole` is the right libVig. */
type Wrong = (whole: Device, passed: Passed) => Answer

export interface Fault {
  readonly what: string
  readonly operation: string
  readonly wrong: Wrong
  readonly scenario: (driver: Driver) => Scenario
}

const SHAPE: Shape = { capacity: 3, keySize: 5, valueSize: 8 }
const on =
  (scenario: (driver: Driver, shape: Shape) => Scenario) =>
  (driver: Driver): Scenario =>
    scenario(driver, SHAPE)
const onMaglev = (driver: Driver): Scenario => maglevScenario(driver, 5, 13)
const onLpm = (driver: Driver): Scenario => lpmScenario(driver, 40)

/** Does the right call with argument `at` changed. */
const changing =
  (name: string, at: number, change: (value: number | bigint) => number | bigint): Wrong =>
  (whole, passed) =>
    whole.call(
      name,
      passed.map((value, i) => (i === at ? change(value) : value)),
    )

/** Writes a number to the address in argument `at`, after the right call. */
const writing =
  (name: string, at: number, value: (written: number) => number): Wrong =>
  (whole, passed) => {
    const result = whole.call(name, passed)
    const view = new DataView(whole.memory.buffer, Number(passed[at]), 4)
    view.setUint32(0, value(view.getUint32(0, true)), true)
    return result
  }

const later = (by: bigint) => (time: number | bigint) => BigInt(time) + by

/** Calls of the functions that keep no state. */
function onFunctions(driver: Driver): Scenario {
  const word = (random: Random): number => random.pick([0, 1, 0xffff, 0xfffe, random.below(0x10000)])
  return {
    step(random) {
      const [checksum, old, fresh] = [word(random), word(random), word(random)]
      driver.call('checksum_update_u16', { checksum, old, fresh })
      driver.call('udp_checksum_finish', { original: old, updated: fresh })
      const bytes = random.bytes(1 + random.below(9))
      driver.call('checksum_ones_complement', { bytes, length: bytes.length, initial: 0 })
      driver.call('hash', { bytes: Uint8Array.of(random.below(9)), length: 1 })
      driver.ambients.setTime(BigInt(random.next()))
      driver.call('time', {})
    },
    sweep() {},
  }
}

let calls = 0

export const faults: readonly Fault[] = [
  {
    what: 'expires one nanosecond early',
    operation: 'expiring_map_expire',
    wrong: changing('expiring_map_expire', 1, later(1n)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'expires one nanosecond late',
    operation: 'expiring_map_expire',
    wrong: changing('expiring_map_expire', 1, later(-1n)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'compares thresholds unsigned',
    operation: 'expiring_map_expire',
    wrong: changing('expiring_map_expire', 1, (time) => (BigInt(time) < 0n ? 1n << 62n : time)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'touches without refreshing',
    operation: 'expiring_map_touch',
    wrong: (whole, [map = 0, key = 0, , out = 0]) => whole.call('expiring_map_get', [map, key, out]),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'refreshes on a mere get',
    operation: 'expiring_map_get',
    wrong: (whole, [map = 0, key = 0, out = 0]) => whole.call('expiring_map_touch', [map, key, 1n << 61n, out]),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'does not refresh',
    operation: 'expiring_map_refresh',
    wrong: () => undefined,
    scenario: on(expiringMapScenario),
  },
  {
    what: 'writes its out when full',
    operation: 'expiring_map_insert',
    wrong: writing('expiring_map_insert', 3, (slot) => (slot > 3 ? 0 : slot)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'says another slot than it took',
    operation: 'expiring_map_insert',
    wrong: writing('expiring_map_insert', 3, (slot) => (slot + 1) % 3),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'leaves the value of the last entry',
    operation: 'expiring_map_insert',
    wrong: leavingValue,
    scenario: on(expiringMapScenario),
  },
  {
    what: 'is full one entry early',
    operation: 'expiring_map_insert',
    wrong: (whole, passed) =>
      whole.call('expiring_map_size', passed.slice(0, 1)) === 2 ? 0 : whole.call('expiring_map_insert', passed),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'takes slot = capacity for used',
    operation: 'expiring_map_used',
    wrong: (whole, passed) => (passed[1] === 3 ? 1 : whole.call('expiring_map_used', passed)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'answers yes with 2',
    operation: 'expiring_map_used',
    wrong: (whole, passed) => 2 * Number(whole.call('expiring_map_used', passed)),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'erases nothing',
    operation: 'expiring_map_erase',
    wrong: () => undefined,
    scenario: on(expiringMapScenario),
  },
  {
    what: 'counts one too many',
    operation: 'expiring_map_size',
    wrong: (whole, passed) => Number(whole.call('expiring_map_size', passed)) + 1,
    scenario: on(expiringMapScenario),
  },
  {
    what: 'lends the value one byte off',
    operation: 'expiring_map_value',
    wrong: (whole, passed) => Number(whole.call('expiring_map_value', passed)) + 1,
    scenario: on(expiringMapScenario),
  },
  {
    what: 'lends the key of another slot',
    operation: 'expiring_map_key',
    wrong: (whole, [map = 0]) => whole.call('expiring_map_key', [map, firstUsed(whole, map)]),
    scenario: on(expiringMapScenario),
  },
  {
    what: 'writes its out when absent',
    operation: 'map_get',
    wrong: (whole, passed) => {
      const found = whole.call('map_get', passed)
      if (found === 0) whole.memory[Number(passed[2])] = 0
      return found
    },
    scenario: on(mapScenario),
  },
  {
    what: 'writes beyond its out',
    operation: 'map_get',
    wrong: (whole, passed) => {
      whole.memory[Number(passed[2]) + 4] = 0
      return whole.call('map_get', passed)
    },
    scenario: on(mapScenario),
  },
  {
    what: 'changes the key that it is given',
    operation: 'map_put',
    wrong: (whole, passed) => {
      whole.call('map_put', passed)
      whole.memory[Number(passed[1])] = 0
      return undefined
    },
    scenario: on(mapScenario),
  },
  {
    what: 'cuts values to 31 bits',
    operation: 'map_put',
    wrong: changing('map_put', 2, (value) => Number(value) & 0x7fffffff),
    scenario: on(mapScenario),
  },
  {
    what: 'compares only the first bytes of keys',
    operation: 'map_get',
    wrong: (whole, passed) => {
      whole.memory[Number(passed[1]) + 4] = 0
      return whole.call('map_get', passed)
    },
    scenario: on(mapScenario),
  },
  { what: 'erases nothing', operation: 'map_erase', wrong: () => undefined, scenario: on(mapScenario) },
  {
    what: 'lends the same cell for two indices',
    operation: 'vector_borrow',
    wrong: changing('vector_borrow', 1, (index) => Math.min(1, Number(index))),
    scenario: on(vectorScenario),
  },
  {
    what: 'lends cells that overlap',
    operation: 'vector_borrow',
    wrong: writing('vector_borrow', 2, (address) => address - 4 * (address % 16 === 0 ? 0 : 1)),
    scenario: on(vectorScenario),
  },
  {
    what: 'traps',
    operation: 'vector_return',
    wrong: () => {
      throw new Error('unreachable')
    },
    scenario: on(vectorScenario),
  },
  {
    what: 'gives out an index in use',
    operation: 'dchain_allocate_new_index',
    wrong: writing('dchain_allocate_new_index', 1, () => 0),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'gives out index = capacity',
    operation: 'dchain_allocate_new_index',
    wrong: writing('dchain_allocate_new_index', 1, (index) => index + 1),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'claims what is in use',
    operation: 'dchain_claim_index',
    wrong: (whole, passed) => {
      whole.call('dchain_claim_index', passed)
      return 1
    },
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'does not refresh',
    operation: 'dchain_rejuvenate_index',
    wrong: (whole, passed) => whole.call('dchain_is_index_allocated', passed.slice(0, 2)),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'keeps the older of two times',
    operation: 'dchain_rejuvenate_index',
    wrong: changing('dchain_rejuvenate_index', 2, (time) => BigInt(time) / 2n),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'says another index than it expired',
    operation: 'dchain_expire_one_index',
    wrong: writing('dchain_expire_one_index', 1, (index) => (index + 1) % 3),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'expires at the threshold itself',
    operation: 'dchain_expire',
    wrong: changing('dchain_expire', 1, later(1n)),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'frees nothing',
    operation: 'dchain_free_index',
    wrong: (whole, passed) => whole.call('dchain_is_index_allocated', passed),
    scenario: on(indexAllocatorScenario),
  },
  {
    what: 'expires the chain and not the map',
    operation: 'expire_items_single_map',
    wrong: (whole, [chain = 0, , , threshold = 0n]) => whole.call('dchain_expire', [chain, threshold]),
    scenario: on(tripleScenario),
  },
  {
    what: 'takes the row of another hash',
    operation: 'cht_find_preferred_available_backend',
    wrong: changing('cht_find_preferred_available_backend', 0, (hash) => Number(hash) + 1),
    scenario: onMaglev,
  },
  {
    what: 'takes hashes with a sign',
    operation: 'cht_find_preferred_available_backend',
    wrong: changing('cht_find_preferred_available_backend', 0, (hash) => Math.abs(Number(hash) | 0)),
    scenario: onMaglev,
  },
  {
    what: 'gives the last backend where none is live',
    operation: 'cht_find_preferred_available_backend',
    wrong: (whole, passed) => {
      whole.call('cht_find_preferred_available_backend', passed)
      return 1
    },
    scenario: onMaglev,
  },
  {
    what: 'matches the first 24 bits only',
    operation: 'lpm_lookup_elem',
    wrong: changing('lpm_lookup_elem', 1, (address) => Number(address) & 0xffffff00),
    scenario: onLpm,
  },
  {
    what: 'lets a shorter prefix win',
    operation: 'lpm_update_elem',
    wrong: changing('lpm_update_elem', 2, (length) => Math.max(0, Number(length) - 1)),
    scenario: onLpm,
  },
  {
    what: 'takes prefix length 33',
    operation: 'lpm_update_elem',
    wrong: changing('lpm_update_elem', 2, (length) => Math.min(32, Number(length) >>> 0)),
    scenario: onLpm,
  },
  {
    what: 'forgets the complement of the old field',
    operation: 'checksum_update_u16',
    wrong: changing('checksum_update_u16', 1, (old) => Number(old) ^ 0xffff),
    scenario: onFunctions,
  },
  {
    what: 'gives minus zero for zero',
    operation: 'checksum_update_u16',
    wrong: (whole, passed) => Number(whole.call('checksum_update_u16', passed)) || 0xffff,
    scenario: onFunctions,
  },
  {
    what: 'sends a computed zero',
    operation: 'udp_checksum_finish',
    wrong: (_, passed) => (passed[0] === 0 ? 0 : Number(passed[1])),
    scenario: onFunctions,
  },
  {
    what: 'gives a checksum to a datagram without one',
    operation: 'udp_checksum_finish',
    wrong: (_, passed) => Number(passed[1]) || 0xffff,
    scenario: onFunctions,
  },
  {
    what: 'hashes the same bytes differently',
    operation: 'hash',
    wrong: (whole, passed) => Number(whole.call('hash', passed)) ^ (calls++ >> 5),
    scenario: onFunctions,
  },
  {
    what: 'is a nanosecond late',
    operation: 'time',
    wrong: (whole) => BigInt(whole.call('time', []) ?? 0n) + 1n,
    scenario: onFunctions,
  },
]

/** Inserts, and then lets the value keep a byte. */
function leavingValue(whole: Device, passed: Passed): Answer {
  const result = whole.call('expiring_map_insert', passed)
  const slot = new DataView(whole.memory.buffer).getUint32(Number(passed[3]), true)
  if (result === 1) whole.memory[Number(whole.call('expiring_map_value', [passed[0] ?? 0, slot]))] = 7
  return result
}

function firstUsed(whole: Device, map: number | bigint): number {
  return [0, 1, 2].find((slot) => whole.call('expiring_map_used', [map, slot]) === 1) ?? 0
}
