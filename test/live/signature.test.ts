import test from 'ava'

import { Signature } from '../../src/live/index.js'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'

function valueWith(rest: number, parts: FrameParts): number {
  const signature = new Signature()
  const frame = buildFrame({ icmpv6: { type: 128, code: 0, rest }, ipv6: {}, payload: 'hello', ...parts })
  signature.read(frame, 0, frame.length)
  return signature.value
}

test('echoes of IPv6 are known by sequence number and payload, and not by what devices may write', (t) => {
  const one = valueWith(0x0007_0001, {})
  t.is(
    valueWith(0x0009_0001, { ipv6: { hopLimit: 3, trafficClass: 8 } }),
    one,
    'identifier, hop limit and traffic class',
  )
  t.not(valueWith(0x0007_0002, {}), one, 'the sequence number')
  t.not(valueWith(0x0007_0001, { payload: 'hallo' }), one, 'the payload')
  t.not(valueWith(0x0007_0001, { ipv6: { flowLabel: 4 } }), one, 'the flow label')
})
