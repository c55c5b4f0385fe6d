import test from 'ava'
import fc from 'fast-check'

import { nfUnderTest } from './under-test.js'

test('ports forward in pairs, both ways, and no byte changes', async (t) => {
  const nop = (await nfUnderTest('nop', {}, { ports: 4 }))()
  const frame = Uint8Array.from({ length: 64 }, (_, i) => i)
  for (const [from, to] of [
    [0, 1],
    [1, 0],
    [2, 3],
    [3, 2],
  ] as const) {
    const sent = nop.send(from, frame, 0n)
    t.deepEqual([sent.ports, sent.frame, sent.violation], [[to], frame, undefined])
  }
})

test('the last of an odd number of ports drops', async (t) => {
  const nop = (await nfUnderTest('nop', {}, { ports: 3 }))()
  const sent = nop.send(2, new Uint8Array(60), 0n)
  t.deepEqual([sent.ports, sent.violation], [[], undefined])
  t.deepEqual(nop.send(0, new Uint8Array(60), 1n).ports, [1])
})

test('any bytes of any length pass as they are', async (t) => {
  const nop = (await nfUnderTest('nop', {}, { ports: 5 }))()
  let now = 0n
  fc.assert(
    fc.property(fc.nat(4), fc.uint8Array({ maxLength: 200 }), (port, bytes) => {
      now += 1n
      const sent = nop.send(port, bytes, now)
      return sent.violation === undefined && (sent.ports.length === 0) === (port === 4)
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})
