import test from 'ava'
import { contracts, libvigSignatures, signatureOf } from '../../src/contracts/index.js'
import { compileLibvig } from '../../src/nf/build.js'
import { readInterface } from '../../src/nf/module-interface.js'
import { Random } from './random.js'
import { libvigSubject, type Subject } from './subject.js'

const HOST_ONLY = ['libvig_heap_base', 'libvig_heap_used', 'libvig_reset', 'libvig_seed', 'libvig_set_time']
const HEAP = 1 << 20

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(HEAP)
})

test('every export of libVig has a contract or is for the host, and every contract has its export', (t) => {
  const promised = [...contracts.keys(), ...Object.keys(libvigSignatures).filter((name) => name.endsWith('_cost'))]
  t.deepEqual([...promised, ...HOST_ONLY].sort(), [...subject.device.exports].sort())
})

test('signatures are those of the compiled libVig', async (t) => {
  const { functions } = readInterface((await compileLibvig()).wasm)
  for (const [name, { parameters, results }] of Object.entries(libvigSignatures)) {
    t.is(functions.get(name), `(${parameters.join(', ')}) -> (${results.join(', ')})`, name)
  }
})

test('contracts have distinct names, at most one out of that name, and outcomes that say what comes back', (t) => {
  for (const { name, parameters, result, outcomes } of contracts.values()) {
    const outs = Object.entries(parameters).filter(([, { kind }]) => kind === 'out')
    t.true(outs.length === 0 || (outs.length === 1 && outs[0]?.[0] === 'out'), name)
    for (const { result: number, timeResult, choice, loan } of outcomes) {
      const says = number ?? timeResult ?? (choice?.seenIn === 'result' || loan?.seenIn === 'result')
      t.is(result !== 'none', Boolean(says), name)
    }
  }
})

test('signatures follow from the parameters', (t) => {
  const signature = (name: string): unknown => {
    const contract = contracts.get(name)
    return contract && signatureOf(contract)
  }
  t.deepEqual(signature('map_get'), { parameters: ['i32', 'i32', 'i32'], results: ['i32'] })
  t.deepEqual(signature('vector_return'), { parameters: ['i32', 'i32'], results: [] })
  t.deepEqual(signature('expiring_map_touch'), { parameters: ['i32', 'i32', 'i64', 'i32'], results: ['i32'] })
  t.deepEqual(signature('time'), { parameters: [], results: ['i64'] })
  t.deepEqual(libvigSignatures.expiring_map_cost, { parameters: ['i32', 'i32', 'i32'], results: ['i64'] })
})

const SIZES = [0, 1, 2, 3, 7, 11, 64, 1009, 4096, 4097, 65_536, 65_537, 1 << 24, (1 << 24) + 1, 0x80000000, 0xffffffff]
const SIZE_NAMES = {
  map: ['keySize', 'capacity'],
  vector: ['elementSize', 'capacity'],
  dchain: ['capacity'],
  expiring_map: ['keySize', 'valueSize', 'capacity'],
  cht: ['height', 'backends'],
  lpm: ['maxRules'],
} as const

for (const [structure, names] of Object.entries(SIZE_NAMES)) {
  test.serial(`${structure}_allocate succeeds exactly where sizes are accepted and its stated cost fits`, (t) => {
    const met = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const driver = subject.driver()
      for (let n = 0; n < 30; n++) {
        // Half the time sizes are small, so that the heap fills up from several structures.
        const size = (): number => (random.oneIn(2) ? 1 + random.below(300) : (SIZES[random.below(SIZES.length)] ?? 1))
        const done = driver.call(`${structure}_allocate`, Object.fromEntries(names.map((name) => [name, size()])))
        met.add(done?.outcome ?? 'not called')
        t.is(subject.device.call('libvig_heap_used', []), HEAP - driver.ambients.heap.remaining())
      }
    }
    t.deepEqual([...met].sort(), ['made', 'out of memory', 'refused'])
  })
}

test.serial('time is the now that the host set, and random numbers repeat with their seed', (t) => {
  const driver = subject.driver()
  for (const now of [0n, 1n, 1_700_000_000_123_456_789n, (1n << 62n) - 1n]) {
    driver.ambients.setTime(now)
    t.is(driver.call('time', {})?.result, now)
  }
  const draw = (): unknown[] => {
    subject.device.call('libvig_seed', [42n])
    return Array.from({ length: 100 }, () => driver.call('random_u32', {})?.result)
  }
  const first = draw()
  t.deepEqual(draw(), first)
  t.is(new Set(first).size, 100)
})
