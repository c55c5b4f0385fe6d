import test from 'ava'
import fc from 'fast-check'
import { Random } from './random.js'
import { lpmScenario } from './scenarios.js'
import { libvigSubject, type Subject } from './subject.js'

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(40 << 20)
})

test.serial('the longest prefix wins, in any order of insertion and replacement', (t) => {
  const runs = fc.record({
    maxRules: fc.constantFrom(1, 2, 3, 7, 64),
    steps: fc.array(fc.nat(0xffffffff), { maxLength: 300, size: 'max' }),
  })
  fc.assert(
    fc.property(runs, ({ maxRules, steps }) => {
      const used = lpmScenario(subject.driver(), maxRules)
      for (const seed of steps) used.step(new Random(seed))
      used.sweep()
    }),
    { numRuns: 60 },
  )
  t.pass()
})

for (const maxRules of [1000, 65_536]) {
  test.serial(`keeps its contract with up to ${maxRules} rules`, (t) => {
    const driver = subject.driver()
    const used = lpmScenario(driver, maxRules)
    const random = new Random(maxRules)
    for (let n = 0; n < 30_000; n++) used.step(random)
    used.sweep()
    const met = (outcome: string): number => driver.met.get(outcome) ?? 0
    t.true(met('lpm_lookup_elem: found') > 1000)
    t.true(met('lpm_update_elem: full or no prefix length') > 50)
  })
}

test.serial('agrees with a list of rules, searched from one end to the other', (t) => {
  const rule = fc.record({ prefix: fc.nat(0xffffffff), length: fc.nat(32), value: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 30 }), fc.array(fc.nat(0xffffffff)), (rules, others) => {
      const driver = subject.driver()
      const lpm = driver.allocate('lpm', { maxRules: 30 })
      const covers = (prefix: number, length: number, address: number): boolean =>
        Math.floor(prefix / 2 ** (32 - length)) === Math.floor(address / 2 ** (32 - length))
      for (const { prefix, length, value } of rules) {
        driver.call('lpm_update_elem', { lpm, prefix, prefixLength: length, value })
      }
      return [...others, ...rules.map(({ prefix }) => prefix)].every((address) => {
        let best = { length: -1, value: -1 }
        for (const { prefix, length, value } of rules) {
          if (length >= best.length && covers(prefix, length, address)) best = { length, value }
        }
        return subject.device.call('lpm_lookup_elem', [lpm.handle, address]) === best.value
      })
    }),
  )
  t.pass()
})
