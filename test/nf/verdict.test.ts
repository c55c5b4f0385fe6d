import test from 'ava'
import fc from 'fast-check'

import { BAD_VERDICT, describeResult, egressOf } from '../../src/nf/index.js'

const portCount = fc.integer({ min: 1, max: 30 })

test('a port is the set of that port, the ingress port included', (t) => {
  fc.assert(
    fc.property(portCount, fc.nat(29), fc.nat(29), (ports, ingress, port) => {
      t.is(egressOf(port, ingress % ports, ports), port < ports ? 2 ** port : BAD_VERDICT)
    }),
  )
})

test('flood is every port but the ingress port, and nothing with one port', (t) => {
  fc.assert(
    fc.property(portCount, fc.nat(29), (ports, any) => {
      const ingress = any % ports
      t.is(egressOf(-2, ingress, ports), 2 ** ports - 1 - 2 ** ingress)
    }),
  )
  t.is(egressOf(-2, 0, 1), 0)
})

test('a set is its mask, the empty set drops, an absent port is a violation', (t) => {
  fc.assert(
    fc.property(portCount, fc.nat(2 ** 30 - 1), (ports, mask) => {
      t.is(egressOf(-(16 + mask), 0, ports), mask < 2 ** ports ? mask : BAD_VERDICT)
    }),
  )
  t.is(egressOf(-16, 0, 4), 0)
})

test('drop, and the results that mean nothing', (t) => {
  t.is(egressOf(-1, 0, 4), 0)
  for (let result = -15; result <= -3; result++) t.is(egressOf(result, 0, 4), BAD_VERDICT)
  for (const result of [4, 2 ** 31 - 1, -(2 ** 31), -(16 + 2 ** 30)]) t.is(egressOf(result, 0, 4), BAD_VERDICT)
})

test('every result either has ports below the count or is a violation', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), portCount, (result, ports) => {
      const egress = egressOf(result, 0, ports)
      t.true(egress === BAD_VERDICT || (egress >= 0 && egress < 2 ** ports))
    }),
  )
})

test('results are described for people', (t) => {
  t.is(describeResult(-1, 2), 'drop')
  t.is(describeResult(1, 2), 'port 1')
  t.is(describeResult(-2, 2), 'flood')
  t.is(describeResult(-(16 + 5), 4), 'ports 0, 2')
  t.regex(describeResult(-(16 + 5), 2), /there is no port 2 \(2 ports\)/)
  t.regex(describeResult(7, 2), /there is no port 7/)
  t.regex(describeResult(-3, 2), /mean nothing/)
})
