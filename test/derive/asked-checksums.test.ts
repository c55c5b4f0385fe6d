import test from 'ava'

import { derive } from '../../src/derive/derive.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/index.js'
import { layersOf } from '../../src/verify/counterexample/shrinking/edit.js'
import { mine, specOf } from '../cli/fixtures.js'
import { temporary } from '../temporary.js'

const CHECKED = specOf(`
    const { ipv4, transport } = packet
    if (!ipv4 || !ipv4.checksumRight) return drop()
    if (!transport || ipv4.ttl < 9) return forward(1 - ingress, packet)
    if (!transport.checksumRight) return drop()
    return forward(1 - ingress, packet)
  `)

test('packets are found whose checksums are right, and such whose are not, of headers and of segments', async (t) => {
  const cwd = temporary()
  mine(cwd, CHECKED)
  const suite = await derive({ nf: `${cwd}/nfs/mine` })
  t.is(suite.coverage.sides.notFound, 0)
  const states = new Set(
    suite.cases.flatMap(({ packets }) =>
      packets.map(({ bytes }) => {
        const layers = layersOf(bytes)
        return `${ipv4ChecksumState(layers)} ${transportChecksumState(layers)}`
      }),
    ),
  )
  for (const state of ['wrong absent', 'right right', 'right wrong', 'right absent']) t.true(states.has(state), state)
})

const WITHOUT = specOf(`
    const { udp } = packet
    if (!udp) return drop()
    if (udp.checksum !== 0 && udp.length < 20) return drop()
    if (!udp.checksumRight) return drop()
    if (udp.length < 12) return drop()
    return forward(1 - ingress, packet)
  `)

test('where the rest hangs on it, a datagram has no checksum, which is right', async (t) => {
  const cwd = temporary()
  mine(cwd, WITHOUT)
  const { coverage } = await derive({ nf: `${cwd}/nfs/mine` })
  t.deepEqual(
    coverage.targets.filter(({ status }) => status === 'not found').map(({ text, what }) => `${text} ${what}`),
    [],
  )
})
