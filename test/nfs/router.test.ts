import test from 'ava'
import { buildFrame, type FrameParts } from '../../src/packet/build.js'
import { withClang } from '../nf/c/with-clang.js'
import { Judge } from './judge.js'
import { agreesOnRandomFrames } from './random-frames.js'
import { nfUnderTest } from './under-test.js'
import { worlds } from './worlds/router.js'

const HOST = '10.0.0.7'
const SERVER = '203.0.113.9'

function datagram(port: number, ipv4: NonNullable<FrameParts['ipv4']>, more: FrameParts = {}): Uint8Array {
  const ethernet = { dst: `02:00:00:00:00:0${port}`, src: `02:00:00:00:01:0${port}`, ...more.ethernet }
  return buildFrame({ udp: { srcPort: 1, dstPort: 2 }, payload: 'hello', ...more, ethernet, ipv4 })
}

/** As it leaves by `port`, one hop later: built anew, its checksum with it. */
function hopLater(port: number, ipv4: { src: string; dst: string; ttl: number }): Uint8Array {
  const ethernet = { dst: `02:00:00:00:01:0${port}`, src: `02:00:00:00:00:0${port}` }
  return datagram(port, { ...ipv4, ttl: ipv4.ttl - 1 }, { ethernet })
}

withClang(
  'a packet leaves by the port of the longest prefix, one hop older, its checksum that of its new header',
  async (t) => {
    const router = (await nfUnderTest('router', { routes: '0.0.0.0/0=2,10.0.0.0/8=0,10.64.0.0/10=1' }, { ports: 3 }))()
    for (const [dst, port] of [
      ['10.0.0.9', 0],
      ['10.64.0.0', 1],
      ['10.127.255.255', 1],
      ['10.128.0.0', 0],
      ['11.0.0.0', 2],
    ] as const) {
      for (const ttl of [2, 64, 255]) {
        const sent = router.send(0, datagram(0, { src: HOST, dst, ttl }), 0n)
        t.deepEqual([sent.ports, sent.violation], [[port], undefined], `${dst}, TTL ${ttl}`)
        t.deepEqual(sent.frame, hopLater(port, { src: HOST, dst, ttl }))
      }
    }
  },
)

withClang('what its rules do not let pass is dropped', async (t) => {
  const router = (await nfUnderTest('router', { routes: '10.0.0.0/8=0,203.0.113.0/24=1' }, { ports: 2 }))()
  const way = { src: HOST, dst: SERVER, ttl: 64 }
  t.deepEqual(router.send(0, datagram(0, way), 0n).ports, [1])
  for (const [what, frame] of [
    ['TTL 1', datagram(0, { ...way, ttl: 1 })],
    ['TTL 0', datagram(0, { ...way, ttl: 0 })],
    ['no route', datagram(0, { ...way, dst: '192.0.2.1' })],
    ['a wrong checksum', datagram(0, { ...way, headerChecksum: 0x1234 })],
    ['options', datagram(0, { ...way, options: Uint8Array.of(1, 1, 1, 1) })],
    ['another station', datagram(1, way)],
    ['a broadcast', datagram(0, way, { ethernet: { dst: 'ff:ff:ff:ff:ff:ff' } })],
    ['for the router', datagram(0, { ...way, dst: '10.255.1.1' })],
    ['not IPv4', buildFrame({ ethernet: { dst: '02:00:00:00:00:00' }, ipv6: {}, udp: {} })],
  ] as const) {
    const sent = router.send(0, frame, 0n)
    t.deepEqual([sent.ports, sent.violation], [[], undefined], what)
  }
})

withClang('without routes nothing passes', async (t) => {
  const router = (await nfUnderTest('router', { routes: '' }, { ports: 2 }))()
  t.deepEqual(router.send(0, datagram(0, { src: HOST, dst: SERVER, ttl: 64 }), 0n).ports, [])
})

for (const one of worlds) {
  withClang(`binary and specification agree on any datagrams, ${one.what}`, async (t) => agreesOnRandomFrames(t, one))
}

const way = { src: HOST, dst: SERVER, ttl: 64 }
const optioned = datagram(0, { ...way, options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) })
const optionedLater = datagram(
  1,
  { ...way, ttl: 63, options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) },
  { ethernet: { dst: '02:00:00:00:01:01', src: '02:00:00:00:00:01' } },
)
const ipv6 = buildFrame({ ethernet: { dst: '02:00:00:00:00:00' }, ipv6: {}, udp: {} })

for (const [options, frame, later, dropped, forwarded] of [
  [{ ipOptions: 'drop' }, optioned, optionedLater, true, false],
  [{ ipOptions: 'forward' }, optioned, optionedLater, false, true],
  [{ ipOptions: 'any' }, optioned, optionedLater, true, true],
  [{ nonIpv4: 'drop' }, ipv6, ipv6, true, false],
  [{ nonIpv4: 'any' }, ipv6, ipv6, true, true],
] as const) {
  test(`the specification with ${JSON.stringify(options)}: ${dropped ? 'may' : 'must not'} drop, ${forwarded ? 'may' : 'must not'} forward`, async (t) => {
    const judge = await Judge.of('router', {}, options, 2)
    t.is(judge.allows(0, 0n, frame), dropped)
    t.is(judge.allows(0, 0n, frame, 1, later), forwarded)
  })
}
