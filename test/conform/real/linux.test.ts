/** Cases on the bridge of this machine's kernel: nobody here has written it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ExecutionContext } from 'ava'

import { conform } from '../../../src/conform/conform.js'
import { readCase } from '../../../src/derive/suite/case-file.js'
import { writeSuite } from '../../../src/derive/suite/folder.js'
import type { SuiteCase } from '../../../src/derive/suite/suite.js'
import { MachineError } from '../../../src/errors.js'
import type { NfResult, RunResult } from '../../../src/result/index.js'
import { loadSpec } from '../../../src/spec/load/index.js'
import { edited } from '../../../src/verify/counterexample/shrinking/edit.js'
import { mine, specOf } from '../../cli/fixtures.js'
import { vigilHere } from '../../cli/here.js'
import { rooted } from '../../packetio/rooted.js'
import { sum } from '../../replay/results.js'
import { temporary } from '../../temporary.js'
import { caseFile, datagram, frame, MS, packet } from './cases.js'

const AGEING = 300n * MS
const BRIDGE = { nf: 'linux-bridge', topology: 'bridge-linux', config: ['ageingTime=300ms'] }
const learned = [packet(0, frame(1, 2)), packet(1, frame(2, 1))]
const aged = [packet(0, frame(1, 2)), packet(1, frame(2, 1), AGEING + 1n)]
const justNot = [packet(0, frame(1, 2)), packet(1, frame(2, 1), AGEING)]

/** To a group address of table 8-1, by its last digit: the bridges themselves, LLDP. */
function toGroup(last: number): Uint8Array {
  const bytes = frame(1, 2)
  bytes.set([0x01, 0x80, 0xc2, 0, 0, last])
  return bytes
}

function holds(t: ExecutionContext, result: RunResult<NfResult>): void {
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
}

/** As a router of the kernel does, whatever MAC addresses it takes. */
const ROUTING = specOf(`
    const { ipv4 } = packet
    if (!ipv4 || ipv4.ttl <= 1) return drop()
    return forward(1 - ingress, packet.with({ ethernet: { src: any, dst: any } }, { ipv4: { ttl: ipv4.ttl - 1 } }))
  `).replace('{ drop,', '{ any, drop,')
const ROUTER = `
title: A router of the Linux kernel between two networks
ports: { kind: veth }
device:
  kind: command
  setup: |
    ip addr add 10.0.0.1/16 dev $PORT0
    ip addr add 198.51.100.1/24 dev $PORT1
    echo 1 >/proc/sys/net/ipv4/ip_forward
  reset: 'true'
nodes: { dut: { nf: $nf, ports: 2 } }
hosts:
  left: { mac: 02:00:00:00:01:00, ip: 10.0.0.2, answers: [10.0.0.0/16], gateway: 10.0.0.1 }
  right: { mac: 02:00:00:00:01:01, ip: 198.51.100.2, answers: [198.51.100.0/24], gateway: 198.51.100.1 }
links: [{ from: left, to: dut.0 }, { from: right, to: dut.1 }]
inputs: { left: dut.0, right: dut.1 }
`

function withTtl(bytes: Uint8Array, ttl: number): Uint8Array {
  return edited(bytes, (copy) => copy.with(22, ttl))
}

/** bridge-linux, changed. */
function topologyWith(from: string, to: string): string {
  const text = readFileSync('topologies/bridge-linux.yaml', 'utf8')
  const file = join(temporary(), 'bridge.yaml')
  writeFileSync(file, text.replace(from, to))
  if (!text.includes(from)) throw new Error(`the topology has no ${from}`)
  return file
}

rooted('the bridge of the kernel learns, forgets in time, and its known deviation is counted', async (t) => {
  const cases = [
    caseFile('learned', learned),
    caseFile('aged', aged),
    caseFile('just-not', justNot),
    caseFile('reserved', [packet(0, toGroup(0)), ...learned]),
    caseFile('closed', [packet(0, frame(1, 2)), packet(0, toGroup(14))]),
    caseFile('silent', [packet(0, toGroup(14))]),
  ]
  const result = await conform({ ...BRIDGE, cases })
  holds(t, result)
  const [nf] = result.nfs
  t.is(nf?.binary, undefined)
  // What is sent once more at the end of a case is judged as well.
  t.true((nf?.outcomes.flooded ?? 0) >= 5)
  t.true((nf?.outcomes.forwarded ?? 0) >= 3)
  t.is(nf?.outcomes.violated, 0)
  t.is(nf?.ignored['another way, as the device is known to'], 1)
  const { real } = result.conform ?? {}
  t.is(real?.uncertain, 0)
  t.is(nf?.packetsSent, (nf?.packetsChecked ?? 0) + sum(nf?.ignored ?? {}))
  // Only where something was dropped; a packet that came out before came out after it, or none ever did.
  t.deepEqual(real?.closedBy, { device: 0, sentinel: 1, silence: 1 })
  t.deepEqual(
    real?.deviations.map(({ packets, seen }) => [packets, seen]),
    [[1, 'flood']],
  )
})

rooted('a bridge that is set up wrong is found out, with a sequence of two packets', async (t) => {
  const slow = topologyWith('ageing_time $((CONFIG_ageingTime / 10000000))', 'ageing_time 1000')
  const result = await conform({ ...BRIDGE, topology: slow, cases: [caseFile('aged', [...learned, ...aged])] })
  t.is(result.exitCode, 1)
  const [failing] = result.conform?.failing ?? []
  t.deepEqual([failing?.packets, failing?.repeats], [2, { same: 3, of: 3 }])
  t.regex(failing?.summary ?? '', /expected the packet to leave on ports 0, 2, 3, but it left on port 0/)
})

rooted('a device that never answers is found out, and one that talks by itself is not blamed for it', async (t) => {
  const silent = topologyWith('ip link set bridge up', 'true')
  const cases = [caseFile('learned', learned)]
  const dead = await conform({ ...BRIDGE, topology: silent, cases, failureLimit: 0 })
  t.is(dead.exitCode, 1)
  t.regex(dead.nfs[0]?.violations[0]?.summary ?? '', /but it was dropped/)
  const talking = topologyWith('mcast_snooping 0', 'mcast_snooping 1 mcast_querier 1 mcast_startup_query_interval 20')
  const wait = [...learned, packet(0, frame(1, 2), 1500n * MS)]
  const alive = await conform({
    ...BRIDGE,
    config: ['ageingTime=30s'],
    topology: talking,
    cases: [caseFile('w', wait)],
  })
  holds(t, alive)
  t.true((alive.conform?.real?.said['group membership of the device'] ?? 0) > 0)
})

rooted('a device that nothing empties is refused; one that forgets by itself is waited for', async (t) => {
  const bare = topologyWith('  reset: bridge fdb flush dev bridge dynamic\n', '')
  const cases = [caseFile('one', learned), caseFile('other', learned)]
  const full = await conform({ ...BRIDGE, topology: bare, cases, lanes: 1 })
  t.is(full.exitCode, 2)
  t.regex(
    full.cause ?? '',
    /bridge\.yaml:.*the device's setup ended with 2: .*File exists.*\(give commands that empty its state/,
  )
  // What was judged until then is kept.
  t.is(full.nfs[0]?.outcomes.flooded, 1)
  const patient = topologyWith('reset: bridge fdb flush dev bridge dynamic', 'forgets: 400 ms')
  holds(t, await conform({ ...BRIDGE, topology: patient, cases, lanes: 1 }))
  const failing = topologyWith('bridge fdb flush dev bridge dynamic', 'echo no such bridge >&2; exit 3')
  const ended = await conform({ ...BRIDGE, topology: failing, cases, lanes: 1 })
  t.is(ended.exitCode, 2)
  t.regex(ended.cause ?? '', /the device's reset ended with 3: no such bridge/)
})

rooted('a deviation that no longer occurs is a violation, and one that no entry tells too', async (t) => {
  const folder = join(temporary(), 'suite')
  const spec = await loadSpec(resolve('nfs/bridge/spec.ts'))
  const none = { met: 0, unreachable: 0, notFound: 0 }
  const text = readFileSync(caseFile('learned', learned), 'utf8')
  const cases: readonly SuiteCase[] = [readCase(text, 'learned')]
  writeSuite(
    {
      nf: 'linux-bridge',
      spec: { file: spec.file, title: '', sha256: spec.sha256, imported: [], source: spec.source },
      config: ['ageingTime=300ms'],
      portCount: 4,
      seed: 1,
      maxPackets: 6,
      covering: undefined,
      isComplete: true,
      coverage: { sides: none, boundaries: none, expiries: none, ways: 0, targets: [] },
      cases,
    },
    folder,
  )
  const { nf, topology } = BRIDGE
  const absent = await conform({ nf, topology, suite: folder })
  t.is(absent.exitCode, 1)
  t.regex(absent.nfs[0]?.violations[0]?.summary ?? '', /the deviation of .*deviations\.yaml:2 no longer occurs/)
  const cwd = temporary()
  const copy = join(cwd, 'nfs', 'untold')
  mkdirSync(copy, { recursive: true })
  const yaml = readFileSync('nfs/linux-bridge/nf.yaml', 'utf8')
  writeFileSync(
    join(copy, 'nf.yaml'),
    yaml.replace('../bridge/spec.ts', relative(copy, spec.file)).replace('name: linux-', 'name: untold-'),
  )
  const untold = await conform({
    ...BRIDGE,
    nf: copy,
    cases: [caseFile('r', [packet(0, toGroup(0))])],
    failureLimit: 0,
  })
  t.is(untold.exitCode, 1)
  writeFileSync(join(copy, 'deviations.yaml'), '- line: 62\n  packet: ether dst\n')
  const wrong = await vigilHere(['conform', copy, '--topology', 'bridge-linux', '--case', caseFile('x', learned)])
  t.is(wrong.code, 2)
  t.regex(wrong.stderr, /deviations\.yaml:1:.*must have required property 'expected'/)
})

rooted('a router is sent to by its MAC address, and asks for its neighbours, which answer', async (t) => {
  const cwd = temporary()
  mine(cwd, ROUTING)
  const topology = join(cwd, 'router.yaml')
  writeFileSync(topology, ROUTER)
  const [left, right] = ['10.0.0.2', '198.51.100.2']
  const cases = [
    caseFile('ways', [packet(0, datagram(left, 4000, right, 53)), packet(1, datagram(right, 53, left, 4000))]),
    caseFile('hops', [packet(0, withTtl(datagram(left, 4000, right, 53), 1))]),
  ]
  const result = await conform({ nf: join(cwd, 'nfs', 'mine'), topology, cases })
  holds(t, result)
  t.deepEqual([result.nfs[0]?.outcomes.rewritten, result.nfs[0]?.outcomes.dropped], [3, 1])
  t.is(result.conform?.real?.said['ICMP errors of the device'], 1)
})

rooted('a bridge with VLANs needs a kernel that filters them, which is said before anything is derived', async (t) => {
  const cases = [caseFile('learned', learned)]
  const tried = spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'b', 'type', 'bridge', 'vlan_filtering', '1'])
  const ran = conform({ nf: 'linux-bridge', topology: 'bridge-vlan-linux', cases })
  if (tried.status === 0) return holds(t, await ran)
  const error = await t.throwsAsync(ran, { instanceOf: MachineError })
  t.regex(
    error?.message ?? '',
    /bridge-vlan-linux\.yaml:7: this kernel has no CONFIG_BRIDGE_VLAN_FILTERING; boot one that has/,
  )
})

rooted('each topology of the bridge is for its own kind', async (t) => {
  const ran = (topology: string, config: string) =>
    conform({ nf: 'linux-bridge', topology, config: [config], cases: [caseFile('learned', learned)] })
  await t.throwsAsync(ran('bridge-linux', 'vlanAware=true'), {
    message: /for one that does there is bridge-vlan-linux/,
  })
  await t.throwsAsync(ran('bridge-vlan-linux', 'vlanAware=false'), {
    message: /for one that does not there is bridge-linux/,
  })
})
