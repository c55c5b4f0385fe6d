/** Hosts that send to a device as their router, in virtual time. */
import { writeFileSync } from 'node:fs'

import test from 'ava'

import { buildFrame } from '../../src/packet/build.js'
import { type ReplayOptions, replay } from '../../src/replay/index.js'
import { withClang } from '../nf/c/with-clang.js'
import { freshPath, traceOf } from './traffic.js'

function frameTo(dst: string): Uint8Array {
  return buildFrame({
    ethernet: { dst, src: '0a:00:00:00:00:07' },
    ipv4: { src: '10.0.0.7', dst: '192.0.2.7', ttl: 9 },
    udp: { srcPort: 1000, dstPort: 2000 },
  })
}

const options = (dst: string): ReplayOptions => ({ nf: 'router', traces: [traceOf([frameTo(dst)])] })

withClang('what is for one station is sent to the gateway, whichever station a trace has', async (t) => {
  const { verdict, replay: found, nfs } = await replay(options('0a:00:00:00:00:08'))
  t.is(verdict, 'holds')
  t.is(nfs[0]?.outcomes.rewritten, 1)
  t.true(found?.plan.includes('input private: dut.0, frames for one station to 02:00:00:00:00:00, its gateway'))
})

withClang('what is for a group stays so', async (t) => {
  for (const dst of ['ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01']) {
    const { nfs } = await replay(options(dst))
    t.is(nfs[0]?.outcomes.dropped, 1)
  }
})

withClang('nothing is addressed where frames go in as they are, or hosts have no gateway', async (t) => {
  for (const more of [{ asIs: true }, { topology: 'two-port' }]) {
    const { nfs } = await replay({ ...options('0a:00:00:00:00:08'), ...more })
    t.is(nfs[0]?.outcomes.dropped, 1)
  }
})

test('a network function whose configuration has no MAC addresses is sent what the trace has', async (t) => {
  const topology = freshPath('gateway.yaml')
  const text = `title: Two ports
nodes: { dut: { nf: $nf, ports: 2 } }
hosts: { left: { gateway: 10.0.0.1 } }
links: [{ from: left, to: dut.0 }]
inputs: { left: left, right: dut.1 }
`
  writeFileSync(topology, text)
  const { verdict, replay: found } = await replay({ ...options('0a:00:00:00:00:08'), nf: 'nop', topology })
  t.is(verdict, 'holds')
  t.true(found?.plan.includes('input left: host left'))
})
