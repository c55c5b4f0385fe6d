import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { MachineError } from '../../../src/errors.js'
import { type StressOptions, stress } from '../../../src/stress/run/index.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'

/** So slow that any machine can. A router lowers times to live and writes addresses of its own, unlike this specification. */
const gentle = {
  nf: 'firewall',
  tests: ['frame-loss'],
  sizes: [100],
  duration: 0.1,
  repeat: 1,
  rateCap: 2000,
  judge: false,
}
const PROGRAMS = ['nsenter', 'ip']

/** The kernel as a router: node 1 of the networks that test frames are of. It knows no neighbour. */
function router(setup: readonly string[] = [], more: readonly string[] = []): string {
  const file = join(temporary(), 'router.yaml')
  const lines = [
    'title: the kernel as a router',
    'ports: { kind: veth }',
    'device:',
    '  kind: command',
    '  setup: |',
    '    echo 1 > /proc/sys/net/ipv4/ip_forward',
    '    ip addr add 198.18.1.1/24 dev $PORT0',
    '    ip addr add 198.19.1.1/24 dev $PORT1',
    ...setup.map((line) => `    ${line}`),
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    ...more,
    'inputs: { inside: dut.0, outside: dut.1 }',
    '',
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}

/** An address that is still looked for elsewhere asks for no neighbours. */
const version6 = [
  'for port in $PORTS; do echo 0 > /proc/sys/net/ipv6/conf/$port/accept_dad; done',
  'for port in $PORTS; do echo 0 > /proc/sys/net/ipv6/conf/$port/disable_ipv6; done',
  'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
  'ip addr add 2001:2::1/64 dev $PORT0 nodad',
  'ip addr add 2001:2:0:8000::1/64 dev $PORT1 nodad',
]

for (const [ip, setup, direction] of [
  [4, [], 'one'],
  [4, [], 'both'],
  [6, version6, 'both'],
] as const) {
  const ways = direction === 'one' ? 'one way' : 'both ways'
  rooted(
    `a router of the kernel asks the tester for its neighbours of IPv${ip} and sends to them, ${ways}`,
    async (t) => {
      const options: StressOptions = { ...gentle, topology: router(setup), ip, direction, flows: 600 }
      const result = await stress(options)
      t.is(result.exitCode, 0, result.cause)
      const [nf] = result.nfs
      t.like(nf, { framesCorrupt: 0, framesMisdirected: 0, framesJudged: 0 })
      const { trials = [] } = nf?.tests[0] ?? {}
      t.true(
        trials.some(({ sent, received }) => sent > 0 && received === sent),
        JSON.stringify(trials),
      )
    },
    PROGRAMS,
  )
}

/** Both ports of the router have other addresses than the specification's device. */
const OWN_MACS = ['ip link set $PORT0 address 02:00:00:00:77:00', 'ip link set $PORT1 address 02:00:00:00:77:01']

function hosts(gateway: string): readonly string[] {
  return [
    `hosts: { client: { mac: 02:00:00:00:88:00, ip: 198.18.1.2, gateway: ${gateway}, answers: [198.18.1.2/31] } }`,
    'links: [{ from: client, to: dut.0 }]',
  ]
}

rooted(
  'a router held to the specification of something else is told so',
  async (t) => {
    const result = await stress({ ...gentle, judge: true, topology: router(), flows: 600 })
    t.is(result.exitCode, 1)
    t.regex(
      result.cause ?? '',
      /judged frames are not as specified: frame \d+ of a trial, by port 0: ipv4\.ttl should be/,
    )
  },
  PROGRAMS,
)

rooted(
  'the address of a router is asked for where a host of the topology has a gateway',
  async (t) => {
    const result = await stress({ ...gentle, topology: router(OWN_MACS, hosts('198.18.1.1')), flows: 50 })
    t.is(result.exitCode, 0, result.cause)
    const { trials = [] } = result.nfs[0]?.tests[0] ?? {}
    t.true(
      trials.some(({ sent, received }) => sent > 0 && received === sent),
      JSON.stringify(trials),
    )
    const silent = stress({ ...gentle, topology: router(OWN_MACS, hosts('198.18.1.99')), flows: 50 })
    await t.throwsAsync(silent, {
      instanceOf: MachineError,
      message: /no device answers for the gateway 198\.18\.1\.99 of 'client'/,
    })
  },
  PROGRAMS,
)

rooted(
  'a router that lets a flood of SYN segments in is told so',
  async (t) => {
    const result = await stress({ ...gentle, tests: ['syn-flood'], topology: router(), flows: 100 })
    t.is(result.exitCode, 1, result.cause)
    t.true((result.nfs[0]?.framesMisdirected ?? 0) > 0)
    t.regex(result.cause ?? '', /by a wrong port/)
  },
  PROGRAMS,
)
