/** Cases on nftables and the connection tracking of this machine's kernel. */
import type { ExecutionContext } from 'ava'

import { conform } from '../../../src/conform/conform.js'
import type { NfResult, RunResult } from '../../../src/result/index.js'
import { rooted } from '../../packetio/rooted.js'
import { caseFile, changedTopology, datagram, MS, packet, segment, written } from './cases.js'

const FIREWALL = { nf: 'linux-firewall', topology: 'firewall-linux', config: ['timeout=1s', 'streamTimeout=2s'] }
const INSIDE = '10.1.2.3'
const OUTSIDE = '203.0.113.9'

const asked = datagram(INSIDE, 5000, OUTSIDE, 53)
const answer = datagram(OUTSIDE, 53, INSIDE, 5000, { port: 1 })
const strange = datagram(OUTSIDE, 54, INSIDE, 5000, { port: 1 })

/** The same in an IP datagram that is longer by two bytes, which are behind it. */
function withSurplus(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 2)
  longer.set(bytes)
  return written(longer, 16, longer.length - 14)
}

function holds(t: ExecutionContext, result: RunResult<NfResult>): void {
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.is(result.conform?.real?.uncertain, 0)
}

rooted('flows are opened from inside, answered by their peer only, and kept by the timer that is theirs', async (t) => {
  const opened = packet(0, asked)
  const again = (ms: bigint) => packet(0, asked, ms * MS)
  const back = (ms: bigint) => packet(1, answer, ms * MS)
  const cases = [
    caseFile('answered', [packet(1, answer), opened, packet(1, strange), back(1n)]),
    caseFile('in-time', [opened, back(900n)]),
    caseFile('late', [opened, back(1100n)]),
    caseFile('young', [opened, back(100n), back(900n), back(1100n)]),
    caseFile('stream', [opened, back(100n), again(800n), again(800n), again(800n), back(1900n)]),
    caseFile('stream-late', [opened, back(100n), again(800n), again(800n), again(800n), back(2100n)]),
    caseFile('surplus', [packet(0, withSurplus(asked)), opened, packet(1, withSurplus(answer)), back(1n)]),
  ]
  const result = await conform({ ...FIREWALL, cases })
  holds(t, result)
  const [nf] = result.nfs
  const dropped = (nf?.coverage ?? []).filter(({ kind }) => kind === 'drop')
  const of = (what: string) => dropped.find(({ clause }) => clause.includes(what))?.packets
  // The young flow's answer is sent once more at the end, and there is no flow any more.
  t.is(of('nobody inside asked'), 6)
  t.is(of('bytes behind'), 2)
})

const [FIN_ACK, SYN, RST, ACK, SYN_ACK] = [0x11, 0x02, 0x04, 0x10, 0x12]
const out = (flags: number, wait = MS) => packet(0, segment(INSIDE, 5000, OUTSIDE, 80, flags), wait)
const back = (flags: number, wait = MS) => packet(1, segment(OUTSIDE, 80, INSIDE, 5000, flags, { port: 1 }), wait)
const handshake = [out(SYN), back(SYN_ACK), out(ACK)]

rooted('connections are opened by SYN from inside, and have their segments in order', async (t) => {
  const cases = [
    caseFile('opened', [back(SYN), back(SYN_ACK), out(ACK), ...handshake, back(ACK), out(ACK | 0x08), back(ACK)]),
    caseFile('half-open', [out(SYN), out(ACK), out(FIN_ACK), back(FIN_ACK), out(SYN), back(SYN_ACK), back(SYN_ACK)]),
    caseFile('not-of-it', [...handshake, back(SYN), out(SYN_ACK), back(ACK)]),
    caseFile('refused', [out(SYN), back(RST | ACK), back(SYN_ACK), out(ACK), out(SYN)]),
    caseFile('taken-back', [out(SYN), out(RST), back(SYN_ACK), out(SYN)]),
    caseFile('in-no-order', [out(SYN | FIN_ACK), out(SYN | RST), out(0), out(0x01), out(SYN)]),
    caseFile('closing', [...handshake, out(FIN_ACK), back(ACK), back(FIN_ACK)]),
    caseFile('half-open-late', [out(SYN), out(SYN, 900n * MS), back(SYN_ACK, 200n * MS)]),
    caseFile('answered-late', [out(SYN), back(SYN_ACK, 900n * MS), out(ACK, 1100n * MS)]),
    caseFile('established', [...handshake, back(ACK, 1900n * MS), back(ACK, 1900n * MS), out(ACK, 2100n * MS)]),
  ]
  const result = await conform({ ...FIREWALL, cases })
  holds(t, result)
  const [nf] = result.nfs
  const of = (what: string) =>
    (nf?.coverage ?? []).flatMap(({ clause, packets }) => (clause.includes(what) ? [packets] : []))
  // In `half-open` three, in `not-of-it` two.
  t.deepEqual(of('does not have just then'), [5])
  t.deepEqual(of('flags that are not set together'), [4])
})

rooted('a firewall that takes up connections in the middle is found out', async (t) => {
  const topology = changedTopology('firewall-linux', 'echo 0 >nf_conntrack_tcp_loose', 'echo 1 >nf_conntrack_tcp_loose')
  const result = await conform({ ...FIREWALL, topology, cases: [caseFile('middle', [out(ACK)])] })
  t.is(result.exitCode, 1)
  t.regex(result.conform?.failing[0]?.summary ?? '', /expected the packet to be dropped, but it left on port 1/)
})

rooted('a firewall that lets in what nobody asked for is found out by one packet', async (t) => {
  const topology = changedTopology('firewall-linux', 'ct state established accept', 'ct state new,established accept')
  const result = await conform({
    ...FIREWALL,
    topology,
    cases: [caseFile('strange', [packet(0, asked), packet(1, strange)])],
  })
  t.is(result.exitCode, 1)
  const [failing] = result.conform?.failing ?? []
  t.deepEqual([failing?.packets, failing?.repeats], [1, { same: 3, of: 3 }])
  t.regex(failing?.summary ?? '', /expected the packet to be dropped, but it left on port 0/)
})
