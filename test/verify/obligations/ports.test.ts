import test from 'ava'
import fc from 'fast-check'

import { egressOf } from '../../../src/nf/verdict.js'
import { evaluate, Model, Terms } from '../../../src/smt/index.js'
import { isMeaningful, sendsTo } from '../../../src/verify/obligations/ports.js'

const answers = fc.oneof(
  fc.integer({ min: -80, max: 40 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.nat(2 ** 30).map((mask) => -16 - mask),
)

test('an answer means to the proof what it means to the driver', (t) => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 30 }), fc.nat(), (answer, count, seed) => {
      const terms = new Terms()
      const number = (value: number) => terms.bv(BigInt.asUintN(32, BigInt(value)), 32)
      const ingress = seed % count
      const egress = egressOf(answer, ingress, count)
      const ports = { count, ingress: number(ingress) }
      t.is(evaluate(isMeaningful(terms, number(answer), ports), new Model()), egress >= 0)
      if (egress < 0) return
      for (let port = 0; port < count; port++) {
        const sent = evaluate(sendsTo(terms, number(answer), number(port), ports), new Model())
        t.is(sent, ((egress >> port) & 1) === 1, `answer ${answer} of ${count} ports, in by ${ingress}, port ${port}`)
      }
    }),
    { numRuns: 1000 },
  )
})
