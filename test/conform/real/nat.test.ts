/** Cases on nftables' NAT of this machine's kernel. */

import { conform } from '../../../src/conform/conform.js'
import { rooted } from '../../packetio/rooted.js'
import { caseFile, changedTopology, datagram, MS, packet, segment, written } from './cases.js'

const NAT = { nf: 'linux-nat', topology: 'masquerade-linux' }
const FIXED = { nf: 'linux-nat', topology: 'snat-linux' }
const PEER = '203.0.113.9'

const asked = datagram('10.1.2.3', 5000, PEER, 53)
const [answer, strange] = answersTo('10.0.1.2')
/** From what is the NAT's own outside. */
const own = datagram('10.0.1.2', 5000, PEER, 53)
/** To the host inside, as if there were no NAT. */
const inward = datagram(PEER, 53, '10.1.2.3', 5000, { port: 1 })

const [SYN, RST, ACK, SYN_ACK] = [0x02, 0x04, 0x10, 0x12]
const out = (flags: number, wait = MS) => packet(0, segment('10.1.2.3', 5000, PEER, 80, flags), wait)
const back = (flags: number, wait = MS) => packet(1, segment(PEER, 80, '10.0.1.2', 5000, flags, { port: 1 }), wait)

/**
 * What is forwarded untranslated: a wrong checksum, bytes behind the datagram, a length that is too much; of TCP a header
 * longer than the segment, a wrong checksum, flags that are not set together, and what belongs to no connection.
 */
const syn = segment('10.1.2.3', 5000, PEER, 80, SYN)
const leaks = [
  ...[written(asked, 40, 0x1234), written(asked, 38, 20), written(asked, 38, 60)],
  ...[written(syn, 46, 0xf002), written(syn, 50, 0x1234)],
  ...[SYN | RST, ACK].map((flags) => segment('10.1.2.3', 5000, PEER, 80, flags)),
]

/** From the peer that was asked, and from another port of it. */
function answersTo(external: string): readonly [Uint8Array, Uint8Array] {
  return [datagram(PEER, 53, external, 5000, { port: 1 }), datagram(PEER, 54, external, 5000, { port: 1 })]
}

rooted('ports are kept, only the peer is let in, mappings end, and what leaks is known', async (t) => {
  const cases = [
    caseFile('mapped', [
      packet(1, answer),
      packet(0, own),
      packet(0, asked),
      packet(1, strange),
      packet(1, inward),
      packet(1, answer),
    ]),
    caseFile('in-time', [packet(0, asked), packet(1, answer, 900n * MS), packet(1, answer, 900n * MS)]),
    caseFile('late', [packet(0, asked), packet(1, answer, 1100n * MS)]),
    caseFile(
      'leaks',
      leaks.map((bytes) => packet(0, bytes)),
    ),
    caseFile('leaks-of-a-connection', [out(SYN), out(ACK)]),
  ]
  const result = await conform({ ...NAT, cases })
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  const { real } = result.conform ?? {}
  t.is(real?.uncertain, 0)
  t.deepEqual(
    real?.deviations.map(({ packets }) => packets),
    // What came out last is sent once more at the end.
    [1, 1, 1, 1, 1, 1, 2, 2],
  )
  t.true((result.nfs[0]?.outcomes.rewritten ?? 0) >= 6)
})

rooted(
  'connections are opened by SYN from inside, translated both ways, and have their segments in order',
  async (t) => {
    const handshake = [out(SYN), back(SYN_ACK), out(ACK)]
    const cases = [
      caseFile('opened', [back(SYN), back(SYN_ACK), ...handshake, back(ACK), out(ACK | 0x08), back(SYN)]),
      caseFile('half-open', [out(SYN), back(0x11), out(SYN), back(SYN_ACK), back(SYN_ACK)]),
      caseFile('refused', [out(SYN), back(RST | ACK), back(SYN_ACK), out(SYN)]),
      caseFile('taken-back', [out(SYN), out(RST), back(SYN_ACK), out(SYN)]),
      caseFile('half-open-late', [out(SYN), out(SYN, 900n * MS), back(SYN_ACK, 200n * MS)]),
      caseFile('established', [...handshake, back(ACK, 900n * MS), back(ACK, 900n * MS), back(ACK, 1100n * MS)]),
      // Another source with the same port gets another for this peer, and its own for others.
      caseFile('taken', [
        ...handshake,
        packet(0, segment('10.1.2.4', 5000, PEER, 80, SYN)),
        packet(0, segment('10.1.2.5', 5000, '203.0.113.10', 80, SYN)),
        back(ACK),
      ]),
    ]
    const result = await conform({ ...NAT, cases })
    t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
    const { real } = result.conform ?? {}
    t.is(real?.uncertain, 0)
    // None of these belongs to no connection, or is out of its order, on the way out.
    t.true(real?.deviations.every(({ packets }) => packets === 0))
  },
)

rooted('snat has an external address that no port has: only there answers are let in, and by its peer', async (t) => {
  const [fixed, strangeToFixed] = answersTo('10.0.1.9')
  const cases = [
    caseFile(
      'mapped',
      [fixed, answer, strangeToFixed, inward].map((bytes) => packet(1, bytes)),
    ),
    caseFile('answered', [
      packet(0, own),
      packet(0, asked),
      ...[answer, strangeToFixed, inward, fixed].map((bytes) => packet(1, bytes)),
    ]),
    caseFile('in-time', [packet(0, asked), packet(1, fixed, 900n * MS), packet(1, fixed, 900n * MS)]),
    caseFile('late', [packet(0, asked), packet(1, fixed, 1100n * MS)]),
  ]
  const result = await conform({ ...FIXED, cases })
  t.is(result.exitCode, 0, result.cause ?? JSON.stringify(result.nfs[0]?.violations[0], undefined, 1))
  t.is(result.conform?.real?.uncertain, 0)
  t.true((result.nfs[0]?.outcomes.rewritten ?? 0) >= 6)
})

rooted('snat to a wrong address is found out, by one packet of a longer case', async (t) => {
  const topology = changedTopology('snat-linux', 'snat to $CONFIG_external', 'snat to 10.0.1.8')
  const [fixed, strangeToFixed] = answersTo('10.0.1.9')
  const longer = [packet(1, fixed), packet(1, strangeToFixed), packet(1, inward), packet(1, answer), packet(0, asked)]
  const result = await conform({ ...FIXED, topology, cases: [caseFile('asked', longer)] })
  t.is(result.exitCode, 1)
  const [failing] = result.conform?.failing ?? []
  t.deepEqual([failing?.packets, failing?.repeats], [1, { same: 3, of: 3 }])
  const src = result.nfs[0]?.violations[0]?.differences.find(({ field }) => field === 'src')
  t.like(src, { layer: 'ipv4', expected: '10.0.1.9', actual: '10.0.1.8' })
})

rooted('masquerade takes no other address than that of wan, and says so', async (t) => {
  const cases = [caseFile('asked', [packet(0, asked)])]
  const error = await t.throwsAsync(conform({ ...NAT, config: ['external=10.0.1.9'], cases }))
  t.regex(error?.message ?? '', /snat-linux/)
})

rooted('a NAT with another external address is found out by one packet', async (t) => {
  const topology = changedTopology('masquerade-linux', / masquerade$/m, ' snat to 10.0.1.9')
  const result = await conform({ ...NAT, topology, cases: [caseFile('asked', [packet(0, asked)])] })
  t.is(result.exitCode, 1)
  const [failing] = result.conform?.failing ?? []
  t.deepEqual([failing?.packets, failing?.repeats], [1, { same: 3, of: 3 }])
  const src = result.nfs[0]?.violations[0]?.differences.find(({ field }) => field === 'src')
  t.like(src, { layer: 'ipv4', expected: '10.0.1.2', actual: '10.0.1.9' })
})
