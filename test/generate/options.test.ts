import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { parsePopularity, parseSizes, profile, Random } from '../../src/generate/index.js'
import { sampler } from '../../src/generate/popularity.js'

for (const text of ['', 'huge', '59', '9019', '100-50', '60:0', '60,,70', '-60', '6e1', '60-']) {
  test(`frame sizes ${JSON.stringify(text)} are refused with what is allowed`, (t) => {
    t.throws(() => parseSizes(text), { instanceOf: InputError, message: /imix, 128, 64-1500/ })
  })
}

for (const text of ['', 'zip', 'zipf:', 'zipf:-1', 'zipf:11', 'zipf:1e3']) {
  test(`popularity ${JSON.stringify(text)} is refused with what is allowed`, (t) => {
    t.throws(() => parsePopularity(text), { instanceOf: InputError, message: /uniform, or zipf:1\.1/ })
  })
}

test('a profile that is not there is refused, naming those that are', (t) => {
  for (const name of ['router', 'constructor', '__proto__']) {
    t.throws(() => profile(name), { instanceOf: InputError, message: /nop, nat, firewall, bridge, balancer, policer/ })
  }
})

test('random integers stay within their bounds and reach both ends', (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: -5, max: 5 }), fc.nat(6), (seed, low, span) => {
      const random = new Random(seed)
      const drawn = new Set(Array.from({ length: 300 }, () => random.between(low, low + span)))
      return drawn.size === span + 1 && Math.min(...drawn) === low && Math.max(...drawn) === low + span
    }),
    { numRuns: 50 },
  )
  t.pass()
})

test('the first numbers of seed 1 never change: traces depend on them', (t) => {
  const random = new Random(1)
  t.deepEqual([random.next(), random.next(), random.below(1_000_000)], [393288148, 2174103013, 888192])
})

test('samplers draw every index, and only those', (t) => {
  for (const popularity of [{ kind: 'uniform' }, { kind: 'zipf', exponent: 1.1 }] as const) {
    const draw = sampler(popularity, 7)
    const random = new Random(3)
    const drawn = new Set(Array.from({ length: 2000 }, () => draw(random)))
    t.deepEqual([...drawn].sort(), [0, 1, 2, 3, 4, 5, 6])
  }
})
