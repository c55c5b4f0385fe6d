/** Cases on Open vSwitch, whose daemons the topology starts for itself. */
import { readdirSync, readFileSync } from 'node:fs'

import { conform } from '../../../src/conform/conform.js'
import { rooted } from '../../packetio/rooted.js'
import { caseFile, changedTopology, frame, packet } from './cases.js'

const SWITCH = { nf: 'open-vswitch', topology: 'open-vswitch' }

/** With a tag (IEEE 802.1Q-2014 clause 9.6). */
function tagged(bytes: Uint8Array, vid: number): Uint8Array {
  const made = new Uint8Array(bytes.length + 4)
  made.set(bytes.subarray(0, 12))
  made.set([0x81, 0, vid >> 8, vid & 0xff], 12)
  made.set(bytes.subarray(12), 16)
  return made
}

/** To an address that is not forwarded, with forward-bpdu as it is by default: of bridges, of Cisco's CDP. */
function to(address: readonly number[]): Uint8Array {
  const bytes = frame(1, 2)
  bytes.set(address)
  return bytes
}
const toBridges = to([0x01, 0x80, 0xc2, 0, 0, 0])
const toCdp = to([0x01, 0, 0x0c, 0xcc, 0xcc, 0xcc])

/** Processes of Open vSwitch, whosever. */
function daemons(): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && /^ovs/.test(readFileSync(`/proc/${name}/cmdline`, 'utf8'))
    } catch {
      return false // It has ended; one that is only waited for has no command line.
    }
  })
}

rooted('Open vSwitch learns in each VLAN apart, and keeps what is for bridges; nothing is left of it', async (t) => {
  const before = daemons()
  const cases = [
    caseFile('learned', [packet(0, frame(1, 2)), packet(1, frame(2, 1)), packet(0, frame(1, 2))]),
    caseFile('moved', [packet(0, frame(1, 2)), packet(2, frame(1, 2)), packet(1, frame(2, 1))]),
    caseFile('back', [packet(0, frame(1, 2)), packet(0, frame(2, 1))]),
    caseFile('apart', [packet(0, tagged(frame(1, 2), 5)), packet(1, frame(2, 1)), packet(1, tagged(frame(2, 1), 5))]),
    caseFile('kept', [packet(0, toBridges), packet(0, toCdp), packet(1, frame(2, 1))]),
    // With a tag and nothing behind its type, and with two bytes there.
    caseFile(
      'short',
      [18, 20].flatMap((length) => packet(0, tagged(frame(1, 2), 5).subarray(0, length))),
    ),
  ]
  const result = await conform({ ...SWITCH, cases })
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.true((result.nfs[0]?.outcomes.forwarded ?? 0) >= 4)
  t.deepEqual(daemons(), before)
})

rooted('a switch that forwards what is for bridges is found out', async (t) => {
  const datapath = 'datapath_type=netdev'
  const topology = changedTopology('open-vswitch', datapath, `${datapath} other_config:forward-bpdu=true`)
  const result = await conform({ ...SWITCH, topology, cases: [caseFile('kept', [packet(0, toCdp)])] })
  t.is(result.exitCode, 1)
  t.regex(result.conform?.failing[0]?.summary ?? '', /expected the packet to be dropped/)
})
