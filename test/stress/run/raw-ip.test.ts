import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { InputError } from '../../../src/errors.js'
import { type StressOptions, stress } from '../../../src/stress/run/index.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'

/** So slow that any machine can. */
const gentle: StressOptions = {
  nf: 'firewall',
  topology: '',
  tests: ['frame-loss'],
  sizes: [100],
  duration: 0.1,
  repeat: 1,
  rateCap: 2000,
  judge: false,
}

/** The networks of test frames are behind the hosts. */
function router(ip: 4 | 6 = 4): string {
  const file = join(temporary(), 'router.yaml')
  const hosts =
    ip === 4
      ? ['ip: 10.0.0.2, gateway: 10.0.0.1', 'ip: 10.0.1.2, gateway: 10.0.1.1']
      : ["ip6: '2001:db8::2', gateway6: '2001:db8::1'", "ip6: '2001:db8:1::2', gateway6: '2001:db8:1::1'"]
  const text = `
title: The kernel as a router that is reached by raw IP
ports: { kind: veth, backend: raw_ip }
device:
  kind: command
  setup: |
    echo 1 > /proc/sys/net/ipv4/ip_forward
    ip addr add 10.0.0.1/30 dev $PORT0
    ip addr add 10.0.1.1/30 dev $PORT1
    ip route add 198.18.0.0/16 via 10.0.0.2
    ip route add 198.19.0.0/16 via 10.0.1.2
    for name in $PORTS; do
      echo 0 > /proc/sys/net/ipv6/conf/$name/disable_ipv6
    done
    echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
    ip addr add 2001:db8::1/64 dev $PORT0 nodad
    ip addr add 2001:db8:1::1/64 dev $PORT1 nodad
    ip route add 2001:2::/49 via 2001:db8::2
    ip route add 2001:2:0:8000::/49 via 2001:db8:1::2
nodes: { dut: { nf: $nf, ports: 2 } }
hosts:
  left: { ${hosts[0]} }
  right: { ${hosts[1]} }
links:
  - { from: left, to: dut.0 }
  - { from: right, to: dut.1 }
inputs: { inside: dut.0, outside: dut.1 }
`
  writeFileSync(file, text.trimStart())
  return file
}

for (const [ip, direction] of [
  [4, 'one'],
  [4, 'both'],
  [6, 'both'],
] as const) {
  rooted(
    `a router that is reached by raw IPv${ip} is loaded and loses nothing, direction ${direction}`,
    async (t) => {
      const result = await stress({ ...gentle, topology: router(ip), ip, direction, flows: 600 })
      t.is(result.exitCode, 0, result.cause)
      const [nf] = result.nfs
      t.like(nf, { framesCorrupt: 0, framesMisdirected: 0, framesJudged: 0 })
      t.deepEqual([...new Set(nf?.ports.map(({ backend }) => backend))], ['raw_ip'])
      t.true((nf?.testers[0]?.ceiling ?? 0) > 0)
      const { trials = [] } = nf?.tests[0] ?? {}
      t.true(
        trials.some(({ sent, received }) => sent > 0 && received === sent),
        JSON.stringify(trials),
      )
    },
    ['nsenter', 'ip'],
  )
}

const refused: readonly (readonly [string, Partial<StressOptions>, RegExp])[] = [
  ['judging', { judge: true }, /router\.yaml:2: raw_ip does not carry frames as they are, .* \(--no-judge counts them/],
  [
    'stations',
    { nf: 'bridge' },
    /router\.yaml:2: raw_ip carries no MAC addresses, by which bridge tells stations apart/,
  ],
  ['frames longer than the MTU', { sizes: [1519] }, /router\.yaml:2: frames of 1519 bytes are too long/],
]

for (const [what, options, message] of refused) {
  test(`by raw IP ${what} is refused in a line`, async (t) => {
    await t.throwsAsync(stress({ ...gentle, topology: router(), ...options }), { instanceOf: InputError, message })
  })
}

rooted(
  'by raw IP a version of which the tester has no address is refused in a line',
  async (t) => {
    await t.throwsAsync(stress({ ...gentle, topology: router(), ip: 6 }), {
      instanceOf: InputError,
      message:
        /router\.yaml:2: the tester has no IPv6 address at port 0 \(by raw_ip it is a host there: ip6 and gateway6/,
    })
  },
  ['nsenter', 'ip'],
)
