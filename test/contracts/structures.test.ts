import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'
import type { Driver } from './driver.js'
import { Random } from './random.js'
import {
  expiringMapScenario,
  indexAllocatorScenario,
  mapScenario,
  type Scenario,
  type Shape,
  tripleScenario,
  vectorScenario,
} from './scenarios.js'
import { libvigSubject, type Subject } from './subject.js'

const HEAP = 16 << 20
const SMALL = [1, 2, 3, 7, 64]
const LARGE = [1000, 65_536]
const STEPS = 25_000

const structures: Readonly<Record<string, (driver: Driver, shape: Shape) => Scenario>> = {
  'expiring map': expiringMapScenario,
  map: mapScenario,
  vector: vectorScenario,
  'index allocator': indexAllocatorScenario,
  'map, vector and chain together': tripleScenario,
}

/** Steps as seeds of their own, so that a failing run shrinks to the steps that matter. */
const runs = fc.record({
  capacity: fc.constantFrom(...SMALL),
  keySize: fc.integer({ min: 1, max: 48 }),
  valueSize: fc.integer({ min: 1, max: 24 }),
  steps: fc.array(fc.nat(0xffffffff), { maxLength: 500, size: 'max' }),
})

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(HEAP)
})

for (const [name, scenario] of Object.entries(structures)) {
  test.serial(`${name}: keeps its contract at capacities 1 to 64 and key sizes 1 to 48`, (t) => {
    fc.assert(
      fc.property(runs, ({ steps, ...shape }) => {
        const used = scenario(subject.driver(), shape)
        for (const seed of steps) used.step(new Random(seed))
        used.sweep()
      }),
      { numRuns: 35 },
    )
    t.pass()
  })

  for (const capacity of LARGE) {
    test.serial(`${name}: keeps its contract at capacity ${capacity}, full and less full`, (t) => {
      const driver = subject.driver()
      const used = scenario(driver, { capacity, keySize: 13, valueSize: 8 })
      const random = new Random(capacity)
      used.fill?.(random)
      for (let n = 0; n < STEPS; n++) used.step(random)
      used.sweep()
      t.true(driver.calls > STEPS / 3)
    })
  }
}

/** Keys of `keySize` bytes in groups whose hashes agree in all bits that libVig's tables look at. */
function collidingKeys(keySize: number): Uint8Array[] {
  const { device } = subject
  const at = device.scratch
  const byHash = new Map<number, Uint8Array>()
  const colliding: Uint8Array[] = []
  for (let n = 0; n < 150_000; n++) {
    const key = new Uint8Array(keySize)
    new DataView(key.buffer).setUint32(keySize - 4, Math.imul(n, 0x9e3779b1))
    device.memory.set(key, at)
    const hash = Number(device.call('hash', [at, keySize])) | 0x80000000
    const other = byHash.get(hash)
    if (other === undefined) byHash.set(hash, key)
    else colliding.push(other, key)
  }
  return colliding
}

for (const [name, scenario] of [
  ['expiring map', expiringMapScenario],
  ['map', mapScenario],
] as const) {
  test.serial(`${name}: tells keys apart whose hashes are the same`, (t) => {
    for (const keySize of [8, 13]) {
      const keys = collidingKeys(keySize)
      assert.ok(keys.length >= 2, 'no two keys with the same hash were found')
      for (let seed = 1; seed <= 20; seed++) {
        const driver = subject.driver()
        const used = scenario(driver, { capacity: 1 + Math.floor(keys.length / 2), keySize, valueSize: 4, keys })
        const random = new Random(seed)
        for (let n = 0; n < 400; n++) used.step(random)
        used.sweep()
      }
    }
    t.pass()
  })
}

test.serial('random use meets every outcome of the structures it works', (t) => {
  const driver = subject.driver()
  const all = Object.values(structures).map((scenario) => scenario(driver, { capacity: 3, keySize: 5, valueSize: 8 }))
  const random = new Random(1)
  for (let n = 0; n < 20_000; n++) for (const used of all) used.step(random)
  const expected = [
    'expiring_map_insert: inserted',
    'expiring_map_insert: full',
    'expiring_map_get: found',
    'expiring_map_get: absent',
    'expiring_map_touch: refreshed',
    'expiring_map_touch: absent',
    'expiring_map_refresh: refreshed',
    'expiring_map_used: answered',
    'expiring_map_key: lent',
    'expiring_map_value: lent',
    'expiring_map_erase: erased',
    'expiring_map_expire: expired',
    'expiring_map_size: counted',
    'map_get: found',
    'map_get: absent',
    'map_put: put',
    'map_erase: erased',
    'map_size: counted',
    'vector_borrow: lent',
    'vector_return: given back',
    'dchain_allocate_new_index: allocated',
    'dchain_allocate_new_index: full',
    'dchain_claim_index: claimed',
    'dchain_claim_index: in use or out of range',
    'dchain_rejuvenate_index: refreshed',
    'dchain_rejuvenate_index: not in use',
    'dchain_expire_one_index: expired',
    'dchain_expire_one_index: nothing expired',
    'dchain_expire: expired',
    'dchain_is_index_allocated: answered',
    'dchain_free_index: freed',
    'dchain_free_index: not in use',
    'expire_items_single_map: expired',
  ]
  t.deepEqual(
    expected.filter((outcome) => (driver.met.get(outcome) ?? 0) < 20),
    [],
  )
})
