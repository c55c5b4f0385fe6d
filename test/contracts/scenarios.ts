/** Random use of each structure through the driver: what a step does depends on a seed and on the abstract state. */
import type { Driver, Held } from './driver.js'
import type { Random } from './random.js'

/** Some structures under test, and how to work them. */
export interface Scenario {
  /** Does something random. The same seed in the same state does the same. */
  step(random: Random): void
  /** Asks everything that can be asked. */
  sweep(): void
  /** Makes it as full as it gets, where that takes long by steps. */
  fill?(random: Random): void
}

export interface Shape {
  readonly capacity: number
  readonly keySize: number
  readonly valueSize: number
  /** The keys to use, each of `keySize` bytes; without it, twice as many as the capacity, told by few bits. */
  readonly keys?: readonly Uint8Array[]
}

/** Key number `n`: all bytes alike but for those of the number, which stand at the end of the key. */
export function numberedKey(n: number, keySize: number): Uint8Array {
  const key = new Uint8Array(keySize).fill(0x11)
  for (let i = 0; i < Math.min(4, keySize); i++) key[keySize - 1 - i] = n >>> (8 * i)
  return key
}

function keysOf({ capacity, keySize, keys }: Shape): readonly Uint8Array[] {
  if (keys !== undefined) return keys
  const distinct = keySize >= 4 ? 2 ** 32 : 256 ** keySize
  return Array.from({ length: Math.min(2 * capacity + 2, distinct) }, (_, n) => numberedKey(n, keySize))
}

/** A clock that mostly stands still or moves a little, and thresholds near it. */
class Clock {
  #now = 0n
  readonly #pastOneIn: number

  /** A time that is past costs the abstract structure a walk over what is later: rare where there is much. */
  constructor(capacity: number) {
    this.#pastOneIn = capacity > 5000 ? 1000 : 20
  }

  /** A time to give; now and then one that is long past. */
  time(random: Random): bigint {
    this.#now += random.pick([0n, 0n, 0n, 1n, 2n, 5n])
    if (random.oneIn(200) && this.#now < 1n << 60n) this.#now += 1n << BigInt(20 + random.below(38))
    return random.oneIn(this.#pastOneIn) ? this.#now / BigInt(1 + random.below(4)) : this.#now
  }

  /** Around times that entries have; now and then far away on either side. */
  threshold(random: Random): bigint {
    if (random.oneIn(10)) return random.pick([-(1n << 63n), -1n, 0n, 1n << 62n])
    return this.#now - BigInt(random.below(12))
  }
}

/** Alternates between filling up and thinning out, so that full and empty tables are both met. */
class Tide {
  readonly #period: number
  #steps = 0

  constructor(capacity: number) {
    this.#period = Math.min(3 * capacity + 20, 10_000)
  }

  rises(): boolean {
    return Math.floor(this.#steps++ / this.#period) % 2 === 0
  }
}

/** Of the numbers below `capacity`: any, or one out of range. */
function anyIndex(random: Random, capacity: number): number {
  return random.oneIn(15) ? random.pick([capacity, capacity + 1, 0x7fffffff, 0xffffffff]) : random.below(capacity)
}

type Steps = readonly [() => void, ...(() => void)[]]

export function expiringMapScenario(driver: Driver, shape: Shape): Scenario {
  const { capacity, keySize, valueSize } = shape
  const map = driver.allocate('expiring_map', { keySize, valueSize, capacity })
  const keys = keysOf(shape)
  const clock = new Clock(capacity)
  const tide = new Tide(capacity)
  const anyKey = (random: Random): Uint8Array => keys[random.below(keys.length)] ?? new Uint8Array(keySize)

  const insert = (random: Random): void => {
    driver.call('expiring_map_insert', { map, key: anyKey(random), now: clock.time(random) })
  }
  const keep = (random: Random): void => {
    const slot = anyIndex(random, capacity)
    const steps: Steps = [
      () => driver.call('expiring_map_get', { map, key: anyKey(random) }),
      () => driver.call('expiring_map_touch', { map, key: anyKey(random), now: clock.time(random) }),
      () => driver.call('expiring_map_refresh', { map, slot, now: clock.time(random) }),
      () => driver.call('expiring_map_used', { map, slot }),
      () => driver.call('expiring_map_key', { map, slot }),
      () => driver.call('expiring_map_size', { map }),
      () => {
        if (driver.call('expiring_map_value', { map, slot })) driver.store(map, 'value', slot, random.bytes(valueSize))
      },
    ]
    random.pick(steps)()
  }
  const lose = (random: Random): void => {
    if (random.oneIn(3)) driver.call('expiring_map_expire', { map, threshold: clock.threshold(random) })
    else driver.call('expiring_map_erase', { map, slot: anyIndex(random, capacity) })
  }
  return {
    step(random) {
      const kind = random.below(10)
      if (kind < 5) keep(random)
      else if (tide.rises() ? kind < 9 || !random.oneIn(8) : kind < 6) insert(random)
      else lose(random)
    },
    sweep() {
      for (const key of keys) driver.call('expiring_map_get', { map, key })
      for (let slot = 0; slot <= capacity; slot++) {
        for (const question of ['used', 'key', 'value']) driver.call(`expiring_map_${question}`, { map, slot })
      }
      driver.call('expiring_map_size', { map })
    },
    fill(random) {
      for (const key of keys) driver.call('expiring_map_insert', { map, key, now: clock.time(random) })
    },
  }
}

export function mapScenario(driver: Driver, shape: Shape): Scenario {
  const { capacity, keySize } = shape
  const map = driver.allocate('map', { keySize, capacity })
  const keys = keysOf(shape)
  const tide = new Tide(capacity)
  return {
    step(random) {
      const key = keys[random.below(keys.length)] ?? new Uint8Array(keySize)
      const value = random.pick([0, 1, -1, 0x7fffffff, -0x80000000, random.next() | 0])
      if (random.oneIn(20)) driver.call('map_size', { map })
      else if (random.oneIn(3)) driver.call('map_get', { map, key })
      else if (tide.rises() || random.oneIn(4)) driver.call('map_put', { map, key, value })
      else driver.call('map_erase', { map, key })
    },
    sweep() {
      for (const key of keys) driver.call('map_get', { map, key })
      driver.call('map_size', { map })
    },
    fill() {
      for (const [n, key] of keys.entries()) driver.call('map_put', { map, key, value: n })
    },
  }
}

export function vectorScenario(driver: Driver, { capacity, valueSize: elementSize }: Shape): Scenario {
  const vector = driver.allocate('vector', { elementSize, capacity })
  return {
    step(random) {
      const index = anyIndex(random, capacity)
      if (driver.call('vector_borrow', { vector, index })) {
        if (random.oneIn(2)) driver.store(vector, 'cell', index, random.bytes(elementSize))
        if (random.oneIn(3)) return
      }
      driver.call('vector_return', { vector, index })
    },
    sweep() {
      for (let index = 0; index < capacity; index++) {
        driver.call('vector_return', { vector, index })
        driver.call('vector_borrow', { vector, index })
      }
    },
  }
}

export function indexAllocatorScenario(driver: Driver, { capacity }: Shape): Scenario {
  const chain = driver.allocate('dchain', { capacity })
  const clock = new Clock(capacity)
  const tide = new Tide(capacity)
  // Each call checks every index for an older one: rare where there are many.
  const expireOne = capacity > 5000 ? 2000 : 4
  return {
    step(random) {
      const index = anyIndex(random, capacity)
      const time = clock.time(random)
      const threshold = clock.threshold(random)
      const kind = random.below(8)
      if (kind < 2) driver.call('dchain_rejuvenate_index', { chain, index, time })
      else if (kind < 3) driver.call('dchain_is_index_allocated', { chain, index })
      else if (kind < 4) driver.call('dchain_claim_index', { chain, index, time })
      else if (tide.rises() ? kind < 7 : kind < 5) driver.call('dchain_allocate_new_index', { chain, time })
      else if (random.oneIn(expireOne)) driver.call('dchain_expire_one_index', { chain, threshold })
      else if (random.oneIn(8)) driver.call('dchain_expire', { chain, threshold })
      else driver.call('dchain_free_index', { chain, index })
    },
    sweep() {
      for (let index = 0; index <= capacity; index++) driver.call('dchain_is_index_allocated', { chain, index })
      // Everything in order of time, as far as the contract tells one index from another.
      const most = capacity > 5000 ? 20 : capacity
      for (let n = 0; n <= most; n++) driver.call('dchain_expire_one_index', { chain, threshold: 1n << 62n })
    },
    fill(random) {
      for (let n = 0; n <= capacity; n++) driver.call('dchain_allocate_new_index', { chain, time: clock.time(random) })
    },
  }
}

/** A map, a vector of its keys and a chain of their indices, as Vigor's NFs keep them. */
export function tripleScenario(driver: Driver, shape: Shape): Scenario {
  const { capacity, keySize } = shape
  const map = driver.allocate('map', { keySize, capacity })
  const vector = driver.allocate('vector', { elementSize: keySize, capacity })
  const chain = driver.allocate('dchain', { capacity })
  const keys = keysOf(shape)
  const clock = new Clock(capacity)
  const expiry = capacity > 5000 ? 8000 : capacity > 100 ? 40 : 6

  const add = (random: Random, key: Uint8Array): void => {
    const index = driver.call('dchain_allocate_new_index', { chain, time: clock.time(random) })
    if (index?.outcome !== 'allocated') return
    driver.call('vector_borrow', { vector, index: index.out })
    driver.store(vector, 'cell', index.out, key)
    driver.call('vector_return', { vector, index: index.out })
    driver.call('map_put', { map, key, value: index.out })
  }
  return {
    step(random) {
      const key = keys[random.below(keys.length)] ?? new Uint8Array(keySize)
      if (random.oneIn(expiry)) {
        driver.call('expire_items_single_map', { chain, vector, map, threshold: clock.threshold(random) })
        return
      }
      const found = driver.call('map_get', { map, key })
      if (found?.outcome === 'found')
        driver.call('dchain_rejuvenate_index', { chain, index: found.out, time: clock.time(random) })
      else add(random, key)
    },
    sweep() {
      for (const key of keys) driver.call('map_get', { map, key })
      driver.call('expire_items_single_map', { chain, vector, map, threshold: 1n << 62n })
      for (const key of keys) driver.call('map_get', { map, key })
      driver.call('map_size', { map })
    },
    fill(random) {
      for (const key of keys) add(random, key)
    },
  }
}

export function maglevScenario(driver: Driver, backends: number, height: number): Scenario {
  const chain: Held = driver.allocate('dchain', { capacity: backends })
  const cht = driver.allocate('cht', { height, backends })
  const pick = (hash: number): void => {
    driver.call('cht_find_preferred_available_backend', { hash, cht, chain })
  }
  return {
    step(random) {
      const index = random.below(backends)
      const kind = random.below(8)
      if (kind < 2) driver.call('dchain_free_index', { chain, index })
      else if (kind < 4) driver.call('dchain_claim_index', { chain, index, time: 0n })
      else pick(random.oneIn(9) ? random.pick([0xffffffff, 0x80000000, height]) : random.next())
    },
    sweep() {
      for (let row = 0; row < height; row++) pick(row)
      // One backend at a time alone: tells every rank of every row, as far as picks show them.
      for (let gone = 0; gone < backends; gone++) {
        driver.call('dchain_free_index', { chain, index: gone })
        for (let row = 0; row < height; row += 7) pick(row)
      }
    },
  }
}

export function lpmScenario(driver: Driver, maxRules: number): Scenario {
  const lpm = driver.allocate('lpm', { maxRules })
  const added: number[] = [0]
  const nearRule = (random: Random): number => {
    const near = added[random.below(added.length)] ?? 0
    return (random.oneIn(3) ? near : near ^ (1 << random.below(32))) >>> 0
  }
  return {
    step(random) {
      if (random.oneIn(2)) {
        driver.call('lpm_lookup_elem', { lpm, address: random.oneIn(8) ? random.next() : nearRule(random) })
        return
      }
      const prefix = random.oneIn(3) ? random.next() : nearRule(random)
      const prefixLength = random.oneIn(40) ? random.pick([33, 64, 0xffffffff]) : random.below(33)
      const value = random.oneIn(30) ? random.pick([0, 0x7fffffff]) : random.below(50)
      if (driver.call('lpm_update_elem', { lpm, prefix, prefixLength, value })?.outcome === 'updated')
        added.push(prefix)
    },
    sweep() {
      for (const prefix of added) {
        for (const address of [prefix, prefix ^ 1, prefix ^ 0x80000000]) {
          driver.call('lpm_lookup_elem', { lpm, address: address >>> 0 })
        }
      }
    },
  }
}
