/** What a failure on real ports is called, each on a device that shows it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { conform } from '../../../src/conform/conform.js'
import type { ConformedCase, NfResult, RunResult } from '../../../src/result/index.js'
import { mine, specOf } from '../../cli/fixtures.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'
import { caseFile, datagram, frame, MS, packet, written } from './cases.js'

const faulty = fileURLToPath(new URL('faulty-device.js', import.meta.url))

function failingOf(result: RunResult<NfResult>): ConformedCase {
  const [failing, other] = result.conform?.failing ?? []
  if (failing === undefined || other !== undefined) throw new Error(JSON.stringify(result.conform))
  return failing
}

/** A topology in which the device of faulty-device.ts forwards from one host to the other, and its specification. */
function forwarder(what: string): { readonly nf: string; readonly topology: string } {
  const cwd = temporary()
  // What the kernel sends by itself has any identification.
  const spec = specOf(`
    if (ingress !== 0) return drop()
    return forward(1, packet.ipv4 ? packet.with({ ipv4: { identification: any } }) : packet)
  `)
  mine(cwd, spec.replace('{ drop,', '{ any, drop,'))
  const topology = join(cwd, 'faulty.yaml')
  writeFileSync(
    topology,
    `
title: A device with one thing wrong
ports: { kind: veth }
device:
  kind: command
  setup: |
    ip link set $PORT1 address 02:00:00:00:00:01
    ip addr add 10.0.1.1/24 dev $PORT1
    ip neigh add 10.0.1.2 lladdr 02:00:00:00:01:01 dev $PORT1
    ${process.execPath} ${faulty} '${what}' ${cwd}/ready >${cwd}/said 2>&1 &
    for i in $(seq 200); do [ -e ${cwd}/ready ] && break; sleep 0.05; done
  reset: 'true'
  teardown: kill $(cat ${cwd}/ready)
nodes: { dut: { nf: $nf, ports: 2 } }
hosts: { left: {}, right: {} }
links: [{ from: left, to: dut.0 }, { from: right, to: dut.1 }]
inputs: { left: dut.0, right: dut.1 }
`,
  )
  return { nf: join(cwd, 'nfs', 'mine'), topology }
}

/** As the kernel of the device sends it from its own socket. */
const sent = written(datagram('10.0.1.1', 7, '10.0.1.2', 9), 20, 0x4000)
sent.set([2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1])
const short = sent.subarray(0, 42)

async function classOn(what: string, bytes: Uint8Array = sent) {
  const cases = [caseFile('one', [packet(0, bytes)])]
  const result = await conform({ ...forwarder(what), cases, lanes: 1 })
  const { class: found, repeats } = failingOf(result)
  return { ...found, repeats, exitCode: result.exitCode }
}

rooted('a check sequence behind a frame is of the wire; four other bytes are not', async (t) => {
  const told = await classOn('with its check sequence')
  t.like(told, { kind: 'wire artefact', exitCode: 1, repeats: { same: 3, of: 3 } })
  t.regex(told.reason, /^bytes 60 to 63 are the frame check sequence/)
  t.like(await classOn('with another four bytes'), { kind: 'behaviour', exitCode: 1 })
})

rooted(
  'a checksum that the kernel left open is of the wire, as its port says; another wrong byte is not',
  async (t) => {
    const told = await classOn('checksum left open')
    t.is(told.kind, 'wire artefact', told.reason)
    t.regex(told.reason, /sum over the pseudo header.* as its port says$/)
    const wrong = await classOn('one byte wrong')
    t.is(wrong.kind, 'behaviour')
    t.regex(
      wrong.reason,
      /^it fails in the same way each of 3 times; its times were not moved: one packet alone shows it$/,
    )
  },
  ['ip'],
)

rooted('nothing fills up frames on pairs of this machine, so the device has', async (t) => {
  t.is((await classOn('filled up', short)).kind, 'behaviour')
})

const out = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
const back = datagram('203.0.113.5', 53, '198.51.100.1', 1024)
const TO_FLOW = [{ field: 'transport.dstPort', output: 1, of: 'transport.srcPort', plus: 0 }] as const

/** A NAT whose mappings end so many milliseconds before their time. */
function early(milliseconds: number): string {
  const name = `expires-${milliseconds}-ms-early`
  const replace = `now - expiration + ${milliseconds * 1_000_000})`
  return writeSource(temporary(), 'nat', { name, why: '', find: 'now - expiration)', replace })
}

rooted('a timeout that is off by a little is timing, one that is off by much is not', async (t) => {
  const cases = [caseFile('answer', [packet(0, out), packet(1, back, 300n * MS, TO_FLOW)])]
  const nat = { nf: 'nat', topology: 'two-port-veth', config: ['maxFlows=2', 'expiration=300ms'], cases }
  const little = failingOf(await conform({ ...nat, binary: early(70) }))
  t.is(little.class.kind, 'timing', little.class.reason)
  t.regex(
    little.class.reason,
    // What a busy machine cannot be sure of at 40 ms it is at the next step.
    /^it passes where packet 2 comes (40|80) ms earlier, which the same line answers: .*spec\.ts:\d+/,
  )
  const much = failingOf(await conform({ ...nat, binary: early(200) }))
  t.is(much.class.kind, 'behaviour', much.class.reason)
  t.regex(much.class.reason, /so it does with its times moved in [23] ways, by up to 80 ms$/)
})

rooted(
  'what fails only sometimes is timing',
  async (t) => {
    const cwd = temporary()
    const count = join(cwd, 'count')
    // Every second case meets a port that is down for what it sends.
    const reset = [
      'bridge fdb flush dev bridge dynamic',
      `echo x >>${count}`,
      `if [ $(($(wc -l <${count}) % 2)) = 0 ]; then bridge link set dev $PORT1 state 3; else bridge link set dev $PORT1 state 0; fi`,
    ]
    const text = readFileSync(resolve('topologies/bridge-linux.yaml'), 'utf8')
    const file = join(cwd, 'bridge.yaml')
    const changed = text
      .replace(
        '  reset: bridge fdb flush dev bridge dynamic\n',
        `  reset: |\n${reset.map((each) => `    ${each}\n`).join('')}`,
      )
      .replace('    for port in', `    rm -f ${count}\n    for port in`)
    writeFileSync(file, changed)
    // The first is on a new device, without a reset.
    const first = caseFile('a', [packet(0, frame(1, 2)), packet(1, frame(2, 1), 100n * MS)])
    const flooded = caseFile('b', [packet(0, frame(1, 2))])
    const result = await conform({ nf: 'linux-bridge', topology: file, cases: [first, flooded], lanes: 1 })
    const { class: found, repeats } = failingOf(result)
    t.is(found.kind, 'timing', found.reason)
    t.deepEqual(repeats, { same: 2, of: 3 })
    t.regex(found.reason, /^it failed in the same way 2 of 3 times, and passed 1/)
  },
  ['ip', 'bridge'],
)
