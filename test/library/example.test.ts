/** How a person tests a network function of their own with Vigil as a library: everything from the package's name. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'
import { capture, loadNf, loadSpec, OK, Oracle, packet, replay, VIOLATION } from 'vigil-nf'

const client = { src: '10.0.0.7', dst: '203.0.113.5' }
const request = packet.buildFrame({ ipv4: client, udp: { srcPort: 4000, dstPort: 53 }, payload: 'query' })

test('a trace through the NAT holds, and every packet of it is accounted for', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-example-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const trace = join(directory, 'trace.pcap')
  const reply = packet.buildFrame({
    ipv4: { src: client.dst, dst: client.src },
    udp: { srcPort: 53, dstPort: 4000 },
    payload: 'answer',
  })
  capture.writeAll(capture.createPcapWriter(trace, { nanosecond: true }), [
    { bytes: request, time: 1_000_000_000n },
    { bytes: reply, time: 1_000_500_000n },
  ])
  const result = await replay({ traces: [trace], nf: 'nat', config: ['expiration=60s'] })
  t.is(result.verdict, 'holds')
  t.is(result.nfs[0]?.outcomes.rewritten, 2)
  t.like(result.replay?.traces[0], { packetsRead: 2, packetsSent: 2, skipped: {} })
})

test('one packet at a time: the NF, the specification as judge, and what a violation tells', async (t) => {
  const nf = await loadNf('nat')
  const spec = await loadSpec(nf.manifest.spec ?? '')
  const oracle = new Oracle({ nf: 'nat', instance: 'nat', spec, config: nf.config })
  const instance = nf.instantiate()
  const now = 5_000_000_000n
  const send = (ingress: number, frame: Uint8Array) => {
    instance.setFrame(0, frame, 0, frame.length, ingress, now)
    instance.run(1)
  }
  send(0, request)
  const at = instance.frameBuffer(0)
  t.is(oracle.judge(0, now, request, 0, request.length, instance.verdict(0), instance.bytes, at, request.length), OK)

  send(0, request)
  const ttl = instance.frameBuffer(0) + 22
  instance.bytes[ttl] = 1
  const judged = oracle.judge(
    0,
    now,
    request,
    0,
    request.length,
    instance.verdict(0),
    instance.bytes,
    ttl - 22,
    request.length,
  )
  t.is(judged, VIOLATION)
  t.like(oracle.violation().violation.differences[0], { layer: 'ipv4', field: 'ttl', expected: '64', actual: '1' })
})
