import test from 'ava'
import { Random } from './random.js'
import { maglevScenario } from './scenarios.js'
import { libvigSubject, type Subject } from './subject.js'

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(8 << 20)
})

for (const [backends, height] of [
  [1, 2],
  [2, 3],
  [3, 7],
  [10, 11],
  [20, 1009],
  [64, 4099],
] as const) {
  test.serial(`${backends} backends, ${height} rows: picks the first live backend of the reference row`, (t) => {
    const driver = subject.driver()
    const used = maglevScenario(driver, backends, height)
    const random = new Random(height)
    for (let n = 0; n < 5000; n++) used.step(random)
    used.sweep()
    t.true((driver.met.get('cht_find_preferred_available_backend: picked') ?? 0) > height)
    if (backends < 4) t.true((driver.met.get('cht_find_preferred_available_backend: none live') ?? 0) > 0)
  })
}

test.serial('every rank of every row is that of the reference', (t) => {
  for (const [backends, height] of [
    [3, 7],
    [10, 53],
    [30, 251],
  ] as const) {
    const driver = subject.driver()
    const chain = driver.allocate('dchain', { capacity: backends })
    const cht = driver.allocate('cht', { height, backends })
    for (let row = 0; row < height; row++) {
      // Take each pick away in turn: what is left shows the next rank.
      for (let index = 0; index < backends; index++) driver.call('dchain_claim_index', { chain, index, time: 0n })
      const order: number[] = []
      for (let rank = 0; rank < backends; rank++) {
        const index = driver.call('cht_find_preferred_available_backend', { hash: row, cht, chain })?.out ?? -1
        order.push(index)
        driver.call('dchain_free_index', { chain, index })
      }
      t.is(new Set(order).size, backends)
    }
  }
})

test.serial('backends beyond the capacity of the chain are not live', (t) => {
  const driver = subject.driver()
  const chain = driver.allocate('dchain', { capacity: 2 })
  const cht = driver.allocate('cht', { height: 7, backends: 5 })
  driver.call('dchain_claim_index', { chain, index: 1, time: 0n })
  for (let hash = 0; hash < 7; hash++)
    t.is(driver.call('cht_find_preferred_available_backend', { hash, cht, chain })?.out, 1)
})
