import { fileURLToPath } from 'node:url'

import type { DpdkLink, PortCounts } from '../../../src/packetio/index.js'
import type { NfResult, RunResult } from '../../../src/result/index.js'
import { inQemu } from './machine.js'
import { vlans } from './vlans.js'

interface Seen {
  /** Frames that came out as they were sent, of 1,472. */
  readonly right: number
  readonly driver: string
  readonly link: DpdkLink
  readonly counts: readonly PortCounts[]
}

const project = fileURLToPath(new URL('../../../../', import.meta.url))

const packetio = fileURLToPath(new URL('../../../src/packetio/index.js', import.meta.url))

/** Frames of all lengths both ways, 16 at a time, each looked at. */
const BOTH_WAYS = `
import { Burst, openDpdk, startDpdk } from ${JSON.stringify(packetio)}
import { setTimeout } from 'node:timers/promises'

startDpdk({ memory: 'huge', megabytes: 128 })
const ports = ['0000:00:04.0', '00:05.0'].map((device) => openDpdk(device))
for (let n = 0; n < 100 && !ports.every((port) => port.link().isUp); n++) await setTimeout(100)
const [sent, got] = [new Burst(16, 2048), new Burst(64, 2048)]
let right = 0
for (let n = 0; n < 92; n++) {
  const [from, to] = n % 2 === 0 ? ports : [...ports].reverse()
  for (let i = 0; i < 16; i++) {
    const length = 60 + ((16 * n + i) % 1455)
    sent.bytes.fill(n + i, sent.start(i), sent.start(i) + length)
    sent.set(i, sent.start(i), length)
  }
  for (let done = 0; done < 16; ) done += from.send(sent, done, 16 - done)
  let received = 0
  for (let wait = 0; received < 16 && wait < 500; wait++) {
    const count = to.receive(got)
    for (let i = 0; i < count; i++) {
      const frame = got.frame(i)
      const k = received + i
      if (frame.length === 60 + ((16 * n + k) % 1455) && frame.every((byte) => byte === ((n + k) & 255))) right += 1
    }
    received += count
    if (count === 0) await setTimeout(2)
  }
}
console.log(JSON.stringify({ right, driver: ports[0].device.driver, link: ports[0].link(), counts: ports.map((port) => port.counts()) }))
for (const port of ports) port.close()
`

const TOPOLOGY = `
title: Two cards that are each other's cable
ports:
  kind: dpdk
  memory: huge
  megabytes: 256
  devices: { dut.0: '0000:00:04.0', dut.1: '00:05.0' }
device: { kind: external }
nodes: { dut: { nf: $nf, ports: 2 } }
inputs: { left: dut.0, right: dut.1 }
`

const REPLAY = ['replay', `${project}traces/nat-web.pcap`, '--nf', 'nop', '--topology', 'cards.yaml', '--limit', '200']

const bridge = vlans()

inQemu({
  'network cards on a PCI bus carry frames and traces, as their cable does': {
    script: async () =>
      [
        `${process.execPath} both-ways.mjs || exit`,
        `${process.execPath} ${project}bin/vigil.js ${REPLAY.join(' ')} --pps 400 --json 2>log || { cat log; exit 1; }`,
      ].join('\n'),
    files: { 'both-ways.mjs': BOTH_WAYS, 'cards.yaml': TOPOLOGY.trimStart() },
    run: (t, { code, output }) => {
      t.is(code, 0, output)
      const [first = '', ...rest] = output.split('\n')
      const seen: Seen = JSON.parse(first)
      t.is(seen.right, 1472)
      t.is(seen.driver, 'net_e1000_em')
      t.deepEqual(seen.link, { isUp: true, megabits: 1000 })
      for (const { sent, received, lost } of seen.counts) t.deepEqual([sent, received, lost], [736, 736, 0])
      const { verdict, nfs, replay }: RunResult<NfResult> = JSON.parse(rest.join('\n'))
      t.is(verdict, 'holds')
      t.deepEqual([nfs[0]?.packetsChecked, nfs[0]?.packetsReceived], [200, 200])
      t.is(replay?.real?.notExercised.length, 2)
    },
  },
  'the bridge of the kernel keeps VLANs apart, and puts tags in and takes them out, as specified': {
    ...bridge,
    run: (t, { code, output, failed }) => {
      t.is(failed, undefined)
      t.is(code, 0, output)
      const [right, wrong] = bridge.results
      const [nf] = right?.nfs ?? []
      t.is(right?.exitCode, 0, JSON.stringify(nf?.violations[0], undefined, 1))
      t.true((nf?.outcomes.rewritten ?? 0) >= 15)
      t.true((nf?.outcomes.dropped ?? 0) >= 8)
      const known = right?.conform?.real?.deviations.filter(({ packets }) => packets > 0)
      t.deepEqual(
        known?.map(({ packets, seen }) => [packets, seen]),
        [[1, 'ports 1, 2']],
      )
      t.is(wrong?.exitCode, 1)
      t.regex(wrong?.nfs[0]?.violations[0]?.summary ?? '', /^frame.length should be 64 bytes, but is 60/)
    },
  },
})
